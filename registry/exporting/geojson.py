"""Published initiatives as GeoJSON (RFC 7946): longitude and latitude in CRS84, coarse where a place is shielded."""

import json
from functools import cache
from operator import attrgetter

from django.db.models import CharField, FloatField
from django.db.models.functions import Cast

from registry.exporting.chunks import chunks
from registry.exporting.rows import Tuples, dashed, public_links
from registry.models.initiative import public_point
from registry.models.public import INITIATIVE
from registry.models.public.declaration import in_order

MEDIA_TYPE = "application/geo+json"
# The order that properties have had since they were public. What is newer stands behind it.
_FIRST = "naam samenvatting soort activiteit gemeente kern knelpunten afgeschermd voorbeeld url".split()
_BESIDE = (
    # As text: a UUID takes time to make, and leaves as text anyway.
    Cast("public_id", CharField()),
    "slug",
    Cast("longitude", FloatField()),
    Cast("latitude", FloatField()),
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@cache
def _properties():
    """What makes properties of a row, and all of them in order, empty."""
    fields = [field for field in INITIATIVE.by_age if field.in_geojson]
    name_of = attrgetter("geojson_name")
    names = in_order([*map(name_of, fields), "knelpunten", "url"], _FIRST)
    return Tuples(INITIATIVE, fields, name_of, skip=1 + len(_BESIDE)), dict.fromkeys(names)


def features(rows, links, base):
    """A Feature for each row of ``pk``, _BESIDE and the columns of the properties; one without a point has no geometry.

    ``links``: see rows.public_links. ``base``: the address of the list of initiatives, with a slash at
    the end. Unknown is null.
    """
    tuples, empty = _properties()
    features = []
    for row in rows:
        pk, key, slug, x, y = row[:5]
        properties = empty | tuples(row)
        properties["knelpunten"] = [{"code": of, "rol": role} for of, role in links.get(pk, ())]
        properties["url"] = f"{base}{slug}/"
        point = public_point(x, y, properties["afgeschermd"])
        features.append(
            {
                "type": "Feature",
                "id": dashed(key),
                "geometry": point and {"type": "Point", "coordinates": point},
                "properties": properties,
            }
        )
    return features


def collection(queryset, base):
    """The bytes of a FeatureCollection of all rows of ``queryset``, in parts."""
    yield b'{"type":"FeatureCollection","features":['
    separator = ""
    for rows in chunks(queryset, (*_BESIDE, *_properties()[0].columns)):
        links = public_links([row[0] for row in rows])
        # A list at once is a third cheaper than feature by feature; its brackets are those of all parts.
        yield (separator + _encode(features(rows, links, base))[1:-1]).encode()
        separator = ","
    yield b"]}"
