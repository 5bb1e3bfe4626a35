"""What changed in the API, and what will go: the page about versions and the headers read it here."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Version:
    number: str
    on: date
    changes: tuple


# The newest first; a test holds it equal to VERSION.
VERSIONS = (
    Version(
        "1.0.0",
        date(2026, 11, 23),
        (_("De eerste versie: alle collecties, resultaten van metingen, en volgen wat er wijzigt."),),
    ),
)
