from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0031_links_of_merged_bottlenecks")]
    operations = [
        migrations.AddField(
            model_name="bottleneck",
            name="went_along",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
