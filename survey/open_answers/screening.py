"""Reading open answers before anybody else does: public, only for research, or wiped."""

import hashlib
import re
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, Min, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.foundation.errors import Refused
from survey.design import logbook
from survey.design.seen import mark, refuse_when_stale
from survey.models import Coding, CodingPlan, OpenAnswer, Publication, Unit

Screening = OpenAnswer.Screening
What = logbook.What
# The day of the wiping and the day after; then the words go for good (survey/retention.py).
RESTORE_DAYS = 1
# What may stand where words were taken away.
GAPS = {"[…]", "[...]", "[naam]", "[nummer]", "[adres]", "[plaats]"}

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


class Unsure(Refused):
    """It can be done, at a price that the text tells: asked again with ``sure`` it is."""


def pieces(text):
    """``text`` cut up, with what may be about a person marked. Put together again it is the same text."""
    texts, at = [], 0
    for match in _ANY.finditer(text):
        if match.start() > at:
            texts.append(Piece(text[at : match.start()]))
        texts.append(Piece(match.group(), str(SIGNS[match.lastindex - 1][0])))
        at = match.end()
    return [*texts, Piece(text[at:])] if at < len(text) else texts


def waiting(round):
    """What nobody has decided on yet."""
    return OpenAnswer.objects.filter(response__round=round, screening=Screening.UNDECIDED)


def next_for(round, person, after=None):
    """The next answer that waits. Each person begins at another place, so that two seldom read the same one."""
    left = waiting(round)
    start = after or uuid.UUID(bytes=hashlib.sha256(f"{round.pk}:{person.pk}".encode()).digest()[:16])
    place = Case(When(pk__gt=start, then=0), When(pk=after, then=2), default=1)
    return left.order_by(place, "pk").first()


def mark_of(answer):
    """What who decides has before them: the words, what was decided and how they were cut up."""
    units = list(answer.units.order_by("position").values_list("text", flat=True))
    return mark(str(answer.pk), answer.text, answer.quote, answer.screening, units)


@transaction.atomic
def decide(answer, to, *, words=None, by=None, seen=None, sure=False):
    """Put ``answer`` in a drawer. ``words``: the text as staff made it, a line for each thing that is said.

    Once it was counted or published, words can only be taken away. Before that other lines take the place of the
    units there were, and of the codes on them: Unsure asks first.
    """
    answer = OpenAnswer.objects.select_for_update().get(pk=answer.pk)
    if to not in Screening.values or to == Screening.UNDECIDED:
        raise Refused(_("Kies wat er met dit antwoord gebeurt."))
    lines = _lines(words if words is not None else answer.quote or answer.text)
    if seen is not None and to == answer.screening and lines == _lines(answer.quote or answer.text):
        return  # The same again, of a key that was pressed twice.
    refuse_when_stale(seen, mark_of(answer))
    if answer.screening == Screening.DELETED:
        raise Refused(_("Dit antwoord is al gewist."))
    if to == Screening.DELETED:
        _wipe(answer, by)
        return
    if not lines:
        raise Refused(_("Er staat geen tekst meer. Wis het antwoord, of laat er iets van staan."))
    _refuse_other_words(answer, lines)
    _split(answer, lines, sure)
    if answer.text:
        answer.is_edited = " ".join(lines) != " ".join(answer.text.split())
    else:
        answer.is_edited = answer.is_edited or lines != _lines(answer.quote)
    is_as_said = not answer.is_edited and lines == _lines(answer.text)
    # How it was cut up is kept here too: the units lose their words when it is wiped.
    answer.quote = "" if is_as_said and to == Screening.PRIVATE else "\n".join(lines)
    answer.screening = to
    answer.save()
    logbook.note(answer.response.round, What.SCREENED, by, number=1)


@transaction.atomic
def restore(answer, *, by=None, seen=None):
    """Takes a wipe back: the words wait for screening again. Refused when they are deleted."""
    answer = OpenAnswer.objects.select_for_update().get(pk=answer.pk)
    refuse_when_stale(seen, mark_of(answer))
    if not can_restore(answer):
        raise Refused(_("Deze woorden zijn er niet meer. Zij komen niet terug."))
    answer.screening, answer.wiped_on = Screening.UNDECIDED, None
    answer.save()
    logbook.note(answer.response.round, What.RESTORED, by, number=1)


@transaction.atomic
def purge(answer, *, by=None, seen=None):
    """Deletes the words of a wiped answer at once; this cannot be taken back."""
    answer = OpenAnswer.objects.select_for_update().get(pk=answer.pk)
    refuse_when_stale(seen, mark_of(answer))
    if answer.screening != Screening.DELETED:
        raise Refused(_("Wis dit antwoord eerst."))
    empty(OpenAnswer.objects.filter(pk=answer.pk))
    logbook.note(answer.response.round, What.PURGED, by, number=1)


def can_restore(answer):
    return answer.screening == Screening.DELETED and bool(answer.text or answer.quote)


