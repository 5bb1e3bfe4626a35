from django.db import migrations, models
from django.db.models import F, Q


def fill(apps, schema_editor):
    """Who was asked before and did not answer waits since the last time; earlier times are not known."""
    entries = apps.get_model("registry", "Initiative").objects.using(schema_editor.connection.alias)
    silent = Q(confirmed_on=None) | Q(confirmed_on__lt=F("reminded_on"))
    entries.filter(silent, status="gepubliceerd", reminded_on__isnull=False).update(asked_since=F("reminded_on"))


class Migration(migrations.Migration):
    dependencies = [("registry", "0027_merges")]
    operations = [
        migrations.AddField(
            model_name="initiative",
            name="asked_since",
            field=models.DateField(editable=False, null=True, verbose_name="wacht op antwoord sinds"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
