"""What a locked questionnaire takes from the register, is copied into it. Stored answers have their bits by the
position that a level has now."""

import uuid

from django.db import migrations, models


def copy_the_register(apps, schema_editor):
    levels = apps.get_model("registry", "Level").objects.order_by("position")
    municipalities = apps.get_model("registry", "Municipality").objects.order_by("name")
    items = apps.get_model("survey", "Item").objects
    questionnaires = apps.get_model("survey", "Questionnaire").objects
    for questionnaire in questionnaires.filter(locked_on__isnull=False):
        asked = levels.filter(pk__in=items.filter(questionnaire=questionnaire).values("level"))
        questionnaire.fixed = {
            "key": uuid.uuid4().hex,
            "levels": [
                {
                    "slug": level.slug,
                    "letter": level.letter,
                    "name": level.name,
                    "subtitle": level.subtitle,
                    "question": level.question,
                    "bit": level.position,
                }
                for level in asked
            ],
            "municipalities": [list(one) for one in municipalities.values_list("code", "name")],
        }
        questionnaire.save(update_fields=["fixed"])


class Migration(migrations.Migration):
    dependencies = [("survey", "0007_quotes_by_reference"), ("registry", "0013_job_runs")]
    operations = [
        migrations.AddField(
            model_name="questionnaire",
            name="fixed",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.RunPython(copy_the_register, migrations.RunPython.noop),
    ]
