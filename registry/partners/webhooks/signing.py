"""Signatures after Standard Webhooks (https://www.standardwebhooks.com).

A secret is derived from the site's SECRET_KEY, the subscription and the number of times that it was renewed,
so none lies in the database. A new SECRET_KEY gives every webhook a new secret; as long as the old one stands in
SECRET_KEY_FALLBACKS, messages carry a signature by the secret of before too.
"""

import base64
import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

# So long after a renewal a message carries both signatures: time to put the new secret in place.
BOTH_FOR = timedelta(hours=24)


def secret_of(subscription):
    """What the partner puts in their own settings: "whsec_" and 32 bytes in base64."""
    return "whsec_" + base64.b64encode(_key(subscription, subscription.rotation)).decode()


def rotate(subscription, *, by):
    subscription.rotation += 1
    subscription.rotated_at = timezone.now()
    subscription._history_user, subscription._change_reason = by, "Geheim vernieuwd"
    subscription.save()


def headers(subscription, message, body):
    """``body`` (bytes) is signed as it is sent, with the moment of sending: an old message cannot be replayed."""
    now = timezone.now()
    rotations = [subscription.rotation]
    if subscription.rotated_at and now - subscription.rotated_at < BOTH_FOR:
        rotations.append(subscription.rotation - 1)
    stamp = str(int(now.timestamp()))
    signed = b".".join((message.encode(), stamp.encode(), body))
    signatures = (
        base64.b64encode(hmac.digest(_key(subscription, number, of_site), signed, hashlib.sha256)).decode()
        for of_site in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        for number in rotations
    )
    return {
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _key(subscription, rotation, of_site=None):
    what = f"registry.partners.webhooks:{subscription.pk}:{rotation}"
    return hmac.digest((of_site or settings.SECRET_KEY).encode(), what.encode(), hashlib.sha256)
