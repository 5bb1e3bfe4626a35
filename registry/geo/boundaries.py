"""Outlines of municipalities out of a GeoJSON file, checked and simplified."""

import json
from math import hypot
from pathlib import Path

from django.utils.translation import gettext as _

from registry.foundation.errors import Refused

CODE_NAMES = ("statcode", "code", "identificatie", "gemeentecode")
# The Netherlands, wide: what lies outside is in metres (RD) or has its axes swapped.
WEST, SOUTH, EAST, NORTH = 3.0, 50.5, 7.5, 54.0


def read_outlines(path):
    """The outline of each municipality in the file: {"GM0034": {"type": "Polygon", "coordinates": …}}."""
    try:
        with Path(path).open(encoding="utf-8-sig") as file:
            collection = json.load(file)
    except OSError as error:
        raise Refused(_("Het bestand %(path)s is niet te openen.") % {"path": path}) from error
    except (ValueError, RecursionError) as error:
        raise Refused(_("Dit is geen GeoJSON: het bestand is niet te lezen als JSON.")) from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or collection.get("type") != "FeatureCollection":
        raise Refused(_("Dit is geen GeoJSON met een lijst van gebieden (FeatureCollection)."))
    return dict(_feature(number, feature) for number, feature in enumerate(features, start=1))


def _feature(number, feature):
    try:
        properties, geometry = feature["properties"], feature["geometry"]
        code = next(str(properties[name]) for name in CODE_NAMES if properties.get(name))
        kind, coordinates = geometry["type"], geometry["coordinates"]
        polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}[kind]
        points = [point for polygon in polygons for ring in polygon for point in ring]
        is_right = all(WEST < x < EAST and SOUTH < y < NORTH for x, y, *_height in points)
        is_closed = all(len(ring) > 3 and ring[0] == ring[-1] for polygon in polygons for ring in polygon)
    except (AttributeError, KeyError, StopIteration, TypeError, ValueError) as error:
        raise Refused(
            _("Gebied %(number)d heeft geen CBS-code of geen vlak (Polygon of MultiPolygon).")
            % {"number": number}
        ) from error
    if not points or not is_right:
        raise Refused(
            _("Gebied %(number)d ligt niet in Nederland. Gebruik lengte- en breedtegraad (CRS84).")
            % {"number": number}
        )
    if not is_closed:
        raise Refused(_("De omtrek van gebied %(number)d is niet gesloten.") % {"number": number})
    return code if code.startswith("GM") else f"GM{code:0>4}", {"type": kind, "coordinates": coordinates}


def simplify(geometry, tolerance):
    """The same shape with fewer points, none further off than ``tolerance`` degrees; islets disappear."""
    if geometry["type"] == "Polygon":
        return {"type": "Polygon", "coordinates": _polygon(geometry["coordinates"], tolerance)}
    polygons = [_polygon(polygon, tolerance) for polygon in geometry["coordinates"]]
    whole_polygons = [polygon for polygon in polygons if polygon]
    return {"type": "MultiPolygon", "coordinates": whole_polygons} if whole_polygons else geometry


def _polygon(rings, tolerance):
    outer, *holes = [_ring(ring, tolerance) for ring in rings]
    return [ring for ring in (outer, *holes) if len(ring) > 3] if len(outer) > 3 else []


def _ring(ring, tolerance):
    """Douglas–Peucker on both halves of the ring, parted at the point farthest from its start."""
    ring = [[round(x, 6), round(y, 6)] for x, y, *_height in ring]
    far = max(
        range(len(ring)), key=lambda place: hypot(ring[place][0] - ring[0][0], ring[place][1] - ring[0][1])
    )
    keep = {0, far, len(ring) - 1}
    parts = [(0, far), (far, len(ring) - 1)]
    while parts:
        start, end = parts.pop()
        if end - start < 2:
            continue
        place = max(range(start + 1, end), key=lambda place: _distance(ring[place], ring[start], ring[end]))
        if _distance(ring[place], ring[start], ring[end]) > tolerance:
            keep.add(place)
            parts += [(start, place), (place, end)]
    return [ring[place] for place in sorted(keep)]


def _distance(point, start, end):
    """From ``point`` to the line through ``start`` and ``end``."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = hypot(x2 - x1, y2 - y1)
    if not length:
        return hypot(x - x1, y - y1)
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length
