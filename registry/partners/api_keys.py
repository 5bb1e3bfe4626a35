"""Keys of partners: issued here, ended here, recognised here. The token exists only where `issue` returns it.

The partner hears of each change, and of the end before it comes; never the token.
"""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.mail import letters
from registry.models import PartnerKey

# Days before its end on which a partner hears of it, and once when it has ended.
TOLD_BEFORE = (30, 7)
ENDED = -1
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
LONGEST = 100  # characters; ours are shorter


def issue(*, name, email, expires_on, by, may_read_details=False, requests_per_minute=600):
    """A new key and its token, such as sb_k3j9x2ab_…; the token cannot be had again."""
    key = PartnerKey(
        name=name,
        email=email,
        expires_on=expires_on,
        may_read_details=may_read_details,
        requests_per_minute=requests_per_minute,
        issued_by=by,
    )
    return key, _give_token(key, by, "Uitgegeven")


@transaction.atomic
def renew(key, *, expires_on, by):
    """A new token for the same partner. The old one stops at once; webhooks stay. Gives the token."""
    key.expires_on, key.revoked_at, key.issued_by, key.issued_at = expires_on, None, by, timezone.now()
    token = _give_token(key, by, "Vernieuwd")
    _tell(key, "sleutel-vernieuwd")
    return token


@transaction.atomic
def revoke(key, *, by):
    """From now on the key is refused, and its webhooks are silent."""
    is_new, key.revoked_at = key.revoked_at is None, key.revoked_at or timezone.now()
    _save(key, by, "Ingetrokken")
    if is_new:
        _tell(key, "sleutel-ingetrokken")


def tell_ends(day=None):
    """Write to each partner whose key ends soon or has ended, once for each of those moments; how many."""
    day = day or timezone.localdate()
    ending = PartnerKey.objects.filter(
        revoked_at=None, expires_on__lte=day + timedelta(days=max(TOLD_BEFORE))
    )
    ending = ending.exclude(told_days=ENDED)
    return sum(_tell_end(pk, day) for pk in list(ending.values_list("pk", flat=True)))


@transaction.atomic
def _tell_end(pk, day):
    key = PartnerKey.objects.select_for_update().get(pk=pk)
    due = _due(key, day)
    if key.revoked_at or due is None or (key.told_days is not None and key.told_days <= due):
        return False
    PartnerKey.objects.filter(pk=pk).update(told_days=due)
    _tell(key, "sleutel-verlopen" if due == ENDED else "sleutel-verloopt")
    return True


def _due(key, day):
    """Which moment is the last that came: a number of TOLD_BEFORE, ENDED, or None before the first."""
    left = (key.expires_on - day).days
    return ENDED if left < 0 else min((days for days in TOLD_BEFORE if left <= days), default=None)


def _tell(key, name):
    if key.email:  # empty once that person was erased: staff fill in another
        letters.send(name, key.email, naam=key.name, wanneer=date_format(key.expires_on, "j F Y"))


def recognise(token):
    """The key with this token, or None when it is none of ours. Raises Refused when it was ended.

    One read by index. The comparison need not take constant time: what is compared is a digest, and who does
    not know the token cannot steer towards one.
    """
    if not (token.startswith("sb_") and token.isascii() and len(token) <= LONGEST):
        return None
    key = PartnerKey.objects.filter(digest=_digest(token)).first()
    if key is None:
        return None
    if key.revoked_at:
        raise Refused(_("Deze sleutel is ingetrokken. Vraag de beheerder om een nieuwe."))
    if not key.is_usable:
        raise Refused(_("Deze sleutel is verlopen. Vraag de beheerder om een nieuwe."))
    today = timezone.localdate()
    if key.last_used_on != today:
        PartnerKey.objects.filter(pk=key.pk).update(last_used_on=today)
    return key


def _give_token(key, by, why):
    key.prefix = "".join(secrets.choice(ALPHABET) for _position in range(8))
    token = f"sb_{key.prefix}_{secrets.token_urlsafe(32)}"
    key.digest = _digest(token)
    # Whoever makes it for a week knows that.
    key.told_days = _due(key, timezone.localdate())
    _save(key, by, why)
    return token


def _save(key, by, why):
    key._history_user, key._change_reason = by, why
    key.save()


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
