"""The distance between two points (longitude, latitude in degrees), in kilometres."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088


def distance(first, second):
    """Kilometres over a sphere between two (longitude, latitude) points in degrees (haversine)."""
    (lon1, lat1), (lon2, lat2) = (map(radians, point) for point in (first, second))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1, sqrt(half)))
