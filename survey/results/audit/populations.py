"""Who is alike in everything that is published of a round, and what is told of whom: the problems that the audit solves."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from survey.disclosure import BAND, Reason
from survey.results.audit.equations import Told
from survey.results.outcome import LevelResult, Pair, Results
from survey.statistics import counts_behind

Ends = tuple[int, int]  # the least and the most that a number can be


@dataclass(frozen=True)
class Population:
    """People of whom counts may be told. ``n`` None: their number is not told either."""

    name: str
    atoms: frozenset[int]
    n: int


class Problem:
    """Who is alike (atoms), how many they are (sizes), and what is told of whom (statements: code to population
    to (least, most))."""

    def __init__(self) -> None:
        self.atoms: list[Any] = []
        self.sizes: list[Told] = []
        self.populations: list[Population] = []
        self.statements: dict[str, dict[int, Ends]] = {}
        self.threshold = 0
        self.nobody: frozenset[int] = frozenset()  # who was not asked

    def where(self, holds: Callable[[Any], bool]) -> frozenset[int]:
        return frozenset(number for number, atom in enumerate(self.atoms) if holds(atom))

    def add(
        self, name: str, atoms: frozenset[int], n: int, counts: Mapping[str, Ends] = MappingProxyType({})
    ) -> None:
        """A population with the ends of its counts, by code."""
        number = len(self.populations)
        self.populations.append(Population(name, atoms, n))
        self.sizes.append(Told(atoms, n, n))
        for code, ends in dict(counts).items():
            self.statements.setdefault(code, {})[number] = ends


class Level(Problem):
    """The statements of one level: as a whole, in groups, and among who answered all levels, in all editions."""

    def __init__(self, slug: str, editions: Sequence[Results]) -> None:
        super().__init__()
        shown_editions = [
            (number, edition)
            for number, edition in enumerate(editions, 1)
            if _level(edition, slug).n is not None
        ]
        if not shown_editions:
            return
        self.threshold = max(edition.threshold for _number, edition in shown_editions)
        parts = [
            _parts([edition for _number, edition in shown_editions], grouping)
            for grouping in ("gemeente", "rol")
        ]
        masks = list(
            dict.fromkeys(
                _open_levels(edition) for _n, edition in shown_editions if edition.pairs_n is not None
            )
        )
        self.atoms = list(product(range(len(shown_editions)), *parts, _memberships(masks)))
        for place, (number, edition) in enumerate(shown_editions):
            self._edition(place, edition, slug, masks, _("uitgave %d") % number if len(editions) > 1 else "")

    def _edition(
        self, place: int, edition: Results, slug: str, masks: list[frozenset[str]], suffix: str
    ) -> None:
        def named(name: str) -> str:
            return f"{name}, {suffix}" if suffix else name

        def there(holds: Callable[[Any], bool]) -> frozenset[int]:
            return self.where(lambda atom: atom[0] <= place and holds(atom))

        level = _level(edition, slug)
        counts = {
            statement.code: _ends(statement.count, statement.reason, level.base, statement.percentage)
            for statement in level.statements
        }
        self.add(named(level.name), there(lambda atom: True), level.base, counts)
        everywhere = None
        if edition.pairs_n is not None:
            mask = masks.index(_open_levels(edition))
            everywhere = there(lambda atom: atom[3][mask])
            self.add(
                named(_("alle niveaus beantwoord")), everywhere, edition.pairs_n, _margins(edition, counts)
            )
        for side, breakdown in enumerate(edition.breakdowns, 1):
            if slug not in breakdown.levels:
                continue
            for number, block in enumerate(breakdown.blocks):
                members = there(partial(_is_in_block, side, place, number))
                bases = dict(zip(breakdown.levels, block.bases, strict=True))
                shares = {
                    share.code: _ends(share.count, share.band, share.n, share.percentage)
                    for share in block.shares
                    if share.code in counts
                }
                self.add(named(block.label), members, bases[slug], shares)
                if everywhere is not None:
                    # Who answered all levels is among those of the group on each level.
                    self.sizes.append(Told(members & everywhere, 0, min(bases.values())))


class Answered(Problem):
    """The statements of one level, told on who answered another level too, as results of before did."""

    def __init__(self, level: LevelResult, edition: Results) -> None:
        super().__init__()
        if level.n is None:
            return
        self.threshold = edition.threshold
        levels = {
            asked_level.level: asked_level for asked_level in edition.levels if asked_level.n is not None
        }
        self.atoms = [
            frozenset(slug for slug, is_in in zip(levels, answered, strict=True) if is_in)
            for answered in product((False, True), repeat=len(levels))
        ]
        self.nobody = self.where(lambda atom: level.level not in atom)
        if edition.responses is not None:
            self.sizes.append(Told(frozenset(range(len(self.atoms))), edition.responses, edition.responses))
        of = {
            statement.code: slug
            for slug, asked_level in levels.items()
            for statement in asked_level.statements
        }
        counts = {
            statement.code: _ends(statement.count, statement.reason, level.n, statement.percentage)
            for statement in level.statements
        }
        self.add(level.name, self.where(lambda atom: level.level in atom), level.n, counts)
        for slug in levels:
            self.sizes.append(
                Told(self.where(partial(_answered, {slug})), levels[slug].base, levels[slug].base)
            )
        counts_of_pairs: dict[frozenset[str], tuple[int, list[Pair]]] = {}
        for pair in edition.pairs:
            if pair.n is not None:
                both = frozenset((of[pair.first], of[pair.second]))
                counts_of_pairs.setdefault(both, (pair.n, []))[1].append(pair)
        for both, (n, of_both) in counts_of_pairs.items():
            members = self.where(partial(_answered, both))
            if level.level in both:
                name = " + ".join(levels[slug].name for slug in sorted(both))
                self.add(name, members, n, _margins(replace(edition, pairs=tuple(of_both)), counts))
            else:
                self.sizes.append(Told(members, n, n))


def _is_in_block(side: int, place: int, number: int, atom: Any) -> bool:
    return bool(atom[side][place] == number)


def _answered(slugs: Collection[str], atom: frozenset[str]) -> bool:
    return atom.issuperset(slugs)


def _parts(editions: Sequence[Results], grouping: str) -> list[tuple[int | None, ...]]:
    """The finest groups that can be told apart: for each edition the place of their block, or None."""
    places = [
        {
            group: place
            for breakdown in edition.breakdowns
            if breakdown.grouping == grouping
            for place, block in enumerate(breakdown.blocks)
            for group in block.groups
        }
        for edition in editions
    ]
    groups = dict.fromkeys(group for place_of in places for group in place_of)
    return list(dict.fromkeys(tuple(place_of.get(group) for place_of in places) for group in groups)) or [
        (None,) * len(editions)
    ]


def _memberships(masks: Sequence[frozenset[str]]) -> list[tuple[bool, ...]]:
    """Whether somebody answered all levels of each of ``masks``: all of more levels is all of fewer, too."""
    return [
        answered
        for answered in product((False, True), repeat=len(masks))
        if all(
            not is_in or answered[other]
            for level_number, is_in in enumerate(answered)
            for other in range(len(masks))
            if masks[other] <= masks[level_number]
        )
    ]


def _level(edition: Results, slug: str) -> LevelResult:
    return next(level for level in edition.levels if level.level == slug)


def _open_levels(edition: Results) -> frozenset[str]:
    return frozenset(level.level for level in edition.levels if level.n is not None)


def _margins(edition: Results, counts: Collection[str]) -> dict[str, Ends]:
    """How many ticked a statement of ``counts``, as the pairs tell it."""
    margins = {}
    for pair in edition.pairs:
        if pair.cells is not None:
            both, only_first, only_second, _neither = pair.cells
            margins[pair.first] = (both + only_first,) * 2
            margins[pair.second] = (both + only_second,) * 2
    return {code: ends for code, ends in margins.items() if code in counts}


def _ends(count: int | None, reason: str, n: int, percentage: int | None) -> Ends:
    """The least and the most that a count can be by what stands there."""
    if count is not None:
        return count, count
    if percentage is not None:
        return min(counts_behind(percentage, n)), max(counts_behind(percentage, n))
    if reason == Reason.FEW:
        return 0, BAND
    if reason == Reason.NEARLY_ALL:
        return n - BAND, n
    # As results of before said it: under 5 %, over 95 %.
    under = (5 * n - 1) // 100
    return {"<5": (0, under), ">95": (n - under, n)}.get(reason, (0, n))
