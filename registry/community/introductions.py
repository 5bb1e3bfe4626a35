"""Bring two initiatives together. A yes is of one person: who did not say it is neither named nor written to.

Why is told to each side as that side reads it; what staff write themselves is the same for both.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.community import matching
from registry.foundation.errors import Refused
from registry.mail import letters, verification
from registry.mail.letters import address
from registry.models import Initiative, Introduction, IntroductionConsent, Proof, Status, User
from registry.moderation.locks import lock, lock_all, lock_row
from registry.ownership import active_owners


@transaction.atomic
def ask(
    first: Initiative,
    second: Initiative,
    *,
    why: str = "",
    yes_from: Initiative | None = None,
    by: User | None = None,
) -> Introduction:
    """Ask the owners of both; returns the introduction. ``why``: what staff say of it, true for both.

    When an owner asks, ``yes_from`` is their initiative and ``by`` the person: that is a yes of this person,
    and only the owners of the other are asked. Raises Refused when the two were asked before or one of them has nobody to ask.
    """
    locked = lock_all(first.pk, second.pk)
    if len(locked) < 2:
        raise Refused("Kies twee verschillende initiatieven.")
    first, second = locked[first.pk], locked[second.pk]
    if not _are_public(first, second):
        raise Refused("Kennismaken kan alleen als beide initiatieven op de site staan.")
    pair = {first.pk, second.pk}
    earlier = Introduction.objects.filter(first__in=pair, second__in=pair)
    if any(not past.is_lapsed for past in earlier):
        raise Refused(_("Deze kennismaking is al eens voorgesteld."))
    for side in (first, second):
        if not active_owners(side):
            raise Refused(_("%s heeft nog geen eigenaar om te vragen.") % side)
    earlier.delete()
    introduction = Introduction.objects.create(first=first, second=second, why=why)
    if yes_from is not None:
        _say_yes(introduction, yes_from, by)
        introduction.save()
    for side in (first, second):
        if side != yes_from:
            _ask_owners(introduction, side, active_owners(side))
    return introduction


def _ask_owners(introduction: Introduction, side: Initiative, emails: Iterable[str]) -> None:
    for email in emails:
        ask_owner(introduction, side, email)


def ask_owner(introduction: Introduction, side: Initiative, email: str) -> None:
    """Mail one owner of ``side`` the question."""
    proof, token, _code = verification.issue(
        Proof.Purpose.INTRODUCE, email, initiative=side, subject=introduction.pk
    )
    letters.send(
        "kennismaken-vraag",
        proof.email,
        about=side,
        initiatief=side.name,
        ander=introduction.other(side).name,
        waarom=why_for(introduction, side),
        adres=address("proof", token),
    )


@transaction.atomic
def answer(introduction: Introduction, initiative: Initiative, *, by: User, yes: bool) -> bool:
    """``by``, an owner of ``initiative``, answers for themselves; returns whether the answer still counted.

    As soon as somebody of each side has said yes, those who did get each other's address, once. One no ends it.
    """
    lock(introduction.first_id, introduction.second_id)
    introduction = lock_row(introduction)
    if introduction.is_over:
        return False
    if initiative not in introduction.sides:
        raise Refused(_("U beheert deze pagina niet meer."))
    if not _are_public(introduction.first, introduction.second):
        raise Refused(_("Een van de twee staat niet meer op de site."))
    if not yes:
        introduction.declined_at, introduction.declined_by = timezone.now(), by
        _tell_waiting(introduction, "kennismaken-niet", by)
    elif _say_yes(introduction, initiative, by) and introduction.is_mutual:
        introduction.introduced_at = timezone.now()
        _introduce(introduction)
    elif introduction.is_lapsed:
        _ask_who_is_left(introduction, introduction.other(initiative))
    introduction.save()
    return True


def _ask_who_is_left(introduction: Introduction, side: Initiative) -> None:
    """Who said yes for ``side`` keeps it no more: ask who does now, or end it when nobody does."""
    open_questions = Proof.objects.usable().filter(
        purpose=Proof.Purpose.INTRODUCE, initiative=side, subject=str(introduction.pk)
    )
    left = active_owners(side)
    _ask_owners(
        introduction, side, [email for email in left if not open_questions.filter(email=email).exists()]
    )
    if not left:
        introduction.expired_at = timezone.now()


def _say_yes(introduction: Introduction, initiative: Initiative, by: User | None) -> bool:
    ownership = initiative.ownerships.filter(user=by).first()
    if ownership is None:
        raise Refused(_("U beheert deze pagina niet meer."))
    IntroductionConsent.objects.get_or_create(introduction=introduction, ownership=ownership)
    which = "first_yes_at" if initiative.pk == introduction.first_id else "second_yes_at"
    setattr(introduction, which, getattr(introduction, which) or timezone.now())
    return True


def _introduce(introduction: Introduction) -> None:
    for side in introduction.sides:
        other = introduction.other(side)
        for email in introduction.willing(side):
            # Somebody may keep both.
            theirs = [address for address in introduction.willing(other) if address != email]
            if theirs:
                letters.send(
                    "kennismaken",
                    email,
                    about=side,
                    initiatief=side.name,
                    ander=other.name,
                    hun_adres=" en ".join(theirs),
                    waarom=why_for(introduction, side),
                )


def why_for(introduction: Introduction, side: Initiative) -> str:
    """Why these two, as who keeps the page of ``side`` reads it."""
    return " ".join(filter(None, [introduction.why, matching.why(side, introduction.other(side))]))


def expire() -> int:
    """End each question that nobody can answer any more, and tell who said yes; how many."""
    before = timezone.now() - timedelta(days=settings.PROOF_DAYS[Proof.Purpose.INTRODUCE])
    waiting = Introduction.objects.filter(
        asked_at__lt=before, introduced_at=None, declined_at=None, expired_at=None
    )
    return sum(_expire(key, waiting) for key in list(waiting.values_list("pk", flat=True)))


@transaction.atomic
def _expire(key: int, waiting: QuerySet[Introduction]) -> bool:
    lock(*waiting.filter(pk=key).values_list("first", "second").first() or ())
    introduction = waiting.select_for_update().filter(pk=key).first()
    if introduction is None:
        return False
    end(introduction)
    return True


def end(introduction: Introduction, *, why: str = "") -> None:
    """Nobody can answer any more; who said yes hears it, and ``why`` when it is not that time went by."""
    introduction.expired_at = timezone.now()
    introduction.save()
    if why:
        _tell_waiting(introduction, "kennismaken-vervalt", waarom=why)
    else:
        _tell_waiting(introduction, "kennismaken-verlopen")


def _tell_waiting(introduction: Introduction, name: str, by: User | None = None, **values: str) -> None:
    """Write to who said yes and waits for the other: not who did not answer, or said no."""
    for side in introduction.sides:
        other = introduction.other(side)
        for email in introduction.willing(side):
            if by is None or email != by.email:
                letters.send(name, email, about=side, initiatief=side.name, ander=other.name, **values)


def find(proof: Proof) -> Introduction | None:
    """The introduction that a proof asks about, or None when one of the two is no longer public."""
    introduction = Introduction.objects.select_related("first", "second").filter(pk=proof.subject).first()
    return introduction if introduction and _are_public(introduction.first, introduction.second) else None


def _are_public(*sides: Initiative) -> bool:
    return all(side.status == Status.PUBLISHED for side in sides)
