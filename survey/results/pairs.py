"""Which statements of different levels are ticked by the same people."""

from dataclasses import replace
from itertools import combinations

from survey.disclosure import LEAST
from survey.results.levels import DOUBT
from survey.results.shapes import Pair
from survey.results.words import Reason
from survey.statistics import Together, holm


def pairs(items, tally, threshold):
    """All pairs across levels, out of those who answered both levels.

    A pair of which one of the four cells is small is not told. Where all but a few of those who answered one
    level answered the other too, the counts of a pair beside those of the level would tell what these few
    ticked: then only how strongly it hangs together is told, in tenths.
    """
    found, ps = [], []
    for first, second in combinations(items, 2):
        if first.level_id == second.level_id:
            continue
        table = _table(first, second, tally)
        cells = (table.both, table.only_first, table.only_second, table.neither)
        if min(cells) < LEAST:
            found.append(Pair(first.code, second.code, reason=Reason.SMALL_CELL))
            continue
        ps.append(table.fisher)
        if _differs_by_few(first.level, second.level, tally, threshold):
            coarse = {"phi": round(table.phi, 1), "reason": Reason.FEW_LESS}
            found.append(Pair(first.code, second.code, table.n, **coarse))
            continue
        measures = (round(one, 4) for one in (table.phi, table.jaccard, table.lift))
        found.append(Pair(first.code, second.code, table.n, *cells, *measures))
    corrected = iter(holm(ps))
    return tuple(one if one.phi is None else _judged(one, next(corrected)) for one in found)


def _judged(pair, p):
    shown = None if pair.reason else round(p, 6)
    return replace(pair, p=shown, is_demonstrable=p < DOUBT)


def _differs_by_few(one, other, tally, threshold):
    both = tally.levels(one.position, other.position)
    return any(0 < tally.level(level.position) - both < threshold for level in (one, other))


def _table(first, second, tally):
    here, there = first.level.position, second.level.position
    both = tally.both(first.bit, second.bit)
    only_first = tally.item_at(first.bit, there) - both
    only_second = tally.item_at(second.bit, here) - both
    return Together(
        both, only_first, only_second, tally.levels(here, there) - both - only_first - only_second
    )
