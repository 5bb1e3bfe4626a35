"""The admin, one family of nouns a file. Django loads this package; it loads the rest."""

from registry.admin import (
    bottleneck,
    case,
    delivery,
    initiative,
    job,
    knowledge,
    letter,
    log,
    organisation,
    partner,
    person,
    place,
    proposal,
)

__all__ = [
    "bottleneck",
    "case",
    "delivery",
    "initiative",
    "job",
    "knowledge",
    "letter",
    "log",
    "organisation",
    "partner",
    "person",
    "place",
    "proposal",
]
