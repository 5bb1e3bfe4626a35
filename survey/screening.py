"""Reading open answers before anybody else does: public, only for research, or wiped."""

import re
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from survey.models import OpenAnswer, Unit

Screening = OpenAnswer.Screening

# What could point at a person or a small firm. Too much is marked rather than too little: people decide.
# "2024 is" is no postcode; "8232 ab" may be one.
_WORDS = "is|en|in|de|op|te|er|we|al|om|of|ik|na|nu|zo|ze|je|uw|km"
SIGNS = [
    (gettext_lazy("e-mailadres"), r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"),
    (gettext_lazy("webadres"), r"(?:https?://|www\.)\S+"),
    (
        gettext_lazy("telefoonnummer"),
        r"(?<!\d)(?:(?:\+|00)31[\s-]?(?:\(0\)[\s-]?)?|0)[1-9](?:[\s-]?\d){8}(?!\d)",
    ),
    (gettext_lazy("postcode"), rf"\b[1-9]\d{{3}}(?:\s?[A-Z]{{2}}|\s?(?!(?:{_WORDS})\b)[a-z]{{2}})\b"),
    (gettext_lazy("lang nummer, zoals BSN of KvK"), r"(?<!\d)(?:\d[\s.-]?){7,8}\d(?!\d)"),
]
_ANY = re.compile("|".join(f"({pattern})" for _label, pattern in SIGNS))


@dataclass(frozen=True)
class Piece:
    """Part of a text; ``sign`` says what it looks like, or nothing."""

    text: str
    sign: str = ""


class Refused(Exception):
    """It cannot be done; the text says why and what to do."""


def pieces(text):
    """``text`` cut up, with what may be about a person marked. Put together again it is the same text."""
    found, at = [], 0
    for match in _ANY.finditer(text):
        if match.start() > at:
            found.append(Piece(text[at : match.start()]))
        found.append(Piece(match.group(), str(SIGNS[match.lastindex - 1][0])))
        at = match.end()
    return [*found, Piece(text[at:])] if at < len(text) else found


def waiting(round):
    """What nobody has decided on yet."""
    return OpenAnswer.objects.filter(response__round=round, screening=Screening.UNDECIDED)


@transaction.atomic
def decide(answer, to, *, words=None):
    """Put ``answer`` in a drawer. ``words``: the text as staff made it, a line for each thing that is said.

    Wiping is for good. Other lines take the place of the units there were, and of the codes on them, until
    the coding is fixed.
    """
    answer = OpenAnswer.objects.select_for_update().get(pk=answer.pk)
    if to not in Screening.values or to == Screening.UNDECIDED:
        raise Refused(_("Kies wat er met dit antwoord gebeurt."))
    if answer.screening == Screening.DELETED:
        raise Refused(_("Dit antwoord is al gewist."))
    if to == Screening.DELETED:
        _wipe(answer)
        return
    lines = _lines(words if words is not None else answer.quote or answer.text)
    if not lines:
        raise Refused(_("Er staat geen tekst meer. Wis het antwoord, of laat er iets van staan."))
    answer.is_edited = " ".join(lines) != " ".join(answer.text.split())
    answer.quote = "\n".join(lines) if answer.is_edited or to == Screening.PUBLIC else ""
    answer.screening = to
    answer.save()
    _split(answer, lines)


def _wipe(answer):
    answer.text = answer.quote = ""
    answer.screening, answer.is_edited = Screening.DELETED, False
    answer.save()
    if _is_frozen(answer):
        # What was counted stays counted, without a word of it.
        answer.units.update(text="")
    else:
        answer.units.all().delete()


def _split(answer, lines):
    """As many lines as before: they keep their codes."""
    units = list(answer.units.order_by("position"))
    if len(units) == len(lines):
        for unit, line in zip(units, lines, strict=True):
            unit.text = line
        Unit.objects.bulk_update(units, ["text"])
        return
    if _is_frozen(answer):
        raise Refused(
            _("Het coderen is vastgesteld. U kunt woorden wijzigen, maar geen regels toevoegen of weghalen.")
        )
    answer.units.all().delete()
    Unit.objects.bulk_create(
        Unit(answer=answer, position=position, text=line) for position, line in enumerate(lines)
    )


def _is_frozen(answer):
    plan = getattr(answer.response.round, "coding_plan", None)
    return plan is not None and plan.is_frozen


def _lines(text):
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
