from django.db import migrations


def forget(apps, schema_editor):
    """What was counted before lacks who answered which levels together: the rollups start again."""
    apps.get_model("survey", "Rollup").objects.all().delete()
    apps.get_model("survey", "Response").objects.filter(is_counted=True).update(is_counted=False)


class Migration(migrations.Migration):
    dependencies = [("survey", "0001_initial")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
