"""The lists that a visitor chooses from, and how many initiatives each choice of each filter would give.

The lists are small, and read once per version of the content. The counts of a filter honour all other filters,
not its own: they say what choosing would give.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count

from registry.foundation.cache import kept
from registry.models import Bottleneck, Initiative, Level, Link, Municipality, Place

# The filters that are about a link: of one and the same link, when several are given.
LINK_FILTERS = ("niveau", "knelpunt", "rol")
# What one GROUP BY counts: all filters on a column of the initiative itself.
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


def choices(stamp):
    return kept(stamp, "choices", _read)


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
    """How many initiatives the filters give: the length of the list, without counting it again."""
    return _counts(filterset).total


def facets_for(filterset):
    """Each filter but ``zoek`` with its choices, in the order in which to show them."""
    counts = _counts(filterset).by_filter
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


def _counts(filterset):
    if filterset.errors:
        return Counts(0, {name: {} for name in _options(filterset)})
    return kept(filterset.stamp, f"facets {filterset.canonical}", lambda: _count(filterset))


def _count(filterset):
    slugs = {place.pk: place.slug for place in filterset.choices.places}
    rows = [
        ({"gemeente": municipality, "kern": slugs.get(place), "soort": kind, "activiteit": activity}, number)
        for municipality, place, kind, activity, number in _initiatives(filterset, without=GROUPED)
        .values_list("municipality", "place", "kind", "activity")
        .annotate(number=Count("pk"))
        .order_by()
    ]
    total = sum(number for row, number in rows if _fits(filterset, row))
    by_filter = {}
    for name in GROUPED:
        counter = by_filter[name] = Counter()
        for row, number in rows:
            if row[name] and _fits(filterset, row, without=name):
                counter[row[name]] += number
    by_filter |= _count_links(filterset)
    return Counts(total, {name: dict(counter) for name, counter in by_filter.items()})


def _count_links(filterset):
    """How many initiatives have a link with each niveau, knelpunt and rol.

    In Python, because one pass over the links serves three counts of which none follows from another.
    """
    initiatives = _initiatives(filterset, without=LINK_FILTERS)
    links = Link.objects.filter(initiative__in=initiatives.values("pk")).order_by()
    by_kind = defaultdict(list)
    for code, role, initiative in links.values_list("bottleneck", "role", "initiative").iterator():
        by_kind[code, role].append(initiative)
    # A bottleneck that is not public is not among the choices.
    levels = {bottleneck.code: bottleneck.level for bottleneck in filterset.choices.bottlenecks}
    having = {name: defaultdict(set) for name in LINK_FILTERS}
    for (code, role), initiatives in by_kind.items():
        row = {"niveau": levels.get(code), "knelpunt": code, "rol": role}
        for name in LINK_FILTERS:
            if code in levels and _fits(filterset, row, without=name):
                having[name][row[name]].update(initiatives)
    return {
        name: {value: len(initiatives) for value, initiatives in of.items()} for name, of in having.items()
    }


def _initiatives(filterset, *, without):
    return filterset.narrowed(Initiative.objects.published(), without=without)


def _fits(filterset, row, without=None):
    """Whether a row of values passes the filters on them, but for the one named."""
    return all(
        name == without or name not in filterset.given or _is_selected(filterset, name, row[name])
        for name in row
    )
