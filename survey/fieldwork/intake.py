"""The one door for answers: the only code that writes a response.

What is given here has been checked for form (see forms/); what a round allows is checked here. Sending twice
stores once, and a response is kept the moment that ``record`` returns inside its caller's commit.
"""

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from survey.design.questions import Questions, questions_of
from survey.models import AccessCode, OpenAnswer, Response, Round, SourceCode


class NotTaken(Refused):
    """It cannot be taken in; the text says why, in the language of the page, and ``reason`` to the device."""

    reason = "gesloten"


class Full(NotTaken):
    reason = "vol"


class WrongCode(NotTaken):
    """The access code is wrong or spent; with another one the same answers are welcome."""

    reason = "code"


@dataclass(frozen=True)
class Answers:
    """What somebody filled in. ``ticks``: codes; ``none``: levels with "geen van deze"; ``words``: key to text."""

    ticks: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()
    words: dict = field(default_factory=dict)
    municipality: str = ""
    role: str = ""


def record(
    round: Round,
    answers: Answers,
    *,
    key: uuid.UUID | str,
    language: str = "nl",
    channel: str = Response.Channel.OWN_DEVICE,
    source: SourceCode | None = None,
    seed: int = 0,
    code: str = "",
    begun: str = "",
    was_thanked: bool = False,
    answered_on: date | None = None,
) -> bool:
    """Store ``answers`` under ``key`` (a UUID); True when they are new, False when this key was stored before.

    ``round`` must be open, not full, and let this ``code`` in; else NotTaken. Paper needs no code, and comes in
    until the results are fixed: it is typed in when the festival is over, and counts on the day that it was filled in
    (``answered_on``). Answers with a proof in ``begun`` that they were begun while it was open come in for some days
    after (``Round.late_days``); those that a device already thanked for (``was_thanked``) also when it has become full
    meanwhile. What a known key holds is never
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
            has_begun = is_begun(round, begun)
            _refuse_when_closed(round, channel, has_begun)
            if not (was_thanked and has_begun):
                _refuse_when_full(round, answered_on)
            if round.access == Round.Access.CODES and channel != Response.Channel.PAPER:
                _spend(round, code)
            response.save(force_insert=True)
            OpenAnswer.objects.bulk_create(words)
    except (IntegrityError, NotTaken):
        # Looked up only now: nearly every answer is new, and a retry is answered alike after the round closed.
        if not Response.objects.filter(pk=response.pk).exists():
            raise
        return False
    return True


def takes(round: Round, channel: str, *, has_begun: bool = False) -> bool:
    """Whether answers may come in this way now; a limit that was reached apart."""
    if channel == Response.Channel.PAPER and round.state == Round.State.CLOSED:
        return not round.is_over
    return round.is_open or (has_begun and round.takes_late)


def proof_of_begin(round: Round) -> str:
    """What a page carries that is given out while ``round`` is open. It holds no time, and is the same for
    everybody: nobody can be told apart by it."""
    return _signer().sign(str(round.pk))


def is_begun(round: Round, proof: str) -> bool:
    try:
        return _signer().unsign(proof) == str(round.pk)
    except BadSignature:
        return False


def _signer() -> Signer:
    return Signer(salt="survey.begun")


def digest(round: Round, code: str) -> str:
    """What is kept of an access code, however it was typed: "abcd 1234" is "ABCD-1234"."""
    return _digests(round, code)[0]


def _digests(round: Round, code: str) -> list[str]:
    """With the key of now first; codes that were printed under one of before stay good."""
    typed = "".join(filter(str.isalnum, code)).upper()
    plain = [f"{key}:{round.pk}:{typed}" for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return [hashlib.sha256(text.encode()).hexdigest() for text in plain]


def _answered(questions: Questions, answers: Answers) -> int:
    """The levels of which the page was filled in: a tick, or that none applies. Skipped is no answer."""
    return sum(
        1 << page.level.bit
        for page in questions.pages
        if page.level.slug in answers.none or any(item.code in answers.ticks for item in page.items)
    )


def _refuse_when_closed(round: Round, channel: str, has_begun: bool) -> None:
    if round.is_closed:
        # Whoever fixes the results holds this row meanwhile: an answer comes in before that, or is refused.
        round = Round.objects.select_for_update().get(pk=round.pk)
    if not takes(round, channel, has_begun=has_begun):
        raise NotTaken(_("Deze meting is niet open. Uw antwoorden zijn niet opgeslagen."))


def _refuse_when_full(round: Round, answered_on: date | None) -> None:
    if round.limit:
        # One at a time, so that the last place is given away once.
        Round.objects.select_for_update().get(pk=round.pk)
    if answered_on and round.limit:
        # Who filled in a paper had a place when the limit was not reached on an earlier day.
        is_full = round.responses.filter(answered_on__lt=answered_on).count() >= round.limit
    else:
        is_full = round.is_full
    if is_full:
        raise Full(_("Deze meting is vol. Uw antwoorden zijn niet opgeslagen."))


def _spend(round: Round, code: str) -> None:
    codes = AccessCode.objects.filter(round=round, digest__in=_digests(round, code), is_used=False)
    if not codes.update(is_used=True):
        raise WrongCode(_("Deze code klopt niet, of is al gebruikt. Kijk de code na."))
