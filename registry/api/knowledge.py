"""The collections of which there is little: a list and an item of each."""

from django.db.models import F, Q

from registry.api import shapes
from registry.exporting import as_json, expand
from registry.filters import (
    BottleneckFilter,
    CaseFilter,
    FindingFilter,
    InteractionFilter,
    OrganisationFilter,
    SourceFilter,
    TermFilter,
)
from registry.foundation.api.question import Expansion
from registry.foundation.api.views import Collection, Item
from registry.models import Bottleneck, Interaction, Level, Municipality, Organisation, Source, Term


class Levels:
    collection = "niveaus"
    serializer_class = shapes.LevelShape
    lookup_field = "slug"
    queryset = Level.objects.order_by("position")
    shape = staticmethod(as_json.level)


class Bottlenecks:
    collection = "knelpunten"
    serializer_class = shapes.BottleneckShape
    filterset_class = BottleneckFilter
    lookup_field = "code"
    sortings = {"code": "code", "niveau": "level__position"}
    queryset = (
        Bottleneck.objects.published().select_related("merged_into").order_by("level__position", "number")
    )
    shape = staticmethod(as_json.bottleneck)
    expansions = {
        "niveau": Expansion(expand.levels, shapes.LevelShape),
        "bevindingen": Expansion(expand.findings, shapes.FindingShape, is_list=True),
    }


class Cases:
    """With ``expand`` they hold the point of an initiative."""

    is_located = True
    extra = ("crs",)
    collection = "casussen"
    serializer_class = shapes.CaseShape
    filterset_class = CaseFilter
    lookup_field = "slug"
    sortings = {"titel": "title", "gewijzigdOp": "changed_at"}
    expansions = {
        "knelpunten": Expansion(expand.bottlenecks, shapes.BottleneckShape, is_list=True),
        "initiatief": Expansion(expand.initiatives, shapes.InitiativeShape),
    }
    shape = staticmethod(as_json.case)

    def get_queryset(self):
        return as_json.public_cases().order_by("title", "pk")


class Organisations:
    collection = "organisaties"
    serializer_class = shapes.OrganisationShape
    filterset_class = OrganisationFilter
    lookup_field = "slug"
    sortings = {"naam": "name"}
    queryset = Organisation.objects.public().order_by("name")
    shape = staticmethod(as_json.organisation)


class Municipalities:
    collection = "gemeenten"
    serializer_class = shapes.MunicipalityShape
    lookup_field = "code"
    sortings = {"naam": "name", "inwoners": "inhabitants"}
    queryset = Municipality.objects.defer("outline").prefetch_related("places").order_by("name")
    shape = staticmethod(as_json.municipality)


class Sources:
    collection = "bronnen"
    serializer_class = shapes.SourceShape
    filterset_class = SourceFilter
    lookup_field = "slug"
    sortings = {"verwijzing": "citation", "jaar": "year"}
    queryset = Source.objects.order_by("citation", "pk")
    shape = staticmethod(as_json.source)


class Terms:
    collection = "begrippen"
    serializer_class = shapes.TermShape
    filterset_class = TermFilter
    lookup_field = "slug"
    sortings = {"woord": "word"}
    queryset = Term.objects.order_by("word")
    shape = staticmethod(as_json.term)


class Findings:
    collection = "bevindingen"
    serializer_class = shapes.FindingShape
    filterset_class = FindingFilter
    lookup_field = "slug"
    shape = staticmethod(as_json.finding)

    def get_queryset(self):
        return as_json.findings().order_by(F("level__position").asc(nulls_last=True), "position", "pk")


class InteractionList(Collection):
    """An interaction with a bottleneck that is not public yet is not public either."""

    collection = "wisselwerkingen"
    serializer_class = shapes.InteractionShape
    filterset_class = InteractionFilter
    shape = staticmethod(as_json.interaction)

    def get_queryset(self):
        hidden = Q()
        for end in ("from", "to"):
            hidden |= Q(**{f"{end}_bottleneck__status": Bottleneck.Status.CANDIDATE})
        return Interaction.objects.exclude(hidden).select_related("source").order_by("pk")


NOUNS = {
    "niveaus/<str:slug>": Levels,
    "knelpunten/<str:code>": Bottlenecks,
    "casussen/<str:slug>": Cases,
    "organisaties/<str:slug>": Organisations,
    "gemeenten/<str:code>": Municipalities,
    "bronnen/<str:slug>": Sources,
    "begrippen/<str:slug>": Terms,
    "bevindingen/<str:slug>": Findings,
}


def list_of(noun):
    """The view of all of them."""
    return type(f"{noun.__name__}List", (noun, Collection), {"__doc__": noun.__doc__})


def item_of(noun):
    """The view of one of them. An item has no filters: what it takes is how it is shown."""
    off = {"collection": "", "filterset_class": None, "sortings": {}}
    return type(f"{noun.__name__}Item", (noun, Item), off | {"__doc__": noun.__doc__})
