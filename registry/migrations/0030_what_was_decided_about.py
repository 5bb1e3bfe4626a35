from django.db import migrations


def name(apps, schema_editor):
    """What each decision is about, so that it is known when the entry is gone; and no contacts of what is gone."""
    using = schema_editor.connection.alias
    decisions = apps.get_model("registry", "Decision").objects.using(using)
    for decision in decisions.filter(about="").select_related("initiative", "case__initiative").iterator():
        entry = decision.initiative or decision.case
        kind, key = ("initiatief", entry.public_id) if decision.initiative else ("casus", entry.slug)
        owner = entry if decision.initiative or entry.municipality_id else entry.initiative
        decisions.filter(pk=decision.pk).update(
            about=f"{kind} {key}", municipality=owner and owner.municipality_id
        )
    entries = apps.get_model("registry", "Initiative").objects.using(using)
    gone = apps.get_model("registry", "HistoricalInitiative").objects.using(using)
    gone.exclude(id__in=entries.values("pk")).update(contact_name="", contact_email="", contact_phone="")


class Migration(migrations.Migration):
    dependencies = [("registry", "0029_decisions_outlive")]
    operations = [migrations.RunPython(name, migrations.RunPython.noop, elidable=True)]
