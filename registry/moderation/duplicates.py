"""Entries that may be the same. A hint for people, never a fence; "geen dubbel" is remembered.

What two entries are compared by is said once, in ``compare``; pages, the workbench and imports all ask it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.db.models import QuerySet
from django.utils.encoding import punycode
from django.utils.translation import gettext as _
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from registry.foundation.text import normalise
from registry.geo.distance import distance
from registry.models import Initiative, NotDuplicate, Status, User

# Letters that were added, left out or changed.
MAX_SLIPS = 2
# Of a short name, two letters are half of it.
MIN_LENGTH = 8
CLOSE_KM = 0.25
# At this score two are probably the same: a slip in a name is enough within one municipality, not in two.
LIKELY = 3
# What hundreds share ("buurt.nl") tells little: so many are looked at, no more.
SHARED_BY_MOST = 200
# A host where everybody has a page says nothing.
SHARED_HOSTS = {"facebook.com", "instagram.com", "linkedin.com", "meetup.com", "sites.google.com"}
SAYS_NOTHING = {"stichting", "vereniging", "st", "de", "het", "een", "van", "in", "en", "te", "voor"}
# (longitude, latitude), and what two entries may share: its kind and its value.
Point = tuple[Any, Any]
Shared = tuple[str, Any]
LIVING = [Status.DRAFT, Status.SUBMITTED, Status.NEEDS_MORE, Status.PUBLISHED]


@dataclass(frozen=True)
class Traits:
    """What an entry is compared by: its name as letters and digits only, the words that tell it from another,
    the host of its website, a key of its municipality, its (longitude, latitude)."""

    name: str
    words: frozenset[str]
    is_long: bool
    host: str | None = None
    municipality: object = None
    point: Point | None = None

    @classmethod
    def of(cls, entry: Initiative) -> "Traits":
        return cls.from_values(entry.name, entry.municipality_id, entry.website, entry.point)

    @classmethod
    def from_values(
        cls, name: str, municipality: object, website: str, point: Point | None = None
    ) -> "Traits":
        line = normalise(name.replace("-", "")).strip()
        words = frozenset(normalise(name).split())
        return cls(
            name=line.replace(" ", ""),
            words=words - SAYS_NOTHING or words,
            is_long=len(normalise(name).strip()) >= MIN_LENGTH,
            host=host_of(website),
            municipality=municipality,
            point=point,
        )


@dataclass(frozen=True)
class Likeness:
    """Another entry, a score (higher is more alike) and why, in words."""

    initiative: Initiative
    score: int
    reasons: tuple[str, ...]


class Index:
    """Entries by what another could share with them: each is compared with a few instead of with all."""

    def __init__(self) -> None:
        self._traits: dict[Any, Traits] = {}
        self._sharing: dict[Shared, list[Any]] = defaultdict(list)
        self._names: dict[int, list[str]] = defaultdict(list)

    def add(self, key: Any, traits: Traits) -> None:
        self._traits[key] = traits
        if ("name", traits.name) not in self._sharing:
            self._names[len(traits.name)].append(traits.name)
        for shared in _shared(traits):
            self._sharing[shared].append(key)

    def alike(self, traits: Traits, *, with_slips: bool = True) -> list[tuple[int, tuple[str, ...], Any]]:
        """(score, reasons, key) of each entry that is like it at all, most alike first."""
        compared = (
            (*compare(traits, self._traits[key]), key) for key in self._candidates(traits, with_slips)
        )
        return sorted((likeness for likeness in compared if likeness[0]), key=lambda likeness: -likeness[0])

    def _candidates(self, traits: Traits, with_slips: bool) -> dict[Any, None]:
        wanted = [*_shared(traits), *_beside(traits.point)]
        if with_slips and traits.name:
            wanted += [("name", name) for name in self._near(traits.name)]
        keys = (key for shared in wanted for key in islice(self._sharing.get(shared, ()), SHARED_BY_MOST))
        return dict.fromkeys(keys)

    def _near(self, name: str) -> Iterator[str]:
        for length in range(len(name) - MAX_SLIPS, len(name) + MAX_SLIPS + 1):
            near = process.extract(
                name,
                self._names.get(length, ()),
                scorer=Levenshtein.distance,
                score_cutoff=MAX_SLIPS,
                limit=None,
            )
            yield from (match[0] for match in near)


def compare(first: Traits, second: Traits) -> tuple[int, tuple[str, ...]]:
    """(score, reasons in words) of two Traits, the same whichever comes first; a score of 0: nothing alike."""
    reasons, score = [], 0
    if first.name and first.name == second.name:
        score += 7
        reasons.append(_("zelfde naam"))
    elif first.words and first.words == second.words:
        score += 6
        reasons.append(_("dezelfde woorden in de naam"))
    elif (first.is_long or second.is_long) and _is_near(first.name, second.name):
        score += 4
        reasons.append(_("bijna dezelfde naam"))
    if first.host and first.host == second.host:
        score += 6
        reasons.append(_("zelfde website"))
    if first.point and second.point and distance(first.point, second.point) <= CLOSE_KM:
        score += 2
        reasons.append(_("vlak bij elkaar"))
    if score and first.municipality and second.municipality:
        is_one_municipality = first.municipality == second.municipality
        score += 1 if is_one_municipality else -3
        if is_one_municipality:
            reasons.append(_("zelfde gemeente"))
    return max(0, score), tuple(reasons)


def lookalikes(draft: Initiative, among: QuerySet[Initiative]) -> list[Likeness]:
    """The entries in ``among`` that look like ``draft`` (saved or not), most alike first."""
    traits = Traits.of(draft)
    likenesses = (Likeness(other, *compare(traits, Traits.of(other))) for other in _candidates(draft, among))
    alike = [likeness for likeness in likenesses if likeness.score]
    return sorted(alike, key=lambda likeness: (-likeness.score, likeness.initiative.pk))[:5]


def likely_pairs(visible: QuerySet[Initiative], most: int = 50) -> list[tuple[Initiative, Likeness]]:
    """Pairs of living entries that look alike and of which nobody said that they are not the same."""
    spoken = set(NotDuplicate.objects.values_list("first", "second"))
    index, pairs = Index(), []
    entries = {entry.pk: entry for entry in visible.filter(status__in=LIVING, is_sample=False).order_by("pk")}
    for pk, entry in entries.items():
        traits = Traits.of(entry)
        pairs += [
            (entries[first], Likeness(entry, score, reasons))
            for score, reasons, first in index.alike(traits)
            if (first, pk) not in spoken
        ]
        index.add(pk, traits)
    pairs.sort(key=lambda pair: (-pair[1].score, pair[0].pk))
    return pairs[:most]


def say_different(first: Initiative, second: Initiative, *, by: User | None) -> None:
    low, high = sorted([first.pk, second.pk])
    NotDuplicate.objects.get_or_create(first_id=low, second_id=high, defaults={"by": by})


def host_of(website: str | None) -> str | None:
    """The host of an address in one spelling, without www; None where it says nothing."""
    if not website:
        return None
    try:
        host = urlsplit(website if "://" in website else f"https://{website}").hostname or ""
        host = punycode(host.rstrip(".")).lower().removeprefix("www.")
    except ValueError:  # no address at all
        return None
    return None if host in SHARED_HOSTS or not host else host


def _is_near(name: str, other: str) -> bool:
    return Levenshtein.distance(name, other, score_cutoff=MAX_SLIPS) <= MAX_SLIPS


def _shared(traits: Traits) -> Iterator[Shared]:
    """What another entry is found by."""
    if traits.name:
        yield "name", traits.name
    if traits.words:
        yield "words", traits.words
    if traits.host:
        yield "host", traits.host
    if traits.point:
        yield "square", _square(traits.point)


def _square(point: Point) -> tuple[int, ...]:
    """A square of the map, wider than ``CLOSE_KM``: who is close is in the same one or in one beside it."""
    return tuple(round(float(degrees) * 200) for degrees in point)


def _beside(point: Point | None) -> list[Shared]:
    if not point:
        return []
    east, north = _square(point)
    return [("square", (east + right, north + up)) for right in (-1, 0, 1) for up in (-1, 0, 1)]


def _candidates(draft: Initiative, among: QuerySet[Initiative]) -> QuerySet[Initiative]:
    """The rows worth comparing: a typing error spares the first or the last letters of a name."""
    words = normalise(draft.name.replace("-", "")).strip()
    worth = models.Q(pk__in=[])
    if words:
        worth |= models.Q(search_title__startswith=f" {words[:4]}") | models.Q(
            search_title__contains=f"{words[-4:]} "
        )
    if host := host_of(draft.website):
        worth |= models.Q(website__icontains=host)
    if draft.longitude is not None and draft.latitude is not None:
        worth |= models.Q(
            longitude__range=(float(draft.longitude) - 0.005, float(draft.longitude) + 0.005),
            latitude__range=(float(draft.latitude) - 0.005, float(draft.latitude) + 0.005),
        )
    return among.filter(worth).exclude(pk=draft.pk).select_related("municipality", "place")[:500]
