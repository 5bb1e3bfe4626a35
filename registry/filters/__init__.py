"""One filter a noun: page, map, feed, export and API give the same rows for the same query string."""

from registry.filters.initiatives import InitiativeFilter
from registry.filters.knowledge import (
    BottleneckFilter,
    CaseFilter,
    FindingFilter,
    InteractionFilter,
    OrganisationFilter,
    SourceFilter,
    TermFilter,
)

__all__ = [
    "BottleneckFilter",
    "CaseFilter",
    "FindingFilter",
    "InitiativeFilter",
    "InteractionFilter",
    "OrganisationFilter",
    "SourceFilter",
    "TermFilter",
]
