"""A code or link that ran out, or never came: a new one to the same mailbox, and the old one works no more."""

from django.db import transaction
from django.utils import timezone

from registry import ownership
from registry.community import contact_messages, saved_searches
from registry.models import Proof, SavedSearch, Status
from registry.registration import signup

Purpose = Proof.Purpose


def can_renew(proof):
    """Whether nobody used it, nobody ended it, and what it asks still stands."""
    if proof.used_at is not None:
        return False
    if proof.purpose == Purpose.REGISTER:
        return proof.initiative.status == Status.DRAFT
    if proof.purpose == Purpose.CLAIM:
        return proof.initiative.status == Status.PUBLISHED and ownership.may_still_ask(proof)
    if proof.purpose == Purpose.INVITE:
        return bool(proof.subject) and ownership.may_still_ask(proof)
    if proof.purpose == Purpose.FOLLOW:
        return SavedSearch.objects.filter(pk=proof.subject, confirmed_at=None).exists()
    if proof.purpose == Purpose.MESSAGE:
        return contact_messages.find(proof) is not None
    return False  # who keeps a page logs in


@transaction.atomic
def renew(proof):
    """Mail a new one; returns its proof, or None when it cannot be renewed (any more)."""
    proof = Proof.objects.select_for_update().filter(pk=proof.pk).first()
    if proof is None or not can_renew(proof):
        return None
    Proof.objects.filter(pk=proof.pk).update(used_at=timezone.now())
    if proof.purpose == Purpose.REGISTER:
        return signup.send_code(proof.initiative, proof.email)
    if proof.purpose == Purpose.CLAIM:
        return ownership.hand_over(proof.initiative, proof.email, by=ownership.asker_of(proof))
    if proof.purpose == Purpose.INVITE:
        return ownership.invite(proof.initiative, proof.email, by=ownership.asker_of(proof))
    if proof.purpose == Purpose.MESSAGE:
        return contact_messages.ask(contact_messages.find(proof))
    return saved_searches.ask(SavedSearch.objects.get(pk=proof.subject))
