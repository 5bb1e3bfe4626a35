"""The life of a round: draft, planned, open, closed. Who opens it fixes its questionnaire."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from survey import questionnaires
from survey.models import Round


class Refused(Exception):
    """It cannot be done; the text says why and what to do."""


def keep(round):
    """Save ``round``; as soon as it has a moment to open, its questionnaire stays as it is.

    A planned round locks at once and not when the moment comes: nobody may be looking then.
    """
    with transaction.atomic():
        if round.opens_at is not None:
            _refuse_without_questions(round)
        round.save()
        if round.opens_at is not None:
            questionnaires.lock(round.questionnaire)


def open_now(round):
    """Let people in from this moment; a closed round opens again as long as nothing was published."""
    _refuse_published(round)
    if round.is_open:
        raise Refused(_("Deze meting is al open."))
    now = timezone.now()
    if round.state != Round.State.CLOSED:
        round.opens_at = now
    if round.closes_at and round.closes_at <= now:
        round.closes_at = None
    keep(round)


def close_now(round):
    if not round.is_open:
        raise Refused(_("Deze meting is niet open, dus valt er niets te sluiten."))
    round.closes_at = timezone.now()
    round.save()


def may_go(round):
    """Whether no answer is lost when ``round`` is deleted: none is stored, and none can still be on its way."""
    if round.responses.exists() or round.publications.exists():
        return False
    return not round.has_opened or (round.is_closed and not round.takes_late)


def closing_words(round):
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


def _refuse_published(round):
    if round.publications.exists():
        raise Refused(
            _("De resultaten van deze meting staan vast. Maak een nieuwe meting om opnieuw te vragen.")
        )


def _refuse_without_questions(round):
    if not round.questionnaire.items.exists():
        raise Refused(_("De vragenlijst heeft nog geen stellingen. Zet die er eerst in."))
