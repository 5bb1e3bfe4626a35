from django.db import migrations
from django.db.models import F
from django.utils import timezone

# What the reasons of before began with: as one of the two read them.
ONE_SIDED = ["Zij pakken aan wat u ervaart: ", "Zij ervaren wat u aanpakt: ", "In dezelfde ", "Ongeveer "]


def bring_up_to_date(apps, schema_editor):
    Introduction = apps.get_model("registry", "Introduction")
    for start in ONE_SIDED:
        Introduction.objects.filter(why__startswith=start).update(why="")
    # All went on as soon as they were written; who holds a key that ended has noticed.
    ContactMessage = apps.get_model("registry", "ContactMessage")
    ContactMessage.objects.filter(passed_on_at=None).update(passed_on_at=F("sent_at"))
    PartnerKey = apps.get_model("registry", "PartnerKey")
    PartnerKey.objects.filter(expires_on__lt=timezone.localdate()).update(told_days=-1)


class Migration(migrations.Migration):
    dependencies = [("registry", "0020_letters_that_were_missing")]

    operations = [migrations.RunPython(bring_up_to_date, migrations.RunPython.noop)]
