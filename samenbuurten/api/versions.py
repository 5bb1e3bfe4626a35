"""What changed in the API, and what will go: the page about versions and the headers read it here."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

PAGE = "/api/versies/#verdwijnt"


@dataclass(frozen=True)
class Version:
    number: str
    on: date
    changes: tuple


# The newest first: it is the version of the API.
VERSIONS = (
    Version(
        "1.0.0",
        date(2026, 11, 23),
        (_("De eerste versie: alle collecties, resultaten van metingen, en volgen wat er wijzigt."),),
    ),
)


@dataclass(frozen=True)
class Deprecation:
    """What will go: every address under ``path``, from the day ``sunset`` on."""

    path: str
    since: date
    sunset: date
    instead: str


# Empty as long as nothing goes. Answers then carry the headers of RFC 9745 and RFC 8594.
DEPRECATIONS = ()


def headers_for(path):
    """The headers that say until when this address stays; none for what stays."""
    for deprecation in DEPRECATIONS:
        if path == deprecation.path or path.startswith(f"{deprecation.path}/"):
            since, sunset = (
                datetime.combine(day, time(), UTC) for day in (deprecation.since, deprecation.sunset)
            )
            return {
                "Deprecation": f"@{int(since.timestamp())}",
                "Sunset": http_date(sunset.timestamp()),
                "Link": f'<{PAGE}>; rel="deprecation"',
            }
    return {}
