"""The lists that a visitor chooses from: small, read once per version of the content."""

from dataclasses import dataclass

from registry.foundation.cache import kept
from registry.models import Bottleneck, Level, Municipality, Place

# The filters that are about a link: of one and the same link, when several are given.
LINK_FILTERS = ("niveau", "knelpunt", "rol")


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
