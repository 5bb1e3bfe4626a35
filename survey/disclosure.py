"""What may be shown, so that nobody can work out the answers of a small group.

One pure way for page, chart, export, API and report alike: all that is published of a round is one set of
equations. Small groups are put together; when that is not enough a larger one joins them, or the breakdown is
not shown at all. In a small population a count of nearly nobody or nearly everybody is a band, and what would
give that count away by subtraction is hidden with it. No answer is told on two bases that differ by a few.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import TypeVar

LEAST = 5  # no round may set a lower threshold
SOFTENED_BELOW = 30  # in a population smaller than this nearly nobody and nearly everybody are bands
BAND = 2  # 0, 1 and 2 are one band, and so are the last three
# Of each group its numbers of respondents, one for each level.
Bases = Mapping[str, Sequence[int]]
Item = TypeVar("Item")


class Reason:
    """Why something is not shown; the words for people are the edge's."""

    TOO_FEW = "te-weinig"
    ONE_GROUP = "een-groep"
    OTHER_BREAKDOWN = "andere-uitsplitsing"
    FEW = "hoogstens-2"
    NEARLY_ALL = "op-2-na"
    BESIDE_BAND = "naast-een-band"


BANDS = (Reason.FEW, Reason.NEARLY_ALL)


@dataclass(frozen=True)
class Block:
    """One group, or some that are added up, of which the figures are shown."""

    groups: tuple[str, ...]

    @property
    def is_merged(self) -> bool:
        return len(self.groups) > 1


