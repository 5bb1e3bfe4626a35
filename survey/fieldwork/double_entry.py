"""Typing in paper forms: each number twice, and stored once both agree."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from survey.design import logbook
from survey.design.seen import mark, refuse_when_stale
from survey.fieldwork import intake, paper
from survey.models import PaperForm, Response

What = logbook.What


@dataclass(frozen=True)
class Difference:
    """One field that was typed in two ways; ``key`` names it in the form."""

    key: str
    label: str
    first: str
    second: str


CODES, DAY, LANGUAGE = "codes", "filled_in_on", "language"


def day_of(round):
    """The day on which paper of this round was filled in, unless somebody says another one."""
    today = timezone.localdate()
    return min(timezone.localdate(round.closes_at), today) if round.closes_at else today


def key_in(round, number, codes, words, *, language="nl", filled_in_on=None, by=None):
    """Take in what was typed for this number; gives its PaperForm, done when it is the second time and the same.

    ``codes`` come from ``paper.read``. The first time nothing is stored as an answer yet. It counts on the day that it
    was filled in: the round must have been open then.
    """
    if not intake.takes(round, Response.Channel.PAPER):
        raise Refused(
            _(
                "Deze meting neemt geen papier aan: zij is nog niet open, of de resultaten zijn vastgesteld. "
                "Zijn die ingetrokken? Open de meting dan eerst weer."
            )
        )
    filled_in_on = filled_in_on or day_of(round)
    _refuse_outside(round, filled_in_on)
    typed = {CODES: codes, "words": _tidy(words), LANGUAGE: language, DAY: filled_in_on.isoformat()}
    with transaction.atomic():
        PaperForm.objects.get_or_create(round=round, number=number)
        form = PaperForm.objects.select_for_update().get(round=round, number=number)
        if form.is_done:
            raise Refused(_("Formulier %d is al klaar. Kijk het nummer na.") % number)
        if form.second is not None:
            raise Refused(_("Formulier %d is al twee keer ingevoerd. Kies hieronder wat klopt.") % number)
        logbook.note(round, What.KEYED_IN, by, subject=number)
        if form.first is None:
            form.first = typed
            form.save()
            return form
        form.second = typed
        form.save()
        if not differences(form):
            _record(form, form.second)
    return form


def differences(form):
    """What was typed in two ways, in the order of the paper."""
    if form.first is None or form.second is None:
        return []
    differing = []
    for key, label in ((DAY, _("Ingevuld op")), (LANGUAGE, _("Taal"))):
        first_typed, second_typed = (str(typed.get(key, "")) for typed in (form.first, form.second))
        if first_typed and second_typed and first_typed != second_typed:
            differing.append(Difference(key, label, first_typed, second_typed))
    if form.first[CODES] != form.second[CODES]:
        differing.append(
            Difference(CODES, _("Codes"), " ".join(form.first[CODES]), " ".join(form.second[CODES]))
        )
    first, second = form.first["words"], form.second["words"]
    for question in paper.form_of(form.round.questionnaire).words:
        first_typed, second_typed = first.get(question.key, ""), second.get(question.key, "")
        if first_typed != second_typed:
            differing.append(Difference(question.key, question.text, first_typed, second_typed))
    return differing


def mark_of(form):
    return mark(str(form.pk), form.first, form.second, form.is_done)


def settle(form, chosen, *, by=None, seen=None):
    """Store ``form`` with the second time as its base, and ``chosen`` (key to "1" or "2") where both differ."""
    with transaction.atomic():
        form = _there(form, seen)
        if form.is_done:
            raise Refused(_("Formulier %d is al klaar.") % form.number)
        if form.second is None:
            raise Refused(_("Dit formulier is nog maar één keer ingevoerd."))
        settled = {**form.second, "words": dict(form.second["words"])}
        for difference in differences(form):
            if chosen.get(difference.key) not in ("1", "2"):
                raise Refused(_("Kies bij elk verschil wat er op het papier staat."))
            if chosen[difference.key] == "1":
                if difference.key in (CODES, DAY, LANGUAGE):
                    settled[difference.key] = form.first[difference.key]
                else:
                    settled["words"][difference.key] = difference.first
        logbook.note(form.round, What.SETTLED, by, subject=form.number)
        _record(form, settled)


def start_over(form, *, by=None, seen=None):
    """Forget what was typed for this number, as long as it is not stored; also when the round takes no paper any more."""
    with transaction.atomic():
        form = _there(form, seen)
        if form.is_done:
            raise Refused(_("Formulier %d is al klaar.") % form.number)
        form.delete()
        logbook.note(form.round, What.THREW_AWAY, by, subject=form.number)


def _there(form, seen):
    there = PaperForm.objects.select_for_update().filter(pk=form.pk).first()
    if there is None:
        raise Refused(_("Wat voor formulier %d was ingevoerd, is intussen weggegooid.") % form.number)
    refuse_when_stale(seen, mark_of(there))
    return there


def _refuse_outside(round, day):
    first = timezone.localdate(round.opens_at) if round.opens_at else None
    last = timezone.localdate(round.closes_at) if round.closes_at else timezone.localdate()
    last = min(last, timezone.localdate())
    if (first and day < first) or day > last:
        raise Refused(
            _("Op die dag was de meting niet open. Kijk de datum na: van %(first)s tot en met %(last)s kan.")
            % {"first": f"{first:%d-%m-%Y}" if first else "…", "last": f"{last:%d-%m-%Y}"}
        )


def lists(round):
    """Numbers that stand where: typed once, two times with a difference, done."""
    forms = list(PaperForm.objects.filter(round=round).defer("first"))
    return {
        "once": [form for form in forms if not form.is_done and form.second is None],
        "differing": [form for form in forms if not form.is_done and form.second is not None],
        "done": sum(form.is_done for form in forms),
        "next": max((form.number for form in forms), default=0) + 1,
    }


def _record(form, typed):
    """A fresh key: nothing ties the answer to the number on the paper."""
    intake.record(
        form.round,
        paper.answers(form.round.questionnaire, typed[CODES], typed["words"]),
        key=uuid.uuid4(),
        language=typed["language"],
        channel=Response.Channel.PAPER,
        # What was typed before had no day.
        answered_on=date.fromisoformat(typed[DAY]) if DAY in typed else day_of(form.round),
    )
    form.first = form.second = None
    form.is_done = True
    form.save()


def _tidy(words):
    return {key: " ".join(text.split()) for key, text in words.items() if text.strip()}
