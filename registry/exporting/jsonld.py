"""Initiatives in the words of schema.org, for search engines and linked data: only what their pages say as well."""

import orjson

from registry.exporting.chunks import chunks
from registry.exporting.rows import reader
from registry.models import Initiative
from registry.models.public import INITIATIVE

# The word of schema.org: what we call it.
_WORDS = {
    "name": "naam",
    "alternateName": "andereNamen",
    "description": "samenvatting",
    "sameAs": "website",
}
_OF_EVENT = {"startDate": "begintOp", "endDate": "eindigtOp"}
_TYPES = {Initiative.Kind.EVENT: "Event", Initiative.Kind.ORGANISATION: "Organization"}


def describe(initiative, url):
    data = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(initiative.kind, "Project"),
        **_in_their_words(initiative, _WORDS),
        "url": url,
        "location": _location(initiative),
    }
    if data["@type"] == "Event":
        days = _in_their_words(initiative, _OF_EVENT)
        data |= {word: day and day.isoformat() for word, day in days.items()}
    return {name: value for name, value in data.items() if value}


def graph(queryset, pages):
    """The bytes of a graph of all rows of ``queryset`` that are not fictional, in parts.

    ``pages``: the ``base`` of geojson.features.
    """
    yield b'{"@context":"https://schema.org","@graph":['
    separator = b""
    for rows in chunks(queryset.filter(is_sample=False), (), size=500):
        initiatives = Initiative.objects.published().filter(pk__in=[row[0] for row in rows]).order_by("pk")
        for row in initiatives.select_related("municipality", "place"):
            data = describe(row, f"{pages}{row.slug}/")
            del data["@context"]
            yield separator + orjson.dumps({"@id": f"urn:uuid:{row.public_id}"} | data)
            separator = b","
    yield b"]}"


def _in_their_words(initiative, names):
    return {word: reader(INITIATIVE[name])(initiative) for word, name in names.items()}


def _location(initiative):
    where = initiative.place or initiative.municipality
    if where is None:
        return None
    location = {
        "@type": "Place",
        "address": {
            "@type": "PostalAddress",
            "addressLocality": where.name,
            "addressRegion": "Flevoland",
            "addressCountry": "NL",
        },
    }
    if initiative.point and not initiative.is_location_shielded:
        longitude, latitude = initiative.point
        location["geo"] = {"@type": "GeoCoordinates", "longitude": longitude, "latitude": latitude}
    return location
