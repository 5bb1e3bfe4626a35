"""No two codes of a round differ in capitals only: an own one that does gets a name of its own."""

from django.db import migrations


def rename(apps, schema_editor):
    code_model = apps.get_model("survey", "Code")
    taken = {}
    # Those of the register first: they keep their name.
    for code in code_model.objects.order_by("round", "kind", "key").iterator():
        taken.setdefault(code.round_id, []).append(code)
    for codes in taken.values():
        names = set()
        for code in sorted(codes, key=lambda one: (one.kind == "eigen", one.key)):
            name, number = code.key, 2
            while name.lower() in names:
                name, number = f"{code.key[:16]}-{number}", number + 1
            names.add(name.lower())
            if name != code.key:
                code_model.objects.filter(pk=code.pk).update(key=name)


class Migration(migrations.Migration):
    dependencies = [("survey", "0004_late_answers")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
