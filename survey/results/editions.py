"""Two editions of the results of one round, laid beside each other: who came since must not be a few."""

from collections.abc import Iterable, Mapping

from survey.disclosure import few_apart
from survey.results.bands import PART
from survey.results.outcome import BlockResult, BreakdownResult, Results

# The blocks of the one edition, and of the other, that tell of the same people.
Sides = tuple[list[BlockResult], list[BlockResult]]
LEVELS = "niveaus"


def clashes(then: Results, now: Results, threshold: int) -> set[str]:
    """The parts of ``now`` (LEVELS, "samenhang", "rol" and "gemeente") that beside ``then`` would tell about fewer than ``threshold``."""
    parts = set()
    before = {level.level: level.n for level in then.levels}
    bases = [(then.responses, now.responses), *((before.get(level.level), level.n) for level in now.levels)]
    if any(few_apart(first or 0, second or 0, threshold) for first, second in bases):
        parts.add(LEVELS)
    if _pairs_clash(then, now, before, threshold):
        parts.add("samenhang")
    earlier_breakdowns = {breakdown.grouping: breakdown for breakdown in then.breakdowns}
    for breakdown in now.breakdowns:
        if breakdown.grouping in earlier_breakdowns and _groups_clash(
            earlier_breakdowns[breakdown.grouping], breakdown, threshold
        ):
            parts.add(breakdown.grouping)
    return parts


def stale_bands(editions: Iterable[Results], now: Results) -> frozenset[str]:
    """The parts of ``now`` that are bands of a level of which one of ``editions`` told others or on other counts:
    two verdicts on nearly the same people, at other counts, leave of an overlap what neither excludes."""
    before = [
        level
        for then in editions
        for level in then.levels
        if any(statement.band for statement in level.statements)
    ]
    return frozenset(
        PART + level.level
        for level in now.levels
        for level_before in before
        if level_before.level == level.level and level_before != level
    )


def _pairs_clash(then: Results, now: Results, before: Mapping[str, int | None], threshold: int) -> bool:
    if now.pairs_n is None or not then.pairs:
        return False
    # Of pairs on several bases, as there were before, it is not known who answered all levels.
    if then.pairs_n is None or {slug for slug, n in before.items() if n} != {
        level.level for level in now.levels if level.n
    }:
        return True
    return few_apart(then.pairs_n, now.pairs_n, threshold) or any(
        few_apart((before[level.level] or 0) - then.pairs_n, level.n - now.pairs_n, threshold)
        for level in now.levels
        if level.n
    )


def _groups_clash(then: BreakdownResult, now: BreakdownResult, threshold: int) -> bool:
    """Blocks that share a group are taken together, until both editions tell of the same groups."""
    for blocks_then, blocks_now in _together(then.blocks, now.blocks):
        for place, level in enumerate(now.levels):
            if level in then.levels:
                was = sum(block.bases[then.levels.index(level)] for block in blocks_then)
                if few_apart(was, sum(block.bases[place] for block in blocks_now), threshold):
                    return True
    return False


def _together(then: Iterable[BlockResult], now: Iterable[BlockResult]) -> list[Sides]:
    parts: list[tuple[set[str], Sides]] = []
    for edition, blocks in enumerate((then, now)):
        for block in blocks:
            groups = set(block.groups)
            both: Sides = ([], [])
            both[edition].append(block)
            for part in [part for part in parts if part[0] & groups]:
                parts.remove(part)
                groups |= part[0]
                for mine, other in zip(both, part[1], strict=True):
                    mine += other
            parts.append((groups, both))
    return [both for _groups, both in parts]
