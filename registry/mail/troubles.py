"""Mailboxes where letters do not arrive: what marks one, and what takes the mark away.

A mark keeps no letter from anybody who asks for one, for it may be wrong: only the yearly question and digests wait.
It is kept of people we write to, and of nobody else.
"""

import re
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.foundation import other_apps
from registry.models import Delivery, Initiative, MailTrouble, Ownership, PartnerKey, SavedSearch, User
from registry.models.fields.mailbox import as_mailed

SOFT_DAYS = 3  # on so many days a full mailbox, and it counts
SOFT_ENDS = timedelta(days=30)
WORKS_AFTER = timedelta(days=7)  # what was taken would have come back by then
_ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
# About the sender, the words or the network: the mailbox may be there.
_NOT_OF_MAILBOX = re.compile(r"[45]\.(1\.[78]|2\.[34]|3\.\d+|[567]\.\d+)$|5\.4\.[235-9]$")
_FULL = re.compile(r"[45]\.2\.2$|4\.")


def status_in(words):
    """The enhanced status (RFC 3463) in what a server said, or ''."""
    match = _ENHANCED.search(words)
    return match[0] if match else ""


def refused(readers, code, words):
    """A server said no to these readers, or "not now" for days."""
    status = status_in(words)
    if not status or (code < 500 and not _NOT_OF_MAILBOX.match(status)):
        status = "5.0.0"
    for address in readers:
        note(address, status, f"{code} {words}")


def note(address, status, why, *, source=MailTrouble.Source.REFUSED, now=None):
    """Write down that a letter did not arrive; nothing when it tells nothing of the mailbox, or of nobody we know."""
    if _NOT_OF_MAILBOX.match(status) or not _is_known(address):
        return
    now = now or timezone.now()
    is_soft = bool(_FULL.match(status))
    with transaction.atomic():
        MailTrouble.objects.filter(
            address=as_mailed(address), is_dead=False, last_at__lt=now - SOFT_ENDS
        ).delete()
        trouble, is_new = MailTrouble.objects.select_for_update().get_or_create(
            address=as_mailed(address), defaults={"since": now, "last_at": now, "source": source}
        )
        if not is_new:
            trouble.times += 1
            trouble.days += timezone.localdate(trouble.last_at) != timezone.localdate(now)
        trouble.last_at, trouble.source, trouble.why = now, source, why[:300]
        trouble.is_dead = trouble.is_dead or not is_soft or trouble.days >= SOFT_DAYS
        trouble.save()


def works(address):
    """Deletes the mark of this address: somebody read a letter there."""
    MailTrouble.objects.filter(address=as_mailed(address)).delete()


def sweep(now=None):
    """Take away each mark after which a letter was taken that did not come back; how many."""
    now, gone = now or timezone.now(), 0
    for trouble in MailTrouble.objects.all():
        later = Delivery.objects.filter(
            email__to=trouble.address, tried_at__gt=trouble.last_at, tried_at__lt=now - WORKS_AFTER
        )
        if later.filter(state=Delivery.State.TAKEN).exists():
            gone += trouble.delete()[0] > 0
    return gone


def dead():
    """The addresses where letters do not arrive, for in a query."""
    return MailTrouble.objects.filter(is_dead=True).values("address")


def among(addresses):
    """Which of these are dead: a dict of address and trouble."""
    dead = MailTrouble.objects.filter(
        is_dead=True, address__in=[as_mailed(email) for email in addresses if email]
    )
    return {trouble.address: trouble for trouble in dead}


def whose(addresses):
    """For each address, what we have it for, in words."""
    whose_address = {address: [] for address in addresses}
    owners = Ownership.objects.filter(user__email__in=addresses).select_related("user", "initiative")
    for ownership in owners:
        whose_address[ownership.user.email].append(_("eigenaar van %s") % ownership.initiative)
    for user in User.objects.filter(email__in=addresses, is_staff=True):
        whose_address[user.email].append(_("medewerker"))
    for entry in Initiative.objects.published().filter(contact_email__in=addresses):
        whose_address[entry.contact_email].append(_("contactadres van %s") % entry)
    for email in SavedSearch.objects.filter(email__in=addresses).values_list("email", flat=True).distinct():
        whose_address[email].append(_("volgt een filter"))
    for key in PartnerKey.objects.filter(email__in=addresses):
        whose_address[key.email].append(_("partner %s") % key)
    return whose_address


def _is_known(address):
    address = as_mailed(address)
    return (
        User.objects.filter(email=address).exists()
        or EmailAddress.objects.filter(email=address).exists()
        or SavedSearch.objects.filter(email=address, confirmed_at__isnull=False).exists()
        or PartnerKey.objects.filter(email=address).exists()
        or Initiative.objects.published().filter(contact_email=address).exists()
        or any(other.rows_of(address).exists() for other in other_apps.everything())
        or address == as_mailed(settings.CONTACT_EMAIL or "")
    )
