"""A code or link that ran out, or never came: a new one to the same mailbox, and the old one works no more."""

from django.db import transaction
from django.utils import timezone

from registry import ownership
from registry.community import contact_messages, saved_searches
from registry.models import Proof, SavedSearch, Status
from registry.registration import signup

Purpose = Proof.Purpose


def can_renew(proof: Proof) -> bool:
    """Whether nobody used it, nobody ended it, and what it asks still stands."""
    if proof.used_at is not None:
        return False
    if proof.purpose == Purpose.REGISTER:
        return proof.page.status == Status.DRAFT
    if proof.purpose == Purpose.CLAIM:
        return proof.page.status == Status.PUBLISHED and ownership.may_still_ask(proof)
    if proof.purpose == Purpose.INVITE:
        return bool(proof.subject) and ownership.may_still_ask(proof)
    if proof.purpose == Purpose.FOLLOW:
        return SavedSearch.objects.filter(pk=proof.subject, confirmed_at=None).exists()
    if proof.purpose == Purpose.MESSAGE:
        return contact_messages.find(proof) is not None
    return False  # who keeps a page logs in


@transaction.atomic
def renew(proof: Proof) -> Proof | None:
    """Mail a new one; returns its proof, or None when it cannot be renewed (any more)."""
    current = Proof.objects.select_for_update().filter(pk=proof.pk).first()
    if current is None or not can_renew(current):
        return None
    Proof.objects.filter(pk=current.pk).update(used_at=timezone.now())
    if current.purpose == Purpose.REGISTER:
        return signup.send_code(current.page, current.email)
    asker = ownership.asker_of(current)
    if current.purpose == Purpose.CLAIM:
        return ownership.hand_over(current.page, current.email, by=asker)
    if current.purpose == Purpose.INVITE and asker is not None:
        return ownership.invite(current.page, current.email, by=asker)
    if current.purpose == Purpose.MESSAGE and (message := contact_messages.find(current)):
        return contact_messages.ask(message)
    return saved_searches.ask(SavedSearch.objects.get(pk=current.subject))
