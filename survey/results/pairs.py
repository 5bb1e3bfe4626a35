"""Which statements of different levels are ticked by the same people."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from survey import disclosure
from survey.design.questions import Page
from survey.disclosure import LEAST, Block, Breakdown
from survey.models import Item
from survey.models.questionnaire import AskedLevel
from survey.results.bands import DOUBT
from survey.results.breakdowns import Split
from survey.results.outcome import Pair
from survey.results.phrases import Reason
from survey.results.tally import Tally
from survey.statistics import Together, holm, shown_p


def pairs(
    pages: Sequence[Page], tally: Tally, threshold: int, splits: Sequence[Split]
) -> tuple[tuple[Pair, ...], int | None, str]:
    """(all pairs across the levels of these ``pages``, the number of people they are about, the reason why there are none).

    All pairs stand on one base: who answered all these levels. Where that base differs by a few from a level or
    from groups that are shown (``splits``), the counts of a pair beside those of the level would tell what
    these few ticked: then nothing is told of the pairs of that level. Where groups are shown too, a few of those
    who did not answer all levels may be known to be in one group; so nothing is told of a statement that nearly
    nobody or nearly all of the rest of its level ticked. A pair of which one of the four cells is small is not
    told either.
    """
    mask = sum(1 << page.level.bit for page in pages)
    everywhere = tally.patterns(mask)
    n = tally.all_of(mask)
    if len(pages) < 2 or n < threshold:
        return (), None, Reason.TOO_FEW
    open_levels = {
        page.level.slug
        for page in pages
        if not _tells_about_few(page.level, n, everywhere, tally, threshold, splits)
    }
    if len(open_levels) < 2:
        return (), None, Reason.FEW_LESS
    has_groups = any(split.breakdown.blocks for split in splits)
    quiet = {
        item.pk
        for page in pages
        for item in page.items
        if item.level_id not in open_levels
        or (has_groups and _rest_has_a_band(page.level, item, n, everywhere, tally))
    }
    uncorrected, ps = [], []
    for first, second in combinations([item for page in pages for item in page.items], 2):
        if first.level_id == second.level_id:
            continue
        if quiet & {first.pk, second.pk}:
            uncorrected.append(Pair(first.code, second.code, reason=Reason.FEW_LESS))
            continue
        table = _table(first, second, n, tally, everywhere)
        cells = (table.both, table.only_first, table.only_second, table.neither)
        if min(cells) < LEAST:
            uncorrected.append(Pair(first.code, second.code, reason=Reason.SMALL_CELL))
            continue
        ps.append(table.fisher)
        phi, jaccard, lift = (_rounded(measure) for measure in (table.phi, table.jaccard, table.lift))
        uncorrected.append(Pair(first.code, second.code, table.n, *cells, phi, jaccard, lift))
    corrected = iter(holm(ps))
    return tuple(pair if pair.reason else _judged(pair, next(corrected)) for pair in uncorrected), n, ""


def _rounded(measure: float | None) -> float | None:
    return None if measure is None else round(measure, 4)


def _judged(pair: Pair, p: float) -> Pair:
    rounded_p, is_below = shown_p(p)
    return replace(pair, p=rounded_p, p_is_below=is_below, is_demonstrable=p < DOUBT)


def _tells_about_few(
    level: AskedLevel,
    n: int,
    everywhere: Sequence[int],
    tally: Tally,
    threshold: int,
    splits: Iterable[Split],
) -> bool:
    """Whether those of ``level`` who did not answer all levels are few, or are few within or but for a group."""
    if tally.level(level.bit) == n:
        return False
    if disclosure.few_apart(tally.level(level.bit), n, threshold):
        return True
    base = Breakdown((Block(("all",)), Block(("not all",))))
    for split in (split for split in splits if split.breakdown.blocks):
        together: dict[tuple[str, str], int] = {}
        for group, answers in split.values.items():
            there = sum(tally.group_level(split.grouping, answer, level.bit) for answer in answers)
            among = sum(tally.group_among(split.grouping, answer, everywhere) for answer in answers)
            together |= {("all", group): among, ("not all", group): there - among}
        if disclosure.beside(base, split.breakdown, together, threshold).reason:
            return True
    return False


def _rest_has_a_band(level: AskedLevel, item: Item, n: int, everywhere: Sequence[int], tally: Tally) -> bool:
    rest = tally.level(level.bit) - n
    ticked = tally.item(item.bit) - tally.item_among(item.bit, everywhere)
    return rest > 0 and not disclosure.BAND < ticked < rest - disclosure.BAND


def _table(first: Item, second: Item, n: int, tally: Tally, everywhere: Sequence[int]) -> Together:
    both = tally.both_among(first.bit, second.bit, everywhere)
    only_first = tally.item_among(first.bit, everywhere) - both
    only_second = tally.item_among(second.bit, everywhere) - both
    return Together(both, only_first, only_second, n - both - only_first - only_second)
