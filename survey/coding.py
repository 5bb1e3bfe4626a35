"""From screened answers to themes: a first coder, a second one blind on a share, and what they agree on.

The only code that writes codes and codings. After ``freeze`` nothing of it changes any more.
"""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from math import ceil

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import Bottleneck
from survey import screening
from survey.models import Code, Coding, CodingPlan, PaperForm, Unit
from survey.statistics import agreement

Coder = Coding.Coder
FIXED = {
    "nieuw": (Code.Kind.NEW, gettext_lazy("Nieuw: er is nog geen code voor")),
    "geen": (Code.Kind.NO_BOTTLENECK, gettext_lazy("Geen knelpunt")),
    "onlees": (Code.Kind.UNREADABLE, gettext_lazy("Onleesbaar of onbegrijpelijk")),
}
# What says something about what people find.
MEANINGFUL = (Code.Kind.BOTTLENECK, Code.Kind.OWN, Code.Kind.NEW)


class Refused(Exception):
    """It cannot be done; the text says why and what to do."""


@dataclass(frozen=True)
class Theme:
    """What people said unasked, and how many different people said it. Never part of a prompted share."""

    label: str
    code: str
    respondents: int


@dataclass(frozen=True)
class Agreement:
    """Two coders on one code, over the ``n`` units that both coded; kappa None: it says nothing."""

    code: Code
    n: int
    share: float
    kappa: float | None


@dataclass(frozen=True)
class Progress:
    """How far the coding of a round is."""

    to_screen: int
    units: int
    first: int
    drawn: int
    second: int
    differences: int

    @property
    def is_complete(self):
        return not self.to_screen and self.first == self.units and self.is_double_complete

    @property
    def is_double_complete(self):
        return self.second == self.drawn and not self.differences

    @property
    def is_seen(self):
        """Both coders are through: neither can be led by the other any more."""
        return self.first == self.units and self.second == self.drawn


def plan_of(round):
    """The plan with its codebook, made when first asked for; the codebook follows the register."""
    plan, _made = CodingPlan.objects.get_or_create(round=round)
    if not plan.is_frozen:
        known = set(round.codes.values_list("key", flat=True))
        lines = {key: (kind, str(label)) for key, (kind, label) in FIXED.items()} | {
            bottleneck.code: (Code.Kind.BOTTLENECK, bottleneck.name[:300])
            for bottleneck in Bottleneck.objects.published()
        }
        Code.objects.bulk_create(
            [
                Code(round=round, key=key, label=label, kind=kind)
                for key, (kind, label) in lines.items()
                if key not in known
            ],
            ignore_conflicts=True,
        )
    return plan


def add_code(round, key, label):
    """A code of the coders' own."""
    _refuse_when_frozen(round)
    try:
        with transaction.atomic():
            return Code.objects.create(round=round, key=key.strip(), label=label.strip())
    except IntegrityError:
        raise Refused(_("Er is al een code ‘%s’. Kies een andere.") % key.strip()) from None


def hide(code, is_hidden=True):
    """What was coded with it stays; nobody can choose it any more."""
    _refuse_when_frozen(code.round)
    code.is_hidden = is_hidden
    code.save()


def codebook(round):
    """All codes in the order in which people look them up: R2 before R10."""
    codes = round.codes.prefetch_related(
        "promotions__bottleneck", "promotions__finding", "promotions__mention"
    )
    return sorted(codes, key=lambda code: [part.zfill(9) for part in re.split(r"(\d+)", code.key.lower())])


def choices(round):
    return [code for code in codebook(round) if not code.is_hidden]


def units_of(round):
    return Unit.objects.filter(answer__response__round=round)


def drawn(round):
    """The units that two people code: the share of the plan, drawn with its seed, at least one."""
    plan = round.coding_plan
    keys = list(units_of(round).order_by().values_list("pk", flat=True))
    keys.sort(key=lambda key: hashlib.sha256(f"{plan.seed}:{key}".encode()).digest())
    return keys[: ceil(len(keys) * plan.share / 100)]


def coder_of(plan, user):
    """Which coder this account is, or None."""
    return {plan.first_coder_id: Coder.FIRST, plan.second_coder_id: Coder.SECOND}.get(user.pk)


def to_code(round, coder):
    """The units of this coder, all of them or the drawn share, whether coded or not."""
    units = units_of(round)
    return units.filter(pk__in=drawn(round)) if coder == Coder.SECOND else units


def uncoded(round, coder):
    done = Coding.objects.filter(coder=coder, unit__answer__response__round=round)
    return to_code(round, coder).exclude(pk__in=done.values("unit"))


