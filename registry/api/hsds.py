"""The directory as HSDS 3.0 describes it, read only: what each address takes, and which rows it gives."""

from dataclasses import dataclass
from datetime import UTC
from functools import reduce
from operator import and_
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from registry.api.base import survivor
from registry.exporting import hsds
from registry.filters import InitiativeFilter
from registry.foundation.api.views import Collection, Endpoint, Item
from registry.foundation.cache import kept
from registry.foundation.redirects import moved
from registry.models import Bottleneck, ContentStamp, Initiative, Level, Organisation
from registry.search.options import choices, passing
from registry.search.sets import all_sets
from registry.search.understanding import MAX_LENGTH


class MomentField(serializers.DateTimeField):
    def enforce_timezone(self, value):
        try:
            return super().enforce_timezone(value).astimezone(UTC)  # as the database asks it
        except OverflowError:
            self.fail("overflow")


class PageQuery(serializers.Serializer):
    page = serializers.IntegerField(min_value=1, max_value=10**9, default=1)
    per_page = serializers.IntegerField(min_value=1, max_value=100, default=25)
    format = serializers.ChoiceField(["json"], default="json")


class TermQuery(PageQuery):
    taxonomy_id = serializers.UUIDField(default=None)
    parent_id = serializers.UUIDField(default=None)
    top_only = serializers.BooleanField(default=False)


class ServiceQuery(PageQuery):
    search = serializers.CharField(max_length=MAX_LENGTH, allow_blank=True, default="")
    taxonomy_term_id = serializers.UUIDField(default=None)
    taxonomy_id = serializers.UUIDField(default=None)
    organization_id = serializers.UUIDField(default=None)
    modified_after = MomentField(default=None)
    full = serializers.BooleanField(default=False)
    minimal = serializers.BooleanField(default=False)


class Root(Endpoint):
    def get(self, request):
        return Response({"version": hsds.VERSION, "profile": hsds.PROFILE, "openapi_url": hsds.OPENAPI})


class Listing(Collection):
    """A list of HSDS, in the envelope that HSDS asks for.

    ``rows(question)`` is a queryset or list; what was asked of it is in ``question.values``.
    """

    collection = "contents"
    parameters_class = PageQuery

    def total(self, rows, question):
        return len(rows) if isinstance(rows, (list, Chain)) else rows.order_by().count()

    def envelope(self, items, page, question):
        return Response(
            {
                "total_items": page.total,
                "total_pages": page.pages,
                "page_number": question.page,
                "size": len(items),
                "first_page": question.page == 1,
                "last_page": question.page == page.pages,
                "empty": not items,
                self.collection: items,
            }
        )


class One(Item):
    """One of a list of HSDS. It takes no parameters, and is named by its id."""

    parameters_class = serializers.Serializer

    @property
    def id(self):
        try:
            return UUID(self.kwargs["key"])
        except ValueError as wrong:
            raise Http404 from wrong


class OneInitiative(One):
    """One initiative, or where it went when it was merged: the address called ``name`` of what is left."""

    name = ""

    def answer(self, question):
        entry, is_moved = survivor(Q(public_id=self.id))
        if not self.holds(entry):
            raise Http404
        if is_moved:
            return moved(self.request, question.base + reverse(f"hsds:{self.name}", args=[entry.public_id]))
        return self.show(self.items([entry], question), question)

    def holds(self, initiative):
        """Whether the list has this one."""
        return True


@dataclass(frozen=True)
class Chain:
    """Two lists of rows as one."""

    first: list
    second: object

    def __len__(self):
        return len(self.first) + self.second.count()

    def __getitem__(self, part):
        gone = len(self.first)
        head = self.first[part]
        return head + list(self.second[max(0, part.start - gone) : max(0, part.stop - gone)])


def _organisations():
    """The primary key of each public organisation by its id in HSDS, in the order of their names."""
    rows = Organisation.objects.public().order_by("name", "pk").values_list("pk", flat=True)
    return kept(
        ContentStamp.current(), "hsds organizations", lambda: {hsds.organisation_id(pk): pk for pk in rows}
    )


class Services(Listing):
    """Rows are the keys of initiatives."""

    parameters_class = ServiceQuery

    def get_queryset(self):
        return Initiative.objects.published()

    def rows(self, question):
        services, values = self.get_queryset(), question.values
        filtersets = _filtersets(values)
        if filtersets is None:
            return Initiative.objects.none()
        for filterset in filtersets:
            services = filterset.narrowed(services)
        if values["organization_id"]:
            key = str(values["organization_id"])
            services = services.filter(
                Q(organisation=_organisations().get(key, 0)) | Q(organisation=None, public_id=key)
            )
        if values["modified_after"]:
            services = services.with_moment().filter(public_moment__gte=values["modified_after"])
        return services.order_by("pk").values_list("pk", flat=True)

    def total(self, rows, question):
        values = question.values
        filtersets = _filtersets(values)
        if filtersets is None or values["organization_id"] or values["modified_after"]:
            return super().total(rows, question)
        public = all_sets(ContentStamp.versions()).public
        return len(reduce(and_, (passing(filterset) for filterset in filtersets), public))

    def items(self, rows, question):
        if question.values["minimal"]:
            least = Initiative.objects.filter(pk__in=rows).order_by("pk").with_moment().only("public_id")
            return [hsds.minimal(initiative) for initiative in least]
        initiatives = hsds.for_services(Initiative.objects.published().filter(pk__in=rows)).order_by("pk")
        services = super().items(initiatives, question)
        return services if question.values["full"] else [hsds.flat(service) for service in services]

    shape = staticmethod(hsds.service)


