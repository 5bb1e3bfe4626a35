"""The neutral order of the day (InitiativeQuerySet.in_neutral_order), worked out in memory: which of many stand first."""

import numpy
from pyroaring import BitMap

from registry.models import Initiative
from registry.models.initiative import ORDER_MODULUS, multiplier_of
from registry.search.following import following


def first_of(keys: BitMap, number: int, version: int) -> list[int]:
    """The ``number`` of ``keys`` (of public initiatives) that stand first today."""
    positions = following("positions", version, _read, _renew)
    # What became public since, or is public no more, has no place in it.
    known = numpy.frombuffer((keys & BitMap(range(len(positions)))).to_array(), dtype=numpy.uint32)
    known = known[positions[known] > 0]
    products = positions[known].astype(numpy.int64) * multiplier_of() % ORDER_MODULUS
    return [int(key) for key in known[numpy.lexsort((known, products))[:number]]]


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
