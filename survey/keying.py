"""Typing in paper forms: each number twice, and stored once both agree."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from survey import intake, paper
from survey.models import PaperForm, Response


class Refused(Exception):
    """It cannot be done; the text says why and what to do."""


@dataclass(frozen=True)
class Difference:
    """One field that was typed in two ways; ``key`` names it in the form."""

    key: str
    label: str
    first: str
    second: str


CODES = "codes"


def key_in(round, number, codes, words, *, language="nl"):
    """Take in what was typed for this number; gives its PaperForm, done when it is the second time and the same.

    ``codes`` come from ``paper.read``. The first time nothing is stored as an answer yet.
    """
    if not intake.takes(round, Response.Channel.PAPER):
        raise Refused(
            _("Deze meting neemt geen papier aan: zij is nog niet open, of de resultaten staan vast.")
        )
    typed = {CODES: codes, "words": _tidy(words), "language": language}
    with transaction.atomic():
        PaperForm.objects.get_or_create(round=round, number=number)
        form = PaperForm.objects.select_for_update().get(round=round, number=number)
        if form.is_done:
            raise Refused(_("Formulier %d is al klaar. Kijk het nummer na.") % number)
        if form.second is not None:
            raise Refused(_("Formulier %d is al twee keer ingevoerd. Kies hieronder wat klopt.") % number)
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
    found = []
    if form.first[CODES] != form.second[CODES]:
        found.append(Difference(CODES, _("Codes"), " ".join(form.first[CODES]), " ".join(form.second[CODES])))
    first, second = form.first["words"], form.second["words"]
    for question in paper.form_of(form.round.questionnaire).words:
        one, other = first.get(question.key, ""), second.get(question.key, "")
        if one != other:
            found.append(Difference(question.key, question.text, one, other))
    return found


def settle(form, chosen):
    """Store ``form`` with the second time as its base, and ``chosen`` (key to "1" or "2") where both differ."""
    with transaction.atomic():
        form = PaperForm.objects.select_for_update().get(pk=form.pk)
        if form.is_done:
            raise Refused(_("Formulier %d is al klaar.") % form.number)
        settled = {**form.second, "words": dict(form.second["words"])}
        for difference in differences(form):
            if chosen.get(difference.key) not in ("1", "2"):
                raise Refused(_("Kies bij elk verschil wat er op het papier staat."))
            if chosen[difference.key] == "1":
                if difference.key == CODES:
                    settled[CODES] = form.first[CODES]
                else:
                    settled["words"][difference.key] = difference.first
        _record(form, settled)


def start_over(form):
    """Forget what was typed for this number, as long as it is not stored."""
    PaperForm.objects.filter(pk=form.pk, is_done=False).delete()


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
    )
    form.first = form.second = None
    form.is_done = True
    form.save()


def _tidy(words):
    return {key: " ".join(text.split()) for key, text in words.items() if text.strip()}
