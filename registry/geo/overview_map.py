"""The overview map: outlines on a flat plane, ready for a script-free SVG.

All numbers are whole and below 1,000, so that no template writes a Dutch comma or point into an attribute.
"""

from dataclasses import dataclass
from math import cos, radians, sqrt

from registry.foundation.cache import kept
from registry.models import ContentStamp, Municipality

# The province in degrees.
WEST, SOUTH, EAST, NORTH = 5.1225, 52.2526, 6.0118, 52.8440
WIDTH = 900
# Equirectangular: at this latitude a degree of longitude is this much shorter than one of latitude.
_SHRINK = cos(radians((SOUTH + NORTH) / 2))
_SCALE = WIDTH / ((EAST - WEST) * _SHRINK)
HEIGHT = round((NORTH - SOUTH) * _SCALE)
SMALLEST, LARGEST = 26, 60


@dataclass(frozen=True)
class Area:
    code: str
    name: str
    path: str
    label_x: int
    label_y: int
    count: int
    radius: int
    is_selected: bool


@dataclass(frozen=True)
class Overview:
    width: int
    height: int
    areas: tuple[Area, ...]


def overview(counts, selected=(), versions=None):
    """All municipalities with their counts; one without an outline has an empty path."""
    most = max(counts.values(), default=0)
    drawn = kept((versions or ContentStamp.versions()).knowledge, "map", _draw)
    areas = (
        Area(
            code, name, path, x, y, counts.get(code, 0), _radius(counts.get(code, 0), most), code in selected
        )
        for code, name, path, x, y in drawn
    )
    return Overview(WIDTH, HEIGHT, tuple(areas))


def locate(point):
    """Where (longitude, latitude) is on the map, or None when there is no point or it is off the map."""
    if point is None:
        return None
    x = round((float(point[0]) - WEST) * _SHRINK * _SCALE)
    y = round((NORTH - float(point[1])) * _SCALE)
    return (x, y) if 0 <= x <= WIDTH and 0 <= y <= HEIGHT else None


def _radius(count, most):
    """The surface, not the width, shows how many."""
    return round(max(SMALLEST, LARGEST * sqrt(count / most))) if count else 0


def _draw():
    rows = Municipality.objects.order_by("name")
    return tuple((row.code, row.name, _path(row.outline), *_label(row)) for row in rows)


def _label(municipality):
    return locate((municipality.longitude, municipality.latitude)) or (WIDTH // 2, HEIGHT // 2)


def _path(outline):
    if not outline:
        return ""
    polygons = [outline["coordinates"]] if outline["type"] == "Polygon" else outline["coordinates"]
    return "".join(_ring(ring) for polygon in polygons for ring in polygon)


def _ring(ring):
    steps = []
    for longitude, latitude, *_height in ring[:-1]:
        # Not through locate(): an outline may run on outside the frame, where the SVG cuts it off.
        step = f"{round((longitude - WEST) * _SHRINK * _SCALE)} {round((NORTH - latitude) * _SCALE)}"
        if step not in steps[-1:]:
            steps.append(step)
    return f"M{'L'.join(steps)}Z"
