"""What a round promised to who answers, and does not take back: its pages are out, and answers wait on devices."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Days after the last late answer came in, so that there is time to look at what people said.
LEAST_KEPT = 30
KEPT = ("keep_answers_days", "keep_responses_days")


def least_days(round):
    """How long after closing everything stays at the least, whatever somebody fills in."""
    return (round.late_days or 0) + LEAST_KEPT


def broken(before, after):
    """{field: what is the matter and what to do} of what ``after`` takes back of ``before``, which is stored."""
    errors = {}
    if before.opens_at is not None:
        errors |= _of_planned(before, after)
    if before.has_opened:
        errors |= _of_opened(before, after)
    if before.responses.exists():
        errors |= _of_answered(before, after)
    return errors


def too_short(round):
    """{field: what to do} of the periods that would wipe what is hardly in."""
    least = least_days(round)
    message = ngettext(
        "Bewaar minstens %(least)d dagen: %(late)d dag voor late antwoorden en daarna %(days)d om ze te verwerken.",
        "Bewaar minstens %(least)d dagen: %(late)d dagen voor late antwoorden en daarna %(days)d om ze te verwerken.",
        round.late_days or 0,
    ) % {"least": least, "late": round.late_days or 0, "days": LEAST_KEPT}
    return {
        name: message for name in KEPT if getattr(round, name) is not None and getattr(round, name) < least
    }


def _of_planned(before, after):
    """An address with a moment to open hangs on posters, and answers wait for it on devices without a network."""
    errors = {}
    if after.slug != before.slug:
        errors["slug"] = _(
            "Een meting met een openingstijd houdt haar adres: het staat op posters en apparaten."
        )
    if after.opens_at is not None and after.questionnaire_id != before.questionnaire_id:
        errors["questionnaire"] = _(
            "De vragenlijst van een meting met een openingstijd ligt vast. Draai eerst de planning terug."
        )
    return errors


def _of_opened(before, after):
    errors = {}
    if after.opens_at is None or _minute(after.opens_at) > _minute(before.opens_at):
        errors["opens_at"] = _(
            "Deze meting is al open geweest. Sluit haar in plaats van deze tijd te wijzigen. Eerder kan wel."
        )
    # Who began has some days after closing: a moment in the past would take them back.
    passed = before.closes_at if before.is_closed else timezone.now()
    if after.closes_at is not None and _minute(after.closes_at) < _minute(passed):
        errors["closes_at"] = _(
            "Mensen konden tot %(moment)s antwoorden, ook op een apparaat zonder internet. Eerder sluiten kan niet meer: "
            "kies een later moment."
        ) % {"moment": f"{timezone.localtime(passed):%d-%m-%Y %H:%M}"}
    if after.access != before.access:
        errors["access"] = _(
            "De pagina’s van deze meting zijn al uitgedeeld, met of zonder veld voor een code. "
            "Wilt u dit anders? Maak een nieuwe meting."
        )
    if set(before.languages) - set(after.languages):
        errors["languages"] = _(
            "Deze meting is al open geweest in deze taal: iemand kan erin begonnen zijn. Een taal erbij kan wel."
        )
    if after.late_days is not None and after.late_days < before.late_days:
        errors["late_days"] = _(
            "Op apparaten kunnen al antwoorden wachten, met deze belofte. Langer kan, korter niet."
        )
    return errors


def _of_answered(before, after):
    """For how long their answers stay: not longer than was said, but for what is too short for everybody."""
    least = least_days(after)
    return {
        name: _("Er zijn al antwoorden, met deze belofte. Korter kan, langer niet.")
        for name in KEPT
        if getattr(after, name) is not None and getattr(after, name) > max(getattr(before, name), least)
    }


def _minute(moment):
    """As people type it."""
    return moment.replace(second=0, microsecond=0)
