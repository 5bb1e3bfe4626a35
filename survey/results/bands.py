"""Which statements of a level cannot be told apart: exact McNemar for all pairs of it, with Holm's correction.

How many ticked both statements of a pair is published nowhere, and a verdict depends on it. So a verdict is as
careful as what it may tell: the LEAST lowest numbers that the published figures leave to such an overlap count as
the lowest of them, the LEAST highest as the lowest of those, and all as the lowest where they are fewer together.
Less overlap never makes a pair easier to tell apart (p falls as it grows). So each p is at least that of the plain
test; and each verdict, whatever it is and by whichever step of Holm's correction, leaves all numbers at one of the
two ends. Whether bands are told depends on published figures alone, and tells nothing either.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from survey.disclosure import LEAST
from survey.results.outcome import BreakdownResult, LevelResult, Pair, Statement
from survey.results.phrases import Reason
from survey.results.tally import Tally
from survey.statistics import holm, mcnemar

# How many people, of whom ticked the first statement, and the second.
Part = tuple[int, int, int]
DOUBT = 0.05
PART = "banden-"  # with the name of a level: what can be left out of an edition


def with_bands(
    level: LevelResult,
    bits: Mapping[str, int],
    tally: Tally,
    breakdowns: Iterable[BreakdownResult],
    pairs: Iterable[Pair],
    *,
    is_left_out: bool = False,
) -> LevelResult:
    """``level`` with the band of each statement: from its top one down to the last that cannot be told apart from
    that top one. ``bits``: code to bit; ``breakdowns`` and ``pairs`` as they are told beside it."""
    if level.reason or level.bands_reason:
        return level
    if is_left_out:
        return replace(level, bands_reason=Reason.AUDITED)
    parts, places = _Told(level, breakdowns, pairs), range(len(level.statements))
    ps = {}
    for upper, lower in combinations(places, 2):
        first, second = level.statements[upper], level.statements[lower]
        both = least_favourable(tally.both(bits[first.code], bits[second.code]), *parts.ends(first, second))
        ps[upper, lower] = mcnemar(first.figures[0] - both, second.figures[0] - both)
    alike = {pair for pair, p in zip(ps, holm(list(ps.values())), strict=True) if p >= DOUBT}
    bands, top, number = [], 0, 1
    while top < len(places):
        last = max((lower for upper, lower in alike if upper == top), default=top)
        bands += [number] * (last - top + 1)
        top, number = last + 1, number + 1
    statements = zip(level.statements, bands, strict=True)
    return replace(level, statements=tuple(replace(statement, band=band) for statement, band in statements))


def least_favourable(both: int, low: int, high: int) -> int:
    """The overlap that ``both`` counts as, when it can be from ``low`` to ``high``."""
    if both < low + LEAST or high - low + 1 < 2 * LEAST:
        return low
    return min(both, high - LEAST + 1)


class _Told:
    """What is told of the statements of one level, in parts: among groups, and among who ticked another statement."""

    def __init__(
        self, level: LevelResult, breakdowns: Iterable[BreakdownResult], pairs: Iterable[Pair]
    ) -> None:
        self._n = level.base
        self._groupings = [
            [
                {share.code: (share.n, share.count) for share in block.shares if share.count is not None}
                for block in breakdown.blocks
            ]
            for breakdown in breakdowns
            if level.level in breakdown.levels
        ]
        self._beside: dict[str, dict[str, tuple[int, int, int, int]]] = defaultdict(dict)
        for pair in pairs:
            if pair.cells is not None:
                both, only_first, only_second, neither = pair.cells
                self._beside[pair.first][pair.second] = both, only_first, only_second, neither
                self._beside[pair.second][pair.first] = both, only_second, only_first, neither

    def ends(self, first: Statement, second: Statement) -> tuple[int, int]:
        """(least, most) people who ticked both, by each of the ways in which they are told in parts."""
        ways = [self._ends(first, second, parts) for parts in ((), *self._parts(first.code, second.code))]
        return max(low for low, _high in ways), min(high for _low, high in ways)

    def _parts(self, first: str, second: str) -> Iterator[list[Part]]:
        """Parts of the people, as (how many, of whom ticked the first, the second)."""
        for blocks in self._groupings:
            told_of_both = [block for block in blocks if first in block and second in block]
            yield [(*block[first], block[second][1]) for block in told_of_both]
        for other in self._beside[first].keys() & self._beside[second].keys():
            both, only, also, neither = self._beside[first][other]
            second_both, second_only = self._beside[second][other][:2]
            yield [(both + also, both, second_both), (only + neither, only, second_only)]

    def _ends(self, first: Statement, second: Statement, parts: Sequence[Part]) -> tuple[int, int]:
        told_sums = [sum(column) for column in zip(*parts, strict=True)] or (0, 0, 0)
        rest = (self._n - told_sums[0], first.figures[0] - told_sums[1], second.figures[0] - told_sums[2])
        parts = (*parts, rest)
        return (
            sum(max(0, first_count + second_count - n) for n, first_count, second_count in parts),
            sum(min(first_count, second_count) for _n, first_count, second_count in parts),
        )