def _filtersets(values):
    """What narrows the services, as filters of our own; None when nothing can pass."""
    selections = list(_selections(values))
    if None in selections:
        return None
    filtersets = [InitiativeFilter(selection) for selection in selections]
    reasons = [
        reason for filterset in filtersets for errors in filterset.errors.values() for reason in errors
    ]
    if reasons:
        raise ValidationError({"search": reasons})
    return filtersets


def _selections(values):
    """The query strings of those filters; None for a term that is not there."""
    if values["search"]:
        yield {"zoek": values["search"]}
    for name in ("taxonomy_term_id", "taxonomy_id"):
        if values[name]:
            yield _terms().get(str(values[name]))


def _terms():
    """The filter of our own that each taxonomy and each term stands for, by its id."""
    choices_now = choices(ContentStamp.versions())
    kinds = list(Initiative.Kind)
    return {
        hsds.BOTTLENECKS.id: {"niveau": list(choices_now.levels)},
        hsds.KINDS.id: {"soort": kinds},
        **{hsds.level_id(slug): {"niveau": [slug]} for slug in choices_now.levels},
        **{
            hsds.bottleneck_id(bottleneck.code): {"knelpunt": [bottleneck.code]}
            for bottleneck in choices_now.bottlenecks
        },
        **{hsds.kind_id(kind): {"soort": [kind]} for kind in kinds},
    }


class Service(OneInitiative):
    name = "service"
    shape = staticmethod(hsds.service)

    def items(self, rows, question):
        keys = [initiative.pk for initiative in rows]
        services = super().items(hsds.for_services(Initiative.objects.filter(pk__in=keys)), question)
        return [service for service in services if service is not None]


def _service_at_location(initiative, base):
    return hsds.service_at_location(initiative)


class ServiceAtLocations(Services):
    shape = staticmethod(_service_at_location)

    def get_queryset(self):
        placed = Q(municipality__isnull=False) | Q(place__isnull=False) | Q(longitude__isnull=False)
        return super().get_queryset().filter(placed)


class ServiceAtLocation(Service):
    name = "service-at-location"
    shape = staticmethod(_service_at_location)


class Organizations(Listing):
    """Rows are the keys of organisations, then the initiatives that nobody runs."""

    shape = staticmethod(hsds.organization)

    def rows(self, question):
        own = Initiative.objects.published().filter(organisation=None).order_by("pk")
        return Chain([*_organisations().values()], own)

    def items(self, rows, question):
        organisations = Organisation.objects.in_bulk([row for row in rows if isinstance(row, int)])
        rows = [organisations.get(row, row) for row in rows]
        return super().items([row for row in rows if not isinstance(row, int)], question)


class Organization(OneInitiative):
    name = "organization"
    shape = staticmethod(hsds.organization)

    def answer(self, question):
        pk = _organisations().get(str(self.id))
        if pk is None:
            return super().answer(question)
        return self.show(self.items([Organisation.objects.get(pk=pk)], question), question)

    def holds(self, initiative):
        # One that an organisation runs is no organization of its own.
        return initiative.organisation_id is None


class Taxonomies(Listing):
    """Rows are what HSDS shows."""

    def rows(self, question):
        return [hsds.taxonomy(name) for name in hsds.TAXONOMIES]

    def items(self, rows, question):
        return rows


class TaxonomyTerms(Taxonomies):
    parameters_class = TermQuery

    def rows(self, question):
        values = question.values
        return [
            term
            for term in _all_terms(question.base)
            if values["taxonomy_id"] in (None, UUID(term["taxonomy_id"]))
            and str(values["parent_id"] or term.get("parent_id")) == str(term.get("parent_id"))
            and not (values["top_only"] and "parent_id" in term)
        ]


def _all_terms(base):
    bottlenecks = Bottleneck.objects.published().order_by("level__position", "number")
    return [
        *(hsds.level_term(level) for level in Level.objects.all()),
        *(hsds.bottleneck_term(bottleneck, base) for bottleneck in bottlenecks),
        *(hsds.kind_term(kind) for kind in Initiative.Kind),
    ]


class Taxonomy(One):
    def answer(self, question):
        taxonomies = [hsds.taxonomy(name) for name in hsds.TAXONOMIES]
        return self.show([taxonomy for taxonomy in taxonomies if taxonomy["id"] == str(self.id)], question)


class TaxonomyTerm(One):
    def answer(self, question):
        terms = _all_terms(question.base)
        return self.show([term for term in terms if term["id"] == str(self.id)], question)
