"""What of a breakdown may be shown, so that nobody can work out the answers of a small group.

One pure way for page, chart, export, API and report alike. Small groups are put together; when that is not
enough a larger one joins them, or the breakdown is not shown at all. Whatever is published next to the
total, no group below the threshold can be worked out by adding and subtracting.
"""

from dataclasses import dataclass
from itertools import chain, combinations

LEAST = 5  # no round may set a lower threshold
SOFTENED_BELOW = 30  # in a group smaller than this nobody and everybody are told as a band


class Reason:
    """Why something is not shown; the words for people are the edge's."""

    TOO_FEW = "te-weinig"
    ONE_GROUP = "een-groep"
    OTHER_BREAKDOWN = "andere-uitsplitsing"


@dataclass(frozen=True)
class Block:
    """Groups that are shown as one; a single group stands by itself."""

    groups: tuple[str, ...]

    @property
    def is_merged(self):
        return len(self.groups) > 1


@dataclass(frozen=True)
class Breakdown:
    """Either blocks that may be shown, or the reason why there are none."""

    blocks: tuple[Block, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Cell:
    """A figure of one block: exact, or only that it lies below 5 % or above 95 %."""

    count: int | None
    n: int
    band: str = ""


def break_down(bases, threshold):
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


def beside(shown, other, together, threshold):
    """``other`` as it may be shown next to ``shown``, both breakdowns of the same respondents.

    ``together``: (group of the one, group of the other) to the number in both. Where blocks of the one lie
    within blocks of the other but for fewer than ``threshold`` people, subtracting would tell about those
    few; then the other breakdown is not shown.
    """
    if not shown.blocks or not other.blocks:
        return other
    table = [
        [
            sum(together.get((one, two), 0) for one in first.groups for two in second.groups)
            for second in other.blocks
        ]
        for first in shown.blocks
    ]
    turned = list(zip(*table, strict=True))
    if _tells_about_few(table, threshold) or _tells_about_few(turned, threshold):
        return Breakdown(reason=Reason.OTHER_BREAKDOWN)
    return other


def _tells_about_few(table, threshold):
    """Whether rows together hold columns that are wholly within them, and few people more."""
    totals = [sum(column) for column in zip(*table, strict=True)]
    for rows in _some(table):
        within = [sum(column) for column in zip(*rows, strict=True)]
        outside = sum(part for part, total in zip(within, totals, strict=True) if part != total)
        if 0 < outside < threshold:
            return True
    return False


def cell(count, n):
    """A count to show: in a small block "nobody" and "everybody" would name people."""
    if n < SOFTENED_BELOW and count in (0, n):
        return Cell(None, n, "<5" if count == 0 else ">95")
    return Cell(count, n)


def _smallest(bases, groups):
    """The base of the groups together, on the level where it is smallest."""
    return min(map(sum, zip(*(bases[group] for group in groups), strict=True)))


def _some(items):
    items = list(items)
    return chain.from_iterable(combinations(items, size) for size in range(1, len(items) + 1))
