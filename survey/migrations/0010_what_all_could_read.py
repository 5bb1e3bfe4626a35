"""What was fixed once could be read by all: it is not coded blind any more."""

from django.db import migrations, models
from django.utils import timezone


def stamp(apps, schema_editor):
    Unit, Act = apps.get_model("survey", "Unit"), apps.get_model("survey", "RoundAct")
    for round, day in apps.get_model("survey", "CodingPlan").objects.values_list("round", "frozen_on"):
        units = Unit.objects.filter(answer__response__round=round)
        fixed = Act.objects.filter(round=round, what="coderen-vast").order_by("done_at").first()
        if day:
            units.update(shown_on=day)
        elif fixed:
            # Opened again since: what the first coder has coded may have been read.
            coded = units.filter(codings__coder=1).values_list("pk", flat=True)
            Unit.objects.filter(pk__in=list(coded)).update(shown_on=timezone.localdate(fixed.done_at))


class Migration(migrations.Migration):
    dependencies = [("survey", "0009_log_a_shorter_period")]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="shown_on",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.RunPython(stamp, migrations.RunPython.noop),
    ]
