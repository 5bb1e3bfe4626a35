"""From traces to messages. The traces are the outbox: written with the change itself, so none is lost."""

import json
import uuid
from datetime import UTC

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from registry.exporting.as_json import api
from registry.models import ContentStamp, PartnerKey, Trace, WebhookDelivery, WebhookSubscription
from registry.models.operations.webhook import Event

BATCH = 1000


def start(subscription):
    """Count from now: what was there before, a partner takes from the API."""
    subscription.seen_version = ContentStamp.current()
    subscription.failing_since = subscription.rests_until = None
    subscription.stopped_because = ""


def behind():
    """The active webhooks that were not told of all that changed."""
    newest = ContentStamp.current()
    return WebhookSubscription.objects.filter(
        is_active=True, key__in=PartnerKey.objects.usable(), seen_version__lt=newest
    )


def enqueue():
    """Put what changed since the last time in the queue of each active webhook; how many messages."""
    return sum(_enqueue(pk) for pk in behind().values_list("pk", flat=True))


@transaction.atomic
def _enqueue(pk):
    # Locked: of two processes the second finds nothing left to do.
    subscription = WebhookSubscription.objects.select_for_update().filter(pk=pk).first()
    if subscription is None:
        return 0
    newest = ContentStamp.current()
    fresh = Trace.objects.filter(version__gt=subscription.seen_version, version__lte=newest).order_by(
        "version"
    )
    wanted = subscription.events
    messages = (
        message_about(subscription, event, trace)
        for trace in fresh.iterator(BATCH)
        if (event := _event(trace, subscription.seen_version)) in wanted
    )
    deliveries = WebhookDelivery.objects.bulk_create(messages, batch_size=BATCH)
    WebhookSubscription.objects.filter(pk=pk).update(seen_version=newest)
    return len(deliveries)


def _event(trace, seen):
    if trace.is_removed:
        return Event.REMOVED
    return Event.PUBLISHED if trace.appeared > seen else Event.CHANGED


def message_about(subscription, event, trace):
    """A message in the queue. ``trace`` is None in a test, which is about no initiative."""
    key = uuid.uuid4()
    moment = (trace.changed_at if trace else timezone.now()).astimezone(UTC)
    payload = {
        "id": f"msg_{key.hex}",
        "gebeurtenis": event.value,
        "tijdstip": f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}",
        "initiatief": trace
        and {
            "id": str(trace.public_id),
            "_links": {"self": {"href": f"{api(settings.SITE_URL)}/initiatieven/{trace.public_id}"}},
        },
    }
    return WebhookDelivery(
        subscription=subscription,
        message=key,
        event=event,
        payload=json.dumps(payload, ensure_ascii=False, separators=(",", ":")),
        next_try_at=timezone.now(),
    )
