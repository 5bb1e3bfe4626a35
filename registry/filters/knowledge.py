"""The filters on what there is little of; ``zoek`` finds what the search page finds, in the same order."""

import django_filters
from django.db.models import Case as Choose
from django.db.models import Q, Value, When
from django.utils.translation import gettext_lazy as _

from registry.filters.fields import bottleneck, level, municipality, offer, unknown, words
from registry.models import (
    Bottleneck,
    Case,
    ContentStamp,
    Finding,
    Interaction,
    Link,
    Organisation,
    Source,
    Term,
)
from registry.search.options import choices
from registry.search.query import matching
from registry.search.understanding import understand


class KnowledgeFilter(django_filters.FilterSet):
    """``kind``: what the search page calls these; ``key``: the field that its documents name them by."""

    kind, key = "", "slug"

    def __init__(self, data=None, queryset=None, **kwargs):
        super().__init__(data or {}, queryset, **kwargs)
        self.versions = ContentStamp.versions()
        offer(self, choices(self.versions))

    def filter_queryset(self, queryset):
        return queryset.none() if self.errors else super().filter_queryset(queryset)

    def search(self, queryset, name, value):
        words = understand(value, self.versions)
        keys = [document.key for document in matching(words, self.versions)[self.kind]] if words else []
        if not keys:
            return queryset.none()
        place = Choose(*(When(**{self.key: key}, then=Value(number)) for number, key in enumerate(keys)))
        return queryset.filter(**{f"{self.key}__in": keys}).order_by(place)


class BottleneckFilter(KnowledgeFilter):
    kind, key = "knelpunt", "code"
    zoek = words(method="search")
    niveau = level(field_name="level")
    gemeente = municipality(method="linked_in")
    status = django_filters.ChoiceFilter(
        choices=[choice for choice in Bottleneck.Status.choices if choice[0] != Bottleneck.Status.CANDIDATE],
        label=_("Status"),
        **unknown(_("De status ‘%(value)s’ bestaat niet. Kies actief, samengevoegd of vervallen.")),
    )
    herkomst = django_filters.ChoiceFilter(
        field_name="origin",
        choices=Bottleneck.Origin.choices,
        label=_("Herkomst"),
        **unknown(_("De herkomst ‘%(value)s’ bestaat niet. Kies een herkomst uit de lijst.")),
    )

    class Meta:
        model = Bottleneck
        fields = []

    def linked_in(self, queryset, name, value):
        """Those that an initiative in one of these municipalities faces or tackles."""
        links = Link.objects.public().filter(initiative__municipality__in=value)
        return queryset.filter(pk__in=links.values("bottleneck")) if value else queryset


class CaseFilter(KnowledgeFilter):
    kind = "casus"
    zoek = words(method="search")
    gemeente = municipality(method="within")
    knelpunt = bottleneck(field_name="bottlenecks")
    initiatief = django_filters.UUIDFilter(
        field_name="initiative__public_id",
        label=_("Initiatief"),
        error_messages={"invalid": _("Geef de id van een initiatief, zoals in het veld id.")},
    )

    class Meta:
        model = Case
        fields = []

    def within(self, queryset, name, value):
        """Its own municipality, else that of its initiative."""
        own = Q(municipality__in=value)
        return (
            queryset.filter(own | Q(municipality=None, initiative__municipality__in=value))
            if value
            else queryset
        )


class OrganisationFilter(KnowledgeFilter):
    gemeente = municipality(field_name="municipality")

    class Meta:
        model = Organisation
        fields = []


class SourceFilter(KnowledgeFilter):
    class Meta:
        model = Source
        fields = []


class TermFilter(KnowledgeFilter):
    kind = "begrip"
    zoek = words(method="search")

    class Meta:
        model = Term
        fields = []


class FindingFilter(KnowledgeFilter):
    kind = "bevinding"
    zoek = words(method="search")
    niveau = level(field_name="level")
    knelpunt = bottleneck(field_name="bottlenecks")
    gemeente = municipality(field_name="municipalities")

    class Meta:
        model = Finding
        fields = []


class InteractionFilter(KnowledgeFilter):
    niveau = level(method="at")
    knelpunt = bottleneck(method="about")

    class Meta:
        model = Interaction
        fields = []

    def at(self, queryset, name, value):
        """Either end is at the level, or is a bottleneck of it."""
        ends = Q()
        for end in ("from", "to"):
            ends |= Q(**{f"{end}_level__in": value}) | Q(**{f"{end}_bottleneck__level__in": value})
        return queryset.filter(ends) if value else queryset

    def about(self, queryset, name, value):
        return (
            queryset.filter(Q(from_bottleneck__in=value) | Q(to_bottleneck__in=value)) if value else queryset
        )