def give(unit, key, *, coder):
    """Give ``unit`` the code that was typed; again replaces what this coder said before."""
    round = unit.answer.response.round
    code = round.codes.filter(key__iexact=key.strip(), is_hidden=False).first()
    if code is None:
        raise Refused(
            _("De code ‘%s’ staat niet in het codeboek. Kies er een uit de lijst, of voeg hem eerst toe.")
            % key.strip()
        )
    with transaction.atomic():
        _refuse_when_frozen(round)
        _refuse_when_compared(unit, round, coder)
        Coding.objects.update_or_create(unit=unit, coder=coder, defaults={"code": code})
        if coder != Coder.TOGETHER:
            # What they agreed on was about what they said then.
            Coding.objects.filter(unit=unit, coder=Coder.TOGETHER).delete()
    return code


def differences(round):
    """The units on which two coders differ and have not agreed yet, each with ``first_code``, ``second_code``."""
    found = []
    for unit, codes in _codes(round).items():
        differ = Coder.SECOND in codes and codes.get(Coder.FIRST) != codes[Coder.SECOND]
        if differ and Coder.FIRST in codes and Coder.TOGETHER not in codes:
            found.append(unit)
    return found


def progress(round):
    codes = _codes(round)
    double = set(drawn(round))
    return Progress(
        to_screen=screening.waiting(round).count(),
        units=units_of(round).count(),
        first=sum(Coder.FIRST in given for given in codes.values()),
        drawn=len(double),
        second=sum(Coder.SECOND in codes.get(unit, ()) for unit in double),
        differences=len(differences(round)),
    )


def agreement_of(round):
    """Agreement and kappa of each code that one of both used, over what both coded."""
    pairs = Counter(
        (given[Coder.FIRST], given[Coder.SECOND])
        for given in _codes(round).values()
        if Coder.FIRST in given and Coder.SECOND in given
    )
    used = {code for pair in pairs for code in pair}
    found = []
    for code in round.codes.filter(pk__in=used):
        cells = Counter()
        for (first, second), number in pairs.items():
            cells[first == code.pk, second == code.pk] += number
        share, kappa = agreement(
            cells[True, True], cells[True, False], cells[False, True], cells[False, False]
        )
        found.append(Agreement(code, sum(pairs.values()), share, kappa))
    return found


def freeze(round):
    """From here on the themes stand."""
    now = progress(round)
    if not round.is_closed:
        raise Refused(_("De meting is nog niet gesloten. Stel het coderen daarna vast."))
    if PaperForm.objects.filter(round=round, is_done=False).exists():
        raise Refused(_("Er liggen nog papieren formulieren die niet twee keer zijn ingevoerd."))
    if not now.is_complete:
        raise Refused(
            _("Nog niet alles is klaar: bekijk eerst alle antwoorden, codeer ze en bespreek de verschillen.")
        )
    CodingPlan.objects.filter(round=round, frozen_on=None).update(frozen_on=timezone.localdate())


def respondents(round):
    """{code: how many different people said it}, by what was agreed on, else by the first coder."""
    final = _final(round)
    people = dict(units_of(round).values_list("pk", "answer__response"))
    said = {(code, people[unit]) for unit, code in final.items()}
    return Counter(code for code, _person in said)


def themes_of(round):
    """The themes of a round whose coding is fixed, most often said first; before that none.

    All respondents are counted, not a group of them, so that a theme of one person says no more than that
    somebody said it; the words are those of the codebook, never of a respondent.
    """
    if not CodingPlan.objects.filter(round=round, frozen_on__isnull=False).exists():
        return ()
    numbers = respondents(round)
    codes = round.codes.filter(pk__in=numbers, kind__in=MEANINGFUL)
    themes = [Theme(code.label, code.key, numbers[code.pk]) for code in codes]
    return tuple(sorted(themes, key=lambda theme: (-theme.respondents, theme.code)))


def quotes(code):
    """What was said under this code and may be public, word for word."""
    units = [unit for unit, given in _final(code.round).items() if given == code.pk]
    public = Unit.objects.filter(pk__in=units, answer__screening=screening.Screening.PUBLIC).exclude(text="")
    return list(public.values_list("text", flat=True))


def _codes(round):
    """{unit: {coder: code}}"""
    found = {}
    codings = Coding.objects.filter(unit__answer__response__round=round).order_by()
    for unit, coder, code in codings.values_list("unit", "coder", "code"):
        found.setdefault(unit, {})[coder] = code
    return found


def _final(round):
    return {
        unit: given.get(Coder.TOGETHER, given.get(Coder.FIRST))
        for unit, given in _codes(round).items()
        if Coder.FIRST in given
    }


def _refuse_when_frozen(round):
    if CodingPlan.objects.filter(round=round, frozen_on__isnull=False).exists():
        raise Refused(_("Het coderen van deze meting is vastgesteld en verandert niet meer."))


def _refuse_when_compared(unit, round, coder):
    """Who has seen the differences no longer takes back what was said without seeing them."""
    codings = unit.codings.filter(coder__in=(Coder.FIRST, Coder.SECOND))
    if coder != Coder.TOGETHER and codings.count() == 2 and progress(round).is_seen:
        raise Refused(_("Beide codeurs zijn klaar. Bespreek samen wat er verschilt."))
