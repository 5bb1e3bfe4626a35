"""What the world sees of each noun, declared once. Import the nouns from here."""

from registry.models.public.initiative import INITIATIVE
from registry.models.public.knowledge import (
    BOTTLENECK,
    CASE,
    FINDING,
    INTERACTION,
    LEVEL,
    MUNICIPALITY,
    ORGANISATION,
    SOURCE,
    TERM,
)
from registry.models.public.parts import LINK, MENTION, PLACE

__all__ = [
    "BOTTLENECK",
    "CASE",
    "FINDING",
    "INITIATIVE",
    "INTERACTION",
    "LEVEL",
    "LINK",
    "MENTION",
    "MUNICIPALITY",
    "ORGANISATION",
    "PLACE",
    "SOURCE",
    "TERM",
]
