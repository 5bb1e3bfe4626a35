"""The admin, one family of nouns a file. Django loads this package; it loads the rest."""

from registry.admin import (
    bottleneck,
    case,
    decision,
    delivery,
    initiative,
    job,
    knowledge,
    letter,
    organisation,
    partner,
    person,
    place,
    proposal,
)

__all__ = [
    "bottleneck",
    "case",
    "decision",
    "delivery",
    "initiative",
    "job",
    "knowledge",
    "letter",
    "organisation",
    "partner",
    "person",
    "place",
    "proposal",
]
