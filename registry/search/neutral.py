"""The neutral order of the day (InitiativeQuerySet.in_neutral_order), worked out in memory: which of many stand first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from pyroaring import BitMap

from registry.models import Initiative
from registry.models.initiative import ORDER_MODULUS, multiplier_of
from registry.search.following import following


def first_of(keys: BitMap, number: int, version: int) -> list[int]:
    """The ``number`` of ``keys`` (of public initiatives) that stand first today."""
    return in_order([keys], 0, number, version)


def in_order(tiers: Sequence[BitMap], start: int, end: int, version: int) -> list[int]:
    """From place ``start`` up to ``end`` of the keys in disjoint ``tiers``: tier by tier, each in the neutral order of today."""
    places = _places_of_today(following("positions", version, _read, _renew))
    everything, ordered = BitMap(range(len(places))), []
    for tier in tiers:
        if end <= 0:
            break
        # What became public since, or is public no more, has no place in it.
        keys = numpy.frombuffer((tier & everything).to_array(), dtype=numpy.uint32)
        keys = keys[places[keys] > 0]
        if start < len(keys):
            ordered += _sorted(keys, places[keys], min(end, len(keys)))[start:end]
        start, end = max(start - len(keys), 0), end - len(keys)
    return ordered


def _sorted(keys, places, number):
    """The first ``number`` by place, then by key."""
    if number < len(keys):
        # Those that stand no further than the last of them, in no order yet.
        near = places <= numpy.partition(places, number - 1)[number - 1]
        keys, places = keys[near], places[near]
    return [int(key) for key in keys[numpy.lexsort((keys, places))[:number]]]


@dataclass(frozen=True)
class _Today:
    multiplier: int
    positions: numpy.ndarray
    places: numpy.ndarray


def _places_of_today(positions):
    """The place of each key in the order of today, 0 where there is none: worked out once for all who ask."""
    global _latest
    multiplier, today = multiplier_of(), _latest
    if today is None or today.multiplier != multiplier or today.positions is not positions:
        products = positions.astype(numpy.int64) * multiplier % ORDER_MODULUS
        _latest = today = _Today(multiplier, positions, products.astype(numpy.uint32))
    return today.places


_latest = None


def _read():
    """The position of each key, 0 where there is none."""
    rows = numpy.array(list(_positions()), dtype=numpy.int64).reshape(-1, 2)
    positions = numpy.zeros(rows[:, 0].max(initial=0) + 1, dtype=numpy.uint32)
    positions[rows[:, 0]] = rows[:, 1]
    return positions


def _renew(positions, changed):
    """A position stays one for good: only of what is new it has to be read."""
    new = [key for key in changed if key >= len(positions) or not positions[key]]
    rows = list(_positions().filter(pk__in=new)) if new else []
    if not rows:
        return positions
    newer = numpy.zeros(max(len(positions), max(key for key, _position in rows) + 1), dtype=numpy.uint32)
    newer[: len(positions)] = positions
    for key, position in rows:
        newer[key] = position
    return newer


def _positions():
    return Initiative.objects.published().order_by().values_list("pk", "position")
