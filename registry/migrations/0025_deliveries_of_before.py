import secrets

from django.conf import settings
from django.db import migrations
from django.utils import timezone

# The status of the queue (sent, failed, queued, requeued) and the state; on a site that does not mail everybody
# nobody knows what left.
SENT, FAILED = 0, 1


def describe(apps, schema_editor):
    Delivery = apps.get_model("registry", "Delivery")
    using, now = schema_editor.connection.alias, timezone.now()
    states = {SENT: "verzonden" if settings.MAIL_TO_EVERYONE else "tegengehouden", FAILED: "opgegeven"}
    made = (
        Delivery(
            email_id=email.pk,
            token=secrets.token_hex(10),
            state=states.get(email.status, "wacht"),
            tries=email.number_of_retries or 0,
            seen_at=now if email.status == FAILED else None,
        )
        for email in apps.get_model("post_office", "Email").objects.using(using).iterator()
    )
    Delivery.objects.using(using).bulk_create(made, batch_size=500, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("registry", "0024_deliveries")]
    operations = [migrations.RunPython(describe, migrations.RunPython.noop, elidable=True)]
