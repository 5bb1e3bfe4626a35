"""How well each of many texts answers a query, by one rule for initiatives and for the rest.

What counts is how much of what was asked a text holds, then how: the visitor's own words before longer words that hold
them before words for the same, and the title before the text. Neither length nor number counts, so that size never
ranks. All in sets: the same on every database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_

from pyroaring import BitMap

from registry.models.operations.posting import Weight
from registry.search.understanding import WHOLE_FROM, Concept, Way

# The sets of one word, by where it stands.
Places = Mapping[int, BitMap]


@dataclass(frozen=True)
class Tier:
    """What answers equally well. ``parts``: two for each concept of the query that it holds, and one for each that it holds
    in part; more of either is better."""

    parts: int
    level: int
    keys: BitMap


@dataclass(frozen=True)
class Ranking:
    """Tiers, the best first. ``parts``: of what holds all that was asked."""

    parts: int
    tiers: tuple[Tier, ...]

    @cached_property
    def keys(self) -> BitMap:
        """All that holds something of what was asked."""
        return _any(tier.keys for tier in self.tiers)

    @cached_property
    def whole(self) -> BitMap:
        """What holds all of it."""
        return _any(tier.keys for tier in self.tiers if tier.parts == self.parts)

    def renewed(self, changed: Iterable[int], newer: Ranking) -> Ranking:
        """Of the changed keys the tiers of ``newer``, of all others those of this one."""
        gone = BitMap(changed)
        by_place = {(tier.parts, tier.level): tier.keys - gone for tier in self.tiers}
        for tier in newer.tiers:
            by_place[tier.parts, tier.level] = by_place.get((tier.parts, tier.level), BitMap()) | tier.keys
        return _ranking(self.parts, by_place)


def rank(
    concepts: Sequence[Concept],
    places_of: Mapping[str, Places],
    named: Callable[[str, object], BitMap],
) -> Ranking:
    """``places_of``: the sets of each word; ``named``: the set of a municipality, a place or an organisation."""
    by_place: dict[tuple[int, int], BitMap] = {}
    for concept in concepts:
        levels = _by_level(concept, places_of, named)
        holds = _any(levels.values())
        newer = {place: keys - holds for place, keys in by_place.items()}
        seen = _any(by_place.values())
        for level, keys in levels.items():
            for (parts, sum_of_levels), earlier in [*by_place.items(), ((0, 0), keys - seen)]:
                if both := keys & earlier:
                    place = (parts + (2 if level >= WHOLE_FROM else 1), sum_of_levels + level)
                    newer[place] = newer.get(place, BitMap()) | both
        by_place = newer
    return _ranking(2 * len(concepts), by_place)


def _ranking(parts: int, by_place: Mapping[tuple[int, int], BitMap]) -> Ranking:
    ordered = sorted(by_place.items(), reverse=True)
    return Ranking(parts, tuple(Tier(*place, keys) for place, keys in ordered if keys))


def _by_level(
    concept: Concept, places_of: Mapping[str, Places], named: Callable[[str, object], BitMap]
) -> dict[int, BitMap]:
    """Disjoint sets: who holds the concept, by how well."""
    levels: dict[int, BitMap] = {}
    for level, field, key in concept.names:
        levels[level] = levels.get(level, BitMap()) | named(field, key)
    for way in concept.ways:
        for level, keys in _of_way(way, places_of):
            levels[level] = levels.get(level, BitMap()) | keys
    better = BitMap()
    disjoint = {}
    for level in sorted(levels, reverse=True):
        disjoint[level] = levels[level] - better
        better |= levels[level]
    return disjoint


def _of_way(way: Way, places_of: Mapping[str, Places]) -> Iterable[tuple[int, BitMap]]:
    def holding(least: int) -> BitMap:
        """What holds a word of each group, each at a place as good as this one or better."""
        return reduce(
            and_,
            (
                _any(
                    keys
                    for word in group
                    for place, keys in places_of.get(word, {}).items()
                    if place >= least
                )
                for group in way.groups
            ),
        )

    # A compound of words that stand apart does not begin a title.
    for weight in Weight if len(way.groups) == 1 else (Weight.TEXT, Weight.TITLE):
        yield way.quality.level(weight), holding(weight)


def _any(sets: Iterable[BitMap]) -> BitMap:
    return reduce(or_, sets, BitMap())
