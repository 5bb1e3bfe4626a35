from django.db import migrations


def lead_on(apps, schema_editor):
    """What was linked to a bottleneck that had been merged before goes to the one that it was merged into at last."""
    Bottleneck, Link = apps.get_model("registry", "Bottleneck"), apps.get_model("registry", "Link")
    into = dict(Bottleneck.objects.filter(status="samengevoegd").values_list("pk", "merged_into"))
    for code in into:
        kept, seen = code, set()
        while kept in into and kept not in seen:
            seen.add(kept)
            kept = into[kept]
        if kept in into:
            continue
        held = set(Link.objects.filter(bottleneck=kept).values_list("initiative", "role"))
        for link in Link.objects.filter(bottleneck=code).order_by("initiative", "role"):
            if (link.initiative_id, link.role) in held:
                link.delete()
            else:
                Link.objects.filter(pk=link.pk).update(bottleneck=kept)


class Migration(migrations.Migration):
    dependencies = [("registry", "0030_what_was_decided_about")]
    operations = [migrations.RunPython(lead_on, migrations.RunPython.noop)]