@dataclass(frozen=True)
class Breakdown:
    """Either blocks that may be shown, or the reason why there are none."""

    blocks: tuple[Block, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Cell:
    """A figure of one block: exact, or a band or hidden for the reason that ``band`` gives."""

    count: int | None
    n: int
    band: str = ""


def break_down(bases: Bases, threshold: int) -> Breakdown:
    """The blocks in which a breakdown may be shown.

    ``bases``: group to its numbers of respondents, one for each level of the questionnaire (a group must be
    large enough on every level, or the levels would tell different stories about the same people).
    """
    if threshold < LEAST:
        raise ValueError(f"A threshold is at least {LEAST}.")
    ordered = sorted(bases, key=lambda group: (min(bases[group]), group))
    merged = [group for group in ordered if min(bases[group]) < threshold]
    alone = [group for group in ordered if group not in merged]
    while merged and alone and _smallest(bases, merged) < threshold:
        merged.append(alone.pop(0))
    if merged and _smallest(bases, merged) < threshold:
        return Breakdown(reason=Reason.TOO_FEW)
    blocks = [Block((group,)) for group in bases if group in alone]
    if merged:
        blocks.append(Block(tuple(group for group in bases if group in merged)))
    return Breakdown(tuple(blocks)) if len(blocks) > 1 else Breakdown(reason=Reason.ONE_GROUP)


def beside(
    visible: Breakdown, other: Breakdown, together: Mapping[tuple[str, str], int], threshold: int
) -> Breakdown:
    """``other`` as it may be shown next to ``visible``, both breakdowns of the same respondents.

    ``together``: (group of the one, group of the other) to the number in both. Where blocks of the one lie
    within blocks of the other but for fewer than ``threshold`` people, subtracting would tell about those
    few; then the other breakdown is not shown.
    """
    if not visible.blocks or not other.blocks:
        return other
    table = [
        [
            sum(
                together.get((group, other_group), 0)
                for group in first.groups
                for other_group in second.groups
            )
            for second in other.blocks
        ]
        for first in visible.blocks
    ]
    turned = list(zip(*table, strict=True))
    if _tells_about_few(table, threshold) or _tells_about_few(turned, threshold):
        return Breakdown(reason=Reason.OTHER_BREAKDOWN)
    return other


def _tells_about_few(table: Sequence[Sequence[int]], threshold: int) -> bool:
    """Whether rows together hold columns that are wholly within them, and few people more."""
    totals = [sum(column) for column in zip(*table, strict=True)]
    for rows in _some(table):
        within = [sum(column) for column in zip(*rows, strict=True)]
        outside = sum(part for part, total in zip(within, totals, strict=True) if part != total)
        if 0 < outside < threshold:
            return True
    return False


def few_apart(base: int, other: int, threshold: int) -> bool:
    """Whether two bases differ by somebody, and by so few that the difference tells about them."""
    return 0 < abs(base - other) < threshold


def band_of(count: int, n: int) -> str:
    """The band that hides ``count`` in a small population; "" when it may be told."""
    if n >= SOFTENED_BELOW or BAND < count < n - BAND:
        return ""
    return Reason.FEW if count <= BAND else Reason.NEARLY_ALL


def split(blocks: Sequence[tuple[int, int]]) -> list[Cell]:
    """The cells of one statement in all blocks of a breakdown, of which the total is told: (count, n) each.

    Where a block has a band, the total less the other blocks would give its count. So one more block is hidden:
    the smallest of at least SOFTENED_BELOW, else the largest. Each value of each band must then still be
    possible, with one to spare (so that this choice itself tells nothing); else no block of the statement is told.
    Neither is any where the total by itself rules out a part of a band, whatever the counts are.
    """
    cells = [Cell(None if (band := band_of(count, n)) else count, n, band) for count, n in blocks]
    banded = {place for place, cell in enumerate(cells) if cell.band}
    if _total_cuts_a_band(blocks):
        return [Cell(None, cell.n, Reason.BESIDE_BAND) for cell in cells]
    if not banded:
        return cells
    hidden = _ranges(cells, banded)
    others = [place for place in range(len(cells)) if place not in banded]
    if others:
        bases = [(cells[place].n, place) for place in others]
        n, extra = min((base for base in bases if base[0] >= SOFTENED_BELOW), default=max(bases))
        cells[extra] = Cell(None, n, Reason.BESIDE_BAND)
        hidden[extra] = (BAND + 1, n - BAND - 1) if n < SOFTENED_BELOW else (0, n)
    if _keeps_all_values(hidden, banded, sum(blocks[place][0] for place in hidden)):
        return cells
    return [Cell(None, cell.n, Reason.BESIDE_BAND) for cell in cells]


def _total_cuts_a_band(blocks: Sequence[tuple[int, int]]) -> bool:
    """Whether the total leaves some values of a band of some small block and not all, or hardly more than the
    bands of all small blocks together."""
    total, everybody = (sum(column) for column in zip(*blocks, strict=True))
    small = sum(n < SOFTENED_BELOW for _count, n in blocks)
    if small and min(total, everybody - total) <= BAND * small + 1:
        return True
    for _count, n in blocks:
        low, high = max(0, total - (everybody - n)), min(n, total)
        for band in (range(BAND + 1), range(n - BAND, n + 1)) if n < SOFTENED_BELOW else ():
            if 0 < sum(low <= value <= high for value in band) < len(band):
                return True
    return False


def _ranges(cells: Sequence[Cell], banded: Iterable[int]) -> dict[int, tuple[int, int]]:
    return {
        place: (0, BAND) if cells[place].band == Reason.FEW else (cells[place].n - BAND, cells[place].n)
        for place in banded
    }


def _keeps_all_values(hidden: Mapping[int, tuple[int, int]], banded: Iterable[int], together: int) -> bool:
    """Whether each value of the bands is possible when all that is hidden adds up to ``together``."""
    least, most = (sum(ends) for ends in zip(*hidden.values(), strict=True))
    for place in banded:
        low, high = hidden[place]
        if together - (most - high) >= low or together - (least - low) <= high:
            return False
    return True


def _smallest(bases: Bases, groups: Iterable[str]) -> int:
    """The base of the groups together, on the level where it is smallest."""
    return min(map(sum, zip(*(bases[group] for group in groups), strict=True)))


def _some(items: Iterable[Item]) -> Iterator[tuple[Item, ...]]:
    items = list(items)
    return chain.from_iterable(combinations(items, size) for size in range(1, len(items) + 1))
