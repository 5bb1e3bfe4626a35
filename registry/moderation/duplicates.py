"""Entries that may be the same. A hint for people, never a fence; "geen dubbel" is remembered."""

from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registry.foundation.text import normalise
from registry.geo.distance import distance
from registry.models import Initiative, NotDuplicate, Status, User
from registry.moderation.similarity import MAX_DISTANCE, MIN_LENGTH, host_of, within

CLOSE_KM = 0.25
LIVING = [Status.DRAFT, Status.SUBMITTED, Status.NEEDS_MORE, Status.PUBLISHED]


@dataclass(frozen=True)
class Likeness:
    """Another entry, a score (higher is more alike) and why, in words."""

    initiative: Initiative
    score: int
    reasons: tuple[str, ...]


def compact(name: str) -> str:
    """A name as it is compared: letters and digits only."""
    return normalise(name.replace("-", "")).replace(" ", "")


def lookalikes(draft: Initiative, among: QuerySet[Initiative]) -> list[Likeness]:
    """The entries in ``among`` that look like ``draft`` (saved or not), most alike first."""
    found = (_compare(draft, other) for other in _candidates(draft, among))
    return sorted((one for one in found if one.score), key=lambda one: (-one.score, one.initiative.pk))[:5]


def likely_pairs(visible: QuerySet[Initiative], most: int = 50) -> list[tuple[Initiative, Likeness]]:
    """Pairs of living entries that look alike and of which nobody said that they are not the same."""
    spoken = set(NotDuplicate.objects.values_list("first", "second"))
    entries = list(visible.filter(status__in=LIVING, is_sample=False).order_by("pk"))
    pairs = {}
    for group in _groups(entries):
        for position, second in enumerate(group):
            for first in group[:position]:
                if (first.pk, second.pk) not in spoken and (first.pk, second.pk) not in pairs:
                    pairs[first.pk, second.pk] = (first, _compare(first, second))
    alike = [(first, likeness) for first, likeness in pairs.values() if likeness.score]
    alike.sort(key=lambda pair: (-pair[1].score, pair[0].pk))
    return alike[:most]


def say_different(first: Initiative, second: Initiative, *, by: User | None) -> None:
    low, high = sorted([first.pk, second.pk])
    NotDuplicate.objects.get_or_create(first_id=low, second_id=high, defaults={"by": by})


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


def _groups(entries: list[Initiative]) -> list[list[Initiative]]:
    """Entries that may be alike, by what they would share; a pair can be in more than one group."""
    by_key: dict[tuple[str, str], list[Initiative]] = {}
    for entry in entries:
        name = compact(entry.name)
        keys = {("start", name[:4]), ("end", name[-4:]), ("host", host_of(entry.website) or "")}
        if entry.longitude is not None:
            keys.add(("near", f"{entry.longitude:.2f} {entry.latitude:.2f}"))
        for key in keys:
            if key[1]:
                by_key.setdefault(key, []).append(entry)
    # A group of hundreds ("buurt…") shares nothing that tells.
    return [group for group in by_key.values() if 1 < len(group) <= 200]


def _compare(draft: Initiative, other: Initiative) -> Likeness:
    reasons, score = [], 0
    name, other_name = compact(draft.name), compact(other.name)
    if name and name == other_name:
        score += 6
        reasons.append(_("zelfde naam"))
    elif len(name) >= MIN_LENGTH and within(name, other_name, MAX_DISTANCE):
        score += 4
        reasons.append(_("bijna dezelfde naam"))
    host = host_of(draft.website)
    if host and host == host_of(other.website):
        score += 4
        reasons.append(_("zelfde website"))
    if draft.point and other.point and distance(draft.point, other.point) <= CLOSE_KM:
        score += 2
        reasons.append(_("vlak bij elkaar"))
    if score and draft.municipality_id and other.municipality_id:
        same = draft.municipality_id == other.municipality_id
        score += 1 if same else -3
        if same:
            reasons.append(_("zelfde gemeente"))
    return Likeness(other, max(0, score), tuple(reasons))