def wiped(round):
    """What was wiped and can still come back."""
    return OpenAnswer.objects.filter(response__round=round, screening=Screening.DELETED).exclude(
        text="", quote=""
    )


def empty(answers):
    """Take the words of these away, wherever they are."""
    Unit.objects.filter(answer__in=answers.values("pk")).exclude(text="").update(text="")
    answers.update(text="", quote="", is_edited=False)


def without_units(round):
    """What was read after the coding was fixed."""
    read = (Screening.PUBLIC, Screening.PRIVATE)
    return OpenAnswer.objects.filter(response__round=round, screening__in=read, units=None)


def split_as_it_is(answer):
    _make_units(answer, _lines(answer.quote or answer.text))


def _wipe(answer, by):
    answer.screening, answer.wiped_on = Screening.DELETED, timezone.localdate()
    answer.save()
    if _is_counted(answer) or answer.units.filter(shown_on__isnull=False).exists():
        # What was counted stays counted, without a word of it.
        answer.units.update(text="")
    else:
        answer.units.all().delete()
    logbook.note(answer.response.round, What.WIPED, by, number=1)


def _refuse_other_words(answer, lines):
    """What was counted or published is what somebody said: words can go, and no others come. No word goes from one
    unit that was counted to another: a code stands on what was said there."""
    units = list(answer.units.order_by("position").values_list("text", flat=True))
    was_read = answer.screening != Screening.UNDECIDED or answer.quote or units
    is_counted = _is_counted(answer)
    if not was_read or not (is_counted or _is_published(answer)):
        return
    before = _lines(answer.quote or answer.text)
    if any(units):
        apart = list(zip(units, lines, strict=False))
    else:  # Wiped and restored.
        apart = list(zip(before, lines, strict=False)) if len(before) == len(lines) else []
    if not is_shorter(" ".join(before), " ".join(lines)):
        raise Refused(
            _(
                "Deze woorden zijn al geteld of gepubliceerd. U kunt er nog iets van weghalen (met […] op die "
                "plaats), maar er niets anders van maken."
            )
        )
    moved = is_counted and not all(is_shorter(said, line) for said, line in apart if said)
    if len(units) == len(lines) and moved:
        raise Refused(
            _(
                "Deze woorden zijn al geteld. Elke regel heeft een eigen code: u kunt er op die regel iets van weghalen "
                "(met […] op die plaats), maar niets naar een andere regel brengen."
            )
        )


def is_shorter(before, after):
    """Whether ``after`` is ``before`` with words left out, in the same order."""
    there = iter(_plain(before))
    return all(word in there for word in _plain(after))


def _plain(text):
    words = (
        word.strip(".,;:!?()‘’“”'\"").casefold() for word in text.split() if word.strip(".,;:!?") not in GAPS
    )
    return [word for word in words if word]


def _split(answer, lines, sure):
    """A line that is as it was, or shorter, keeps its codes."""
    units = list(answer.units.order_by("position"))
    is_counted = _is_counted(answer)
    if not units and _is_frozen(answer):
        return  # It came after the coding was fixed: it can be read, and counts when the coding is open again.
    same_number = len(units) == len(lines)
    if same_number and is_counted:
        units_left = units
    elif is_counted:
        raise Refused(
            _(
                "Dit is al vergeleken of vastgesteld. U kunt woorden weghalen, maar geen regels toevoegen of weghalen. "
                "Het aantal regels was: %d."
            )
            % len(units)
        )
    elif same_number:
        units_left = [
            unit
            for unit, line in zip(units, lines, strict=True)
            if not unit.text or is_shorter(unit.text, line)
        ]
    else:
        units_left = []
    lost = Coding.objects.filter(unit__in=[unit for unit in units if unit not in units_left])
    if not sure and lost.exists():
        raise Unsure(
            _(
                "Aan dit antwoord zijn al codes gegeven. Met deze wijziging vervallen die: het wordt opnieuw gecodeerd."
            )
        )
    if same_number:
        lost.delete()
        for unit, line in zip(units, lines, strict=True):
            unit.text = line
        Unit.objects.bulk_update(units, ["text"])
    else:
        shown_on = answer.units.aggregate(day=Min("shown_on"))["day"]
        answer.units.all().delete()
        _make_units(answer, lines, shown_on)


def _make_units(answer, lines, shown_on=None):
    """``shown_on``: the day on which codes on these words could first be read, however they were cut up then."""
    Unit.objects.bulk_create(
        Unit(answer=answer, position=position, text=line, shown_on=shown_on)
        for position, line in enumerate(lines)
    )


def _is_counted(answer):
    return _is_frozen(answer) or answer.units.filter(compared_on__isnull=False).exists()


def _is_frozen(answer):
    return CodingPlan.objects.filter(round=answer.response.round_id, frozen_on__isnull=False).exists()


def _is_published(answer):
    return Publication.objects.filter(round=answer.response.round_id).exists()


def _lines(text):
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
