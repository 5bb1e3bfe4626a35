"""Published initiatives as GeoJSON (RFC 7946): longitude and latitude in CRS84, coarse where a place is shielded."""

import json

from django.db.models import FloatField
from django.db.models.functions import Cast

from registry.exporting.chunks import chunks, public_links
from registry.models.initiative import public_point

MEDIA_TYPE = "application/geo+json"
COLUMNS = (
    "public_id",
    "slug",
    "name",
    "summary",
    "kind",
    "activity",
    "municipality",
    "municipality__name",
    "place__name",
    Cast("longitude", FloatField()),
    Cast("latitude", FloatField()),
    "is_location_shielded",
    "is_sample",
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def features(rows, links, base):
    """A Feature for each row of ``pk`` and COLUMNS; one without a point has no geometry.

    ``links``: see bulk.public_links. ``base``: the address of the list of initiatives, with a slash at
    the end. Unknown is null.
    """
    features = []
    for (
        pk,
        key,
        slug,
        name,
        summary,
        kind,
        activity,
        code,
        municipality,
        place,
        x,
        y,
        shielded,
        sample,
    ) in rows:
        point = public_point(x, y, shielded)
        features.append(
            {
                "type": "Feature",
                "id": str(key),
                "geometry": point and {"type": "Point", "coordinates": point},
                "properties": {
                    "naam": name,
                    "samenvatting": summary or None,
                    "soort": kind or None,
                    "activiteit": activity or None,
                    "gemeente": code and {"code": code, "naam": municipality},
                    "kern": place,
                    "knelpunten": [{"code": of, "rol": role} for of, role in links.get(pk, ())],
                    "afgeschermd": shielded,
                    "voorbeeld": sample,
                    "url": f"{base}{slug}/",
                },
            }
        )
    return features


def collection(queryset, base):
    """The bytes of a FeatureCollection of all rows of ``queryset``, in parts."""
    yield b'{"type":"FeatureCollection","features":['
    separator = ""
    for rows in chunks(queryset, COLUMNS):
        links = public_links([row[0] for row in rows])
        # A list at once is a third cheaper than feature by feature; its brackets are those of all parts.
        yield (separator + _encode(features(rows, links, base))[1:-1]).encode()
        separator = ","
    yield b"]}"
