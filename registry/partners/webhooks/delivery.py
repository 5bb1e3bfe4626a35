"""Empties the queue: each message to its receiver, again and later when that fails, by one process at a time."""

import time
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.mail import letters
from registry.models import PartnerKey, WebhookDelivery, WebhookSubscription
from registry.models.operations.webhook import Event
from registry.partners.webhooks import queue, signing
from registry.partners.webhooks.sending import SECONDS, send

WAITS = [
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
]
# Who holds a message longer than this was killed: another takes it.
LEASE = timedelta(seconds=6 * SECONDS)
# Nobody there: its other messages need not find out one by one, at ten seconds each.
REST = timedelta(minutes=1)
GONE = 410
# In one round; mail and the rest of the regular work wait meanwhile.
MOST_SECONDS = 30

Status = WebhookDelivery.State


def run():
    """What the regular work does every few seconds: fill the queue and empty it; how many were delivered."""
    queue.enqueue()
    return deliver()


def deliver(*, seconds=MOST_SECONDS, each=SECONDS):
    """Try each message that is due, the oldest first, for at most so long; how many were delivered.

    The order is kept as long as all goes well. A message that failed comes back after the ones behind it.
    A webhook that took ``each`` seconds goes on in the next round: a slow one is not to hold up the others.
    """
    until, delivered, spent = time.monotonic() + seconds, 0, Counter()
    for pk, webhook in _due().order_by("pk").values_list("pk", "subscription"):
        if time.monotonic() > until:
            break
        if spent[webhook] < each * 1000 and (delivery := _claim(pk)):
            answer = _try(delivery)
            spent[webhook] += answer.milliseconds
            delivered += answer.is_taken
    return delivered


def send_test(subscription):
    """Send a message about nothing now, and give the answer. It is tried once."""
    delivery = queue.message_about(subscription, Event.TEST, None)
    delivery.attempts = 1
    delivery.next_try_at = timezone.now() + LEASE
    delivery.save()
    return _try(delivery)


def retry(deliveries):
    """Put those that were given up in the queue again, with all their tries; how many."""
    given_up = deliveries.filter(state=Status.GIVEN_UP).exclude(event=Event.TEST)
    return given_up.update(state=Status.WAITING, attempts=0, next_try_at=timezone.now())


def stop(subscription, reason):
    """Send nothing more to this address, until staff turn it on again; the partner hears why."""
    WebhookSubscription.objects.filter(pk=subscription.pk).update(is_active=False, stopped_because=reason)
    if to := subscription.key.email:
        letters.send("webhook-uit", to, naam=subscription.key.name, adres=subscription.url, reden=reason)
    WebhookDelivery.objects.filter(subscription=subscription, state=Status.WAITING).update(
        state=Status.GIVEN_UP, next_try_at=None
    )


def is_due():
    """Whether there is something for run() to do."""
    return queue.behind().exists() or _due().exists()


def _due():
    """None rests or waits longer than it can: what says so was written while the clock was wrong."""
    now = timezone.now()
    return WebhookDelivery.objects.filter(
        Q(subscription__rests_until=None)
        | Q(subscription__rests_until__lte=now)
        | Q(subscription__rests_until__gt=now + REST),
        Q(next_try_at__lte=now) | Q(next_try_at__gt=now + WAITS[-1]),
        state=Status.WAITING,
        subscription__is_active=True,
        subscription__key__in=PartnerKey.objects.usable(),
    )


def _claim(pk):
    """The message, ours for the length of the lease; None when it is not due (any more)."""
    delivery = _due().filter(pk=pk).select_related("subscription__key").first()
    if delivery is None:
        return None
    held = WebhookDelivery.objects.filter(
        pk=pk, state=Status.WAITING, next_try_at=delivery.next_try_at
    ).update(next_try_at=timezone.now() + LEASE, attempts=F("attempts") + 1)
    delivery.attempts += 1
    return delivery if held else None


def _try(delivery):
    subscription = delivery.subscription
    body = delivery.payload.encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "SamenBuurten-Webhooks/1"}
    answer = send(
        subscription.url,
        body,
        headers | signing.headers(subscription, f"msg_{delivery.message.hex}", body),
    )
    delivery.last_status, delivery.last_error = answer.status, answer.error[:300]
    delivery.milliseconds = answer.milliseconds
    now = timezone.now()
    if answer.is_taken:
        delivery.state, delivery.delivered_at, delivery.next_try_at = Status.DELIVERED, now, None
    elif delivery.event == Event.TEST or delivery.attempts > len(WAITS) or answer.status == GONE:
        delivery.state, delivery.next_try_at = Status.GIVEN_UP, None
    else:
        delivery.next_try_at = now + WAITS[delivery.attempts - 1]
    with transaction.atomic():
        delivery.save()
        if delivery.event != Event.TEST:
            _remember(subscription, answer, now)
    return answer


def _remember(subscription, answer, now):
    """How the receiver does: a rest when nobody is there, the end after days of failure or when it says so."""
    mine = WebhookSubscription.objects.filter(pk=subscription.pk)
    if answer.is_taken:
        mine.exclude(failing_since=None, rests_until=None).update(failing_since=None, rests_until=None)
        return
    mine.filter(failing_since=None).update(failing_since=now)
    subscription.refresh_from_db()
    if not subscription.is_active:
        return
    if answer.status == GONE:
        stop(subscription, _("De ontvanger heeft zich afgemeld (410)."))
    elif now - subscription.failing_since > timedelta(days=settings.WEBHOOKS_STOP_AFTER_DAYS):
        reason = _("Het lukt al %d dagen niet.") % settings.WEBHOOKS_STOP_AFTER_DAYS
        stop(subscription, f"{reason} {answer.error}"[:200])
    elif answer.status is None:
        mine.update(rests_until=now + REST)
