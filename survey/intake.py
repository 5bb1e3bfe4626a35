"""The one door for answers: the only code that writes a response.

What is given here has been checked for form (see forms/); what a round allows is checked here. Sending twice
stores once, and a response is kept the moment that ``record`` returns inside its caller's commit.
"""

import hashlib
import uuid
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from survey.models import AccessCode, OpenAnswer, Response, Round
from survey.questions import questions_of


class Refused(Exception):
    """It cannot be taken in; the text says why, in the language of the page."""


class WrongCode(Refused):
    """The access code is wrong or spent; with another one the same answers are welcome."""


@dataclass(frozen=True)
class Answers:
    """What somebody filled in. ``ticks``: codes; ``none``: levels with "geen van deze"; ``words``: key to text."""

    ticks: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()
    words: dict = field(default_factory=dict)
    municipality: str = ""
    role: str = ""


def record(
    round,
    answers,
    *,
    key,
    language="nl",
    channel=Response.Channel.OWN_DEVICE,
    source=None,
    seed=0,
    code="",
    answered_on=None,
):
    """Store ``answers`` under ``key`` (a UUID); True when they are new, False when this key was stored before.

    ``round`` must be open, not full, and let this ``code`` in; else Refused. Paper needs no code, and comes in
    until the results are fixed: it is typed in when the festival is over, and counts on the day that it was filled in
    (``answered_on``). What a known key holds is never
    compared with what is sent under it: whoever has a key could try out guesses.
    """
    questions = questions_of(round.questionnaire)
    response = Response(
        id=uuid.UUID(str(key)),
        round=round,
        answered_on=answered_on or timezone.localdate(),
        language=language,
        channel=channel,
        source=source,
        ticks=sum(1 << item.bit for item in questions.items if item.code in answers.ticks),
        answered=_answered(questions, answers),
        municipality=answers.municipality,
        role=answers.role,
        seed=seed,
    )
    words = [
        OpenAnswer(response=response, question=question, text=text)
        for question in questions.all_open
        if (text := answers.words.get(question.key, "").strip())
    ]
    try:
        with transaction.atomic():
            _refuse_when_closed(round, channel, answered_on)
            if round.access == Round.Access.CODES and channel != Response.Channel.PAPER:
                _spend(round, code)
            response.save(force_insert=True)
            OpenAnswer.objects.bulk_create(words)
    except (IntegrityError, Refused):
        # Looked up only now: nearly every answer is new, and a retry is answered alike after the round closed.
        if not Response.objects.filter(pk=response.pk).exists():
            raise
        return False
    return True


def takes(round, channel):
    """Whether answers may come in this way now; a limit that was reached apart."""
    if channel == Response.Channel.PAPER and round.state == Round.State.CLOSED:
        return not round.publications.standing().exists()
    return round.is_open


def digest(round, code):
    """What is kept of an access code, however it was typed: "abcd 1234" is "ABCD-1234"."""
    typed = "".join(filter(str.isalnum, code)).upper()
    plain = f"{settings.SECRET_KEY}:{round.pk}:{typed}"
    return hashlib.sha256(plain.encode()).hexdigest()


def _answered(questions, answers):
    """The levels of which the page was filled in: a tick, or that none applies. Skipped is no answer."""
    return sum(
        1 << page.level.position
        for page in questions.pages
        if page.level.pk in answers.none or any(item.code in answers.ticks for item in page.items)
    )


def _refuse_when_closed(round, channel, answered_on):
    if not takes(round, channel):
        raise Refused(_("Deze meting is niet open. Uw antwoorden zijn niet opgeslagen."))
    if round.limit:
        # One at a time, so that the last place is given away once.
        Round.objects.select_for_update().get(pk=round.pk)
    if answered_on and round.limit:
        # Who filled in a paper had a place when the limit was not reached on an earlier day.
        is_full = round.responses.filter(answered_on__lt=answered_on).count() >= round.limit
    else:
        is_full = round.is_full
    if is_full:
        raise Refused(_("Deze meting is vol. Uw antwoorden zijn niet opgeslagen."))


def _spend(round, code):
    spent = AccessCode.objects.filter(round=round, digest=digest(round, code), is_used=False).update(
        is_used=True
    )
    if not spent:
        raise WrongCode(_("Deze code klopt niet, of is al gebruikt. Kijk de code na."))
