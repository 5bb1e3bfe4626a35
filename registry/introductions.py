"""Bring two initiatives together; no address is shown before both have said yes."""

from django.db import transaction
from django.utils import timezone

from registry import letters, proofs
from registry.models import Introduction, Proof, Status
from registry.moderation import NotAllowed
from registry.registration import address


@transaction.atomic
def ask(first, second, *, why, yes_from=None):
    """Ask both, or only the other when ``yes_from`` (one of the two) asks; returns the introduction.

    Raises NotAllowed when the two were asked before or one of them has nobody to ask.
    """
    if first.pk == second.pk:
        raise NotAllowed("Kies twee verschillende initiatieven.")
    if not _are_public(first, second):
        raise NotAllowed("Kennismaken kan alleen als beide initiatieven op de site staan.")
    pair = {first.pk, second.pk}
    if Introduction.objects.filter(first__in=pair, second__in=pair).exists():
        raise NotAllowed("Deze kennismaking is al eens voorgesteld.")
    for side in (first, second):
        if not side.ownerships.exists():
            raise NotAllowed(f"{side} heeft nog geen eigenaar om te vragen.")
    now = timezone.now()
    introduction = Introduction.objects.create(
        first=first,
        second=second,
        why=why,
        first_yes_at=now if yes_from == first else None,
        second_yes_at=now if yes_from == second else None,
    )
    for side, other in ((first, second), (second, first)):
        if side == yes_from:
            continue
        for email in _owners(side):
            proof, token, _code = proofs.issue(
                Proof.Purpose.INTRODUCE, email, initiative=side, subject=introduction.pk
            )
            letters.send(
                "kennismaken-vraag",
                proof.email,
                initiatief=side.name,
                ander=other.name,
                waarom=why,
                adres=address("proof", token),
            )
    return introduction


@transaction.atomic
def answer(introduction, initiative, *, yes):
    """One side answers. At the second yes both get each other's address, once."""
    introduction = Introduction.objects.select_for_update().get(pk=introduction.pk)
    if introduction.introduced_at or introduction.declined_at:
        return introduction
    if not _are_public(introduction.first, introduction.second):
        raise NotAllowed("Een van de twee staat niet meer op de site.")
    now = timezone.now()
    if not yes:
        introduction.declined_at = now
    elif initiative.pk == introduction.first_id:
        introduction.first_yes_at = introduction.first_yes_at or now
    else:
        introduction.second_yes_at = introduction.second_yes_at or now
    if introduction.first_yes_at and introduction.second_yes_at and not introduction.declined_at:
        introduction.introduced_at = now
        _introduce(introduction)
    introduction.save()
    return introduction


def _introduce(introduction):
    sides = (introduction.first, introduction.second)
    for side, other in (sides, sides[::-1]):
        for email in _owners(side):
            letters.send(
                "kennismaken",
                email,
                initiatief=side.name,
                ander=other.name,
                hun_adres=" en ".join(_owners(other)),
                waarom=introduction.why,
            )


def find(proof):
    """The introduction that a proof asks about, or None when one of the two is no longer public."""
    found = Introduction.objects.select_related("first", "second").filter(pk=proof.subject).first()
    return found if found and _are_public(found.first, found.second) else None


def _are_public(*sides):
    return all(side.status == Status.PUBLISHED for side in sides)


def _owners(initiative):
    return list(initiative.ownerships.values_list("user__email", flat=True))
