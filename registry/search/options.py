"""The lists that a visitor chooses from, and how many initiatives each choice of each filter would give.

The lists are small, and read once per version of what they are made of. The counts of a filter honour all other
filters, not its own: they say what choosing would give.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from pyroaring import BitMap

from registry.foundation.cache import kept
from registry.models import Bottleneck, Level, Municipality, Place
from registry.search.sets import LINK, all_sets

# The filters that are about a link: of one and the same link, when several are given.
LINK_FILTERS = ("niveau", "knelpunt", "rol")
# The filters on a column of the initiative itself.
GROUPED = ("gemeente", "kern", "soort", "activiteit")


@dataclass(frozen=True)
class PlaceChoice:
    slug: str
    name: str
    municipality: str
    pk: int


@dataclass(frozen=True)
class BottleneckChoice:
    code: str
    label: str
    level: str
    is_active: bool


@dataclass(frozen=True)
class Choices:
    municipalities: dict[str, str]
    places: tuple[PlaceChoice, ...]
    levels: dict[str, str]
    bottlenecks: tuple[BottleneckChoice, ...]
    # Of those that were merged: where each leads.
    survivors: dict[str, str]


def choices(versions):
    return kept(versions.knowledge, "choices", _read)


def _read():
    bottlenecks = list(Bottleneck.objects.published().order_by("level__position", "number"))
    survivors = _survivors({bottleneck.pk: bottleneck.merged_into_id for bottleneck in bottlenecks})
    return Choices(
        municipalities=dict(Municipality.objects.order_by("name").values_list("code", "name")),
        places=tuple(
            PlaceChoice(*row)
            for row in Place.objects.order_by("name", "pk").values_list("slug", "name", "municipality", "pk")
        ),
        levels=dict(Level.objects.order_by("position").values_list("slug", "name")),
        bottlenecks=tuple(
            BottleneckChoice(
                bottleneck.code,
                str(bottleneck),
                bottleneck.level_id,
                bottleneck.status == Bottleneck.Status.ACTIVE,
            )
            for bottleneck in bottlenecks
            # One that leads to what is not public has ended.
            if not bottleneck.merged_into_id or bottleneck.pk in survivors
        ),
        survivors=survivors,
    )


def _survivors(merged_into):
    ends = {}
    for code, end in merged_into.items():
        seen = {code}
        while end and merged_into.get(end) and end not in seen:
            seen.add(end)
            end = merged_into[end]
        if end in merged_into:
            ends[code] = end
    return ends


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    is_selected: bool


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Counts:
    total: int
    by_filter: dict[str, dict[str, int]]


def total_of(filterset):
    """How many initiatives the filters give: the length of the list, without counting the choices of each filter."""
    return 0 if filterset.errors else len(filterset.passing)


def facets_for(filterset):
    """Each filter but ``zoek`` with its choices, in the order in which to show them."""
    counts = filterset.counts.by_filter
    return tuple(
        Facet(
            name,
            str(filterset.filters[name].label),
            tuple(
                Option(value, str(label), counts[name].get(value, 0), _is_selected(filterset, name, value))
                for value, label in options
                if _is_offered(filterset, name, value, counts[name])
            ),
        )
        for name, options in _options(filterset).items()
    )


def _options(filterset):
    names = ("gemeente", "kern", "niveau", "knelpunt", "rol", "soort", "activiteit")
    return {name: filterset.filters[name].extra["choices"] for name in names}


def _is_selected(filterset, name, value):
    selected = filterset.given.get(name, ())
    return value == selected if isinstance(selected, str) else value in selected


def _is_offered(filterset, name, value, counts):
    """A list of all kernen is long: show those of the chosen gemeente, else those with initiatives."""
    if value in counts or _is_selected(filterset, name, value):
        return True
    if name == "kern":
        place = next(place for place in filterset.choices.places if place.slug == value)
        return place.municipality in filterset.given.get("gemeente", ())
    if name == "knelpunt":
        return next(
            bottleneck for bottleneck in filterset.choices.bottlenecks if bottleneck.code == value
        ).is_active
    return True


def passing(filterset):
    """The keys of the initiatives that pass all filters of a filterset without errors."""
    sets = all_sets(filterset.versions)
    return reduce(and_, _passing(filterset, sets).values(), sets.public)


def count(filterset):
    """The counts of a filterset without errors, and zeros of one that has some."""
    if filterset.errors:
        return Counts(0, {name: {} for name in _options(filterset)})
    sets = all_sets(filterset.versions)
    by_name = _passing(filterset, sets)

    def passing_all_but(name):
        return reduce(and_, (keys for other, keys in by_name.items() if other != name), sets.public)

    slugs = {place.pk: place.slug for place in filterset.choices.places}
    by_filter = {}
    for name in GROUPED:
        rest, counter = passing_all_but(name), Counter()
        for (value,), keys in sets.starting(name):
            counter[slugs.get(value) if name == "kern" else value] += rest.intersection_cardinality(keys)
        by_filter[name] = counter
    rest = passing_all_but(LINK)
    for name in LINK_FILTERS:
        by_value = defaultdict(BitMap)
        for row, keys in _links(filterset, sets):
            if _fits(filterset, row, without=name):
                by_value[row[name]] |= keys
        by_filter[name] = {value: rest.intersection_cardinality(keys) for value, keys in by_value.items()}
    return Counts(
        len(passing_all_but(None)),
        {name: {value: n for value, n in of.items() if n} for name, of in by_filter.items()},
    )


def _passing(filterset, sets):
    """The keys that pass each filter that was given; those that are about a link pass together."""
    pks = {place.slug: place.pk for place in filterset.choices.places}
    by_name = {}
    for name in filterset.given.keys() & set(GROUPED):
        values = filterset.given[name]
        by_name[name] = _any_of(sets.of(name, pks[value] if name == "kern" else value) for value in values)
    if filterset.given.keys() & set(LINK_FILTERS):
        linked = (keys for row, keys in _links(filterset, sets) if _fits(filterset, row))
        by_name[LINK] = _any_of(linked)
    return by_name | filterset.looked_up


def _any_of(sets):
    return reduce(or_, sets, BitMap())


def _links(filterset, sets):
    """(what the filters look at, the keys that have it) of each kind of link to what may be chosen."""
    levels = {bottleneck.code: bottleneck.level for bottleneck in filterset.choices.bottlenecks}
    return [
        ({"niveau": levels[code], "knelpunt": code, "rol": role}, keys)
        for (code, role), keys in sets.starting(LINK)
        if code in levels
    ]


def _fits(filterset, row, without=None):
    """Whether a row of values passes the filters on them, but for the one named."""
    return all(
        name == without or name not in filterset.given or _is_selected(filterset, name, row[name])
        for name in row
    )
