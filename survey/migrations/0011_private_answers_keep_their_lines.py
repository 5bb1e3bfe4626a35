"""How an answer for research alone was cut up was kept in its units only."""

from django.db import migrations


def keep_lines(apps, schema_editor):
    answers = apps.get_model("survey", "OpenAnswer").objects.filter(screening="besloten", quote="")
    for answer in answers.exclude(text="").prefetch_related("units").iterator(chunk_size=500):
        units = sorted(answer.units.all(), key=lambda unit: unit.position)
        if len(units) > 1 and all(unit.text for unit in units):
            answer.quote = "\n".join(unit.text for unit in units)
            answer.save(update_fields=["quote"])


class Migration(migrations.Migration):
    dependencies = [("survey", "0010_what_all_could_read")]

    operations = [migrations.RunPython(keep_lines, migrations.RunPython.noop)]
