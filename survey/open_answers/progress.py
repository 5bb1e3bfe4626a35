"""How far the coding of a round is: what there is to code, for whom, and what two coders saw differently.

Reads only. What both coders said stands from the day on which it was compared (Unit.compared_on), whatever comes in
later: new units are coded blind and compared in their turn.
"""

import hashlib
from dataclasses import dataclass
from math import ceil

from django.db.models import Q

from survey.models import Code, Coding, CodingPlan, OpenAnswer, Unit
from survey.open_answers import screening

Coder = Coding.Coder


@dataclass(frozen=True)
class Progress:
    """How far the coding of a round is."""

    to_screen: int
    units: int
    first: int
    drawn: int
    second: int
    to_compare: int
    differences: int
    shown_to_all: int = 0

    @property
    def is_through(self):
        """Both coders are through: neither can be led by the other any more."""
        return self.first == self.units and self.second == self.drawn

    @property
    def is_complete(self):
        return not self.to_screen and self.is_through and not self.to_compare and not self.differences


def units_of(round):
    return Unit.objects.filter(answer__response__round=round)


def is_frozen(round):
    return CodingPlan.objects.filter(round=round, frozen_on__isnull=False).exists()


def drawn(round):
    """The units that two people code: the share of the plan, drawn with its seed, at least one. What the second coder
    did already stays among them when more come in; what all could read once is drawn no more."""
    plan = round.coding_plan
    units = units_of(round).order_by().values_list("pk", "shown_on")
    done = set(_by(round, Coder.SECOND).values_list("unit", flat=True))
    keys = [key for key, shown_on in units if shown_on is None or key in done]
    keys.sort(key=lambda key: (key not in done, hashlib.sha256(f"{plan.seed}:{key}".encode()).digest()))
    return keys[: max(len(done), ceil(len(units) * plan.share / 100))]


def to_code(round, coder):
    """The units of this coder, all of them or the drawn share, whether coded or not."""
    units = units_of(round)
    return units.filter(pk__in=drawn(round)) if coder == Coder.SECOND else units


def uncoded(round, coder):
    return to_code(round, coder).exclude(pk__in=_by(round, coder).values("unit"))


def codes_by_unit(round):
    """{key of the unit: {coder: key of the code}}, of all three coders."""
    codes = {}
    codings = Coding.objects.filter(unit__answer__response__round=round).order_by()
    for unit, coder, code in codings.values_list("unit", "coder", "code"):
        codes.setdefault(unit, {})[coder] = code
    return codes


def compared(round):
    return set(units_of(round).filter(compared_on__isnull=False).values_list("pk", flat=True))


def shown_to_all(round):
    """What one person coded, and all could read."""
    return (
        units_of(round).filter(shown_on__isnull=False).exclude(pk__in=_by(round, Coder.SECOND).values("unit"))
    )


def merged(round):
    """{code: the one that it counts for}, of the codes that were merged."""
    into = dict(Code.objects.filter(round=round, merged_into__isnull=False).values_list("pk", "merged_into"))
    return {code: _last(code, into) for code in into}


def differences(round):
    """The compared units on which two coders differ and have not agreed yet."""
    return _differing(codes_by_unit(round), compared(round), merged(round))


def progress(round):
    codes, double, done = codes_by_unit(round), set(drawn(round)), compared(round)
    both = {unit for unit, said in codes.items() if {Coder.FIRST, Coder.SECOND} <= set(said)}
    return Progress(
        to_screen=screening.waiting(round).count(),
        units=units_of(round).count(),
        first=sum(Coder.FIRST in said for said in codes.values()),
        drawn=len(double),
        second=sum(Coder.SECOND in codes.get(unit, ()) for unit in double),
        to_compare=len(both - done),
        differences=len(_differing(codes, done, merged(round))),
        shown_to_all=shown_to_all(round).count(),
    )


def final(round):
    """{unit: the code that counts}: what was agreed on, else what the first coder said."""
    into = merged(round)
    final_codes = {
        unit: said.get(Coder.TOGETHER, said.get(Coder.FIRST))
        for unit, said in codes_by_unit(round).items()
        if Coder.FIRST in said
    }
    return {unit: into.get(code, code) for unit, code in final_codes.items()}


def uncounted(round):
    """Answers that came in after the coding was fixed: read, and in no theme."""
    read = Q(screening=OpenAnswer.Screening.PUBLIC) | Q(screening=OpenAnswer.Screening.PRIVATE)
    return OpenAnswer.objects.filter(read, response__round=round, units=None)


def _differing(codes, done, into):
    units = []
    for unit in done & codes.keys():
        said = codes[unit]
        first, second = (into.get(said.get(coder), said.get(coder)) for coder in (Coder.FIRST, Coder.SECOND))
        if first != second and Coder.TOGETHER not in said:
            units.append(unit)
    return units


def _last(code, into):
    seen = set()
    while code in into and code not in seen:
        seen.add(code)
        code = into[code]
    return code


def _by(round, coder):
    return Coding.objects.filter(coder=coder, unit__answer__response__round=round).order_by()
