"""An initiative in the words of schema.org, for search engines: only what its page says as well."""

from registry.models import Initiative

_TYPES = {Initiative.Kind.EVENT: "Event", Initiative.Kind.ORGANISATION: "Organization"}


def describe(initiative, url):
    data = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(initiative.kind, "Project"),
        "name": initiative.name,
        "alternateName": initiative.aliases,
        "description": initiative.summary,
        "url": url,
        "sameAs": initiative.website,
        "location": _location(initiative),
    }
    if data["@type"] == "Event":
        data |= {"startDate": _date(initiative.starts_on), "endDate": _date(initiative.ends_on)}
    return {name: value for name, value in data.items() if value}


def _date(value):
    return value.isoformat() if value else None


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
