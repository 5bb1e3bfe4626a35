"""A code or link that ran out, or never came: a new one to the same mailbox, and the old one works no more."""

from django.db import transaction
from django.utils import timezone

from registry import contacting, following, registration, say
from registry.models import Proof, SavedSearch, Status, User

Purpose = Proof.Purpose


def can_renew(proof):
    """Whether nobody used it, nobody ended it, and what it asks still stands."""
    if proof.used_at is not None:
        return False
    if proof.purpose == Purpose.REGISTER:
        return proof.initiative.status == Status.DRAFT
    if proof.purpose == Purpose.CLAIM:
        return proof.initiative.status == Status.PUBLISHED
    if proof.purpose == Purpose.INVITE:
        return _inviter(proof) is not None
    if proof.purpose == Purpose.FOLLOW:
        return SavedSearch.objects.filter(pk=proof.subject, confirmed_at=None).exists()
    if proof.purpose == Purpose.MESSAGE:
        return contacting.find(proof) is not None
    return False  # who keeps a page logs in


@transaction.atomic
def renew(proof):
    """Mail a new one; returns its proof, or None when it cannot be renewed (any more)."""
    proof = Proof.objects.select_for_update().filter(pk=proof.pk).first()
    if proof is None or not can_renew(proof):
        return None
    Proof.objects.filter(pk=proof.pk).update(used_at=timezone.now())
    if proof.purpose == Purpose.REGISTER:
        return registration.send_code(proof.initiative, proof.email)
    if proof.purpose == Purpose.CLAIM:
        return say.hand_over(proof.initiative, proof.email, by=say.asker_of(proof))
    if proof.purpose == Purpose.INVITE:
        return say.invite(proof.initiative, proof.email, by=_inviter(proof))
    if proof.purpose == Purpose.MESSAGE:
        return contacting.ask(contacting.find(proof))
    return following.ask(SavedSearch.objects.get(pk=proof.subject))


def _inviter(proof):
    """Who asked, as long as they still may: as an owner, or as staff."""
    user = User.objects.filter(pk=proof.subject or None, is_active=True).first()
    return user if user and (user.is_staff or say.keeps(proof.initiative, user)) else None
