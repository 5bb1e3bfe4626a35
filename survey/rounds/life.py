"""The life of a round: draft, planned, open, closed. Who opens it fixes its questionnaire."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.foundation.errors import Refused
from registry.foundation.fields import label_of
from registry.models import User
from survey.design import logbook, questionnaires
from survey.models import Round, RoundAct, promises
from survey.rounds import checklist

What = logbook.What


def keep(round: Round, *, by: User | None = None) -> None:
    """Save ``round``; as soon as it has a moment to open, its questionnaire stays as it is. Without that moment, and
    when nobody answered, both are free again.

    A planned round locks at once and not when the moment comes: nobody may be looking then.
    """
    with transaction.atomic():
        before = Round.objects.select_for_update().filter(pk=round.pk).first()
        planned = before if before is not None and before.opens_at is not None else None
        if round.opens_at is not None and not (planned and planned.languages == round.languages):
            checklist.refuse(round, "plan")
        if planned and round.opens_at is None:
            checklist.refuse(planned, "unplan")
        if before is not None and (broken := promises.broken(before, round)):
            raise Refused(" ".join(broken.values()))
        round.save()
        if round.opens_at is not None:
            questionnaires.lock(round.questionnaire)
        elif planned:
            questionnaires.unlock(round.questionnaire)
        if what := _what_happened(before, round):
            logbook.note(round, what, by)
        for name in _shortened(before, round):
            subject = label_of(Round, name)
            logbook.note(round, What.SHORTENED, by, number=getattr(round, name), subject=subject)


def open_now(round: Round, *, by: User | None = None, seen: str | None = None) -> None:
    """Let people in from this moment; a closed round opens again as long as no results stand."""
    with transaction.atomic():
        checklist.enter(round, "open", seen=seen)
        now = timezone.now()
        if not round.has_opened:
            round.opens_at = now
        if round.closes_at and round.closes_at <= now:
            round.closes_at = None
        round.is_over = False
        keep(round, by=by)


def unplan(round: Round, *, by: User | None = None, seen: str | None = None) -> None:
    """A draft again, as long as it never was open: its candidates are secret again, its questionnaire can change."""
    with transaction.atomic():
        checklist.enter(round, "unplan", seen=seen)
        round.opens_at = round.closes_at = None
        keep(round, by=by)


def close_now(round: Round, *, by: User | None = None, seen: str | None = None) -> None:
    with transaction.atomic():
        checklist.enter(round, "close", seen=seen)
        round.closes_at = timezone.now()
        keep(round, by=by)


def may_go(round: Round) -> bool:
    """Whether no answer is lost when ``round`` is deleted: none is stored or typed in, none can still be on its way."""
    if round.responses.exists() or round.publications.exists() or round.paper_forms.exists():
        return False
    return not round.has_opened or (round.is_closed and not round.takes_late)


def closing_words(round: Round) -> str:
    """What closing means, for who is about to do it."""
    late = ngettext(
        "Wie al begonnen was, ook op een apparaat zonder internet, kan nog %(days)d dag versturen.",
        "Wie al begonnen was, ook op een apparaat zonder internet, kan nog %(days)d dagen versturen.",
        round.late_days,
    )
    return " ".join(
        [
            _("Niemand kan dan nog beginnen."),
            late % {"days": round.late_days}
            if round.late_days
            else _("Wat nog op een apparaat wacht, wordt geweigerd: deze meting neemt geen late antwoorden."),
            _(
                "Stelt u de resultaten eerder vast? Dan houdt dat op, en wat dan nog op een apparaat wacht, telt "
                "niet mee. Heropenen en papieren formulieren invoeren kan tot de resultaten vaststaan."
            ),
        ]
    )


def remove(round: Round) -> None:
    """Delete a round that nobody answered; its questionnaire is free when no other round needs it."""
    with transaction.atomic():
        questionnaire = round.questionnaire
        round.delete()
        questionnaires.unlock(questionnaire)


def _shortened(before: Round | None, after: Round) -> list[str]:
    """By which answers that are here are wiped sooner."""
    if before is None or not before.responses.exists():
        return []
    return [name for name in promises.KEPT if getattr(after, name) < getattr(before, name)]


def _what_happened(before: Round | None, after: Round) -> RoundAct.What | None:
    """From the one to the other, as a word of the log; None when it only changed in other ways."""
    was = Round.State.DRAFT if before is None else before.state
    if was == after.state:
        return None
    return {
        Round.State.DRAFT: What.UNPLANNED,
        Round.State.PLANNED: What.PLANNED,
        Round.State.OPEN: What.OPENED,
        Round.State.CLOSED: What.CLOSED,
    }[after.state]
