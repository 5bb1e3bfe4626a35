"""What comes in and goes out as a spreadsheet, one class for each noun."""

from registry.resources.initiative import (
    CaseResource,
    InitiativeResource,
    LinkResource,
    MentionResource,
    OrganisationResource,
)
from registry.resources.knowledge import (
    BottleneckResource,
    FindingResource,
    InteractionResource,
    LevelResource,
    MunicipalityResource,
    PlaceResource,
    SourceResource,
    TermResource,
)

__all__ = [
    "BottleneckResource",
    "CaseResource",
    "FindingResource",
    "InitiativeResource",
    "InteractionResource",
    "LevelResource",
    "LinkResource",
    "MentionResource",
    "MunicipalityResource",
    "OrganisationResource",
    "PlaceResource",
    "SourceResource",
    "TermResource",
]
