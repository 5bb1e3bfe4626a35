"""The directory as HSDS 3.0 describes it, read only: what each address takes, and which rows it gives."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.base import survivor
from registry.exporting import hsds
from registry.filters import InitiativeFilter
from registry.foundation.api.query_strings import base_of, wrong_names
from registry.foundation.cache import kept
from registry.foundation.redirects import moved
from registry.models import Bottleneck, ContentStamp, Initiative, Level, Organisation
from registry.search.options import choices
from registry.search.synonyms import MAX_LENGTH


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
    modified_after = serializers.DateTimeField(default=None)
    full = serializers.BooleanField(default=False)
    minimal = serializers.BooleanField(default=False)


def _asked(request, query):
    """The parameters as data; ValidationError with all that is wrong, unknown names included."""
    form = query(data=request.query_params.dict())
    form.is_valid()
    errors = dict(form.errors)
    errors |= wrong_names(request.query_params, form.fields)
    if errors:
        raise ValidationError(errors)
    return form.validated_data


class Root(APIView):
    def get(self, request):
        return Response({"version": hsds.VERSION, "profile": hsds.PROFILE, "openapi_url": hsds.OPENAPI})


class Listing(APIView):
    """``rows(asked)`` is a queryset or list, ``shape(rows, asked, base)`` their contents."""

    query = PageQuery

    def get(self, request):
        parameters = _asked(request, self.query)
        rows = self.rows(parameters)
        total = len(rows) if isinstance(rows, (list, Chain)) else rows.order_by().count()
        number, size = parameters["page"], parameters["per_page"]
        pages = max(1, -(-total // size))
        if number > pages:
            raise Http404
        items = self.shape(list(rows[(number - 1) * size : number * size]), parameters, base_of(request))
        return Response(
            {
                "total_items": total,
                "total_pages": pages,
                "page_number": number,
                "size": len(items),
                "first_page": number == 1,
                "last_page": number == pages,
                "empty": not items,
                "contents": items,
            }
        )


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


def _uuid(key):
    try:
        return UUID(key)
    except ValueError as wrong:
        raise Http404 from wrong


def _moved(request, name, entry):
    return moved(request, base_of(request) + reverse(f"hsds:{name}", args=[entry.public_id]))


def _organisations():
    """The primary key of each public organisation by its id in HSDS, in the order of their names."""
    rows = Organisation.objects.public().order_by("name", "pk").values_list("pk", flat=True)
    return kept(
        ContentStamp.current(), "hsds organizations", lambda: {hsds.organisation_id(pk): pk for pk in rows}
    )


class Services(Listing):
    query = ServiceQuery
    base_queryset = staticmethod(Initiative.objects.published)

    def rows(self, parameters):
        filterset = InitiativeFilter({"zoek": parameters["search"]}, queryset=self.base_queryset())
        if filterset.errors:
            raise ValidationError(
                {"search": [reason for reasons in filterset.errors.values() for reason in reasons]}
            )
        for name in ("taxonomy_term_id", "taxonomy_id"):
            if parameters[name]:
                chosen = _terms().get(str(parameters[name]))
                if chosen is None:
                    return Initiative.objects.none()
                narrower = InitiativeFilter(chosen, queryset=filterset.queryset)
                filterset.queryset = narrower.narrowed(filterset.queryset)
        services = filterset.narrowed(filterset.queryset)
        if parameters["organization_id"]:
            key = str(parameters["organization_id"])
            services = services.filter(
                Q(organisation=_organisations().get(key, 0)) | Q(organisation=None, public_id=key)
            )
        if parameters["modified_after"]:
            services = services.with_moment().filter(public_moment__gte=parameters["modified_after"])
        return services.order_by("pk").values_list("pk", flat=True)

    def shape(self, keys, parameters, base):
        if parameters["minimal"]:
            rows = Initiative.objects.filter(pk__in=keys).order_by("pk").with_moment().only("public_id")
            return [hsds.minimal(row) for row in rows]
        rows = hsds.for_services(Initiative.objects.published().filter(pk__in=keys)).order_by("pk")
        services = [self.one(row, base) for row in rows]
        return services if parameters["full"] else [hsds.flat(service) for service in services]

    one = staticmethod(hsds.service)


def _terms():
    """The filter of our own that each taxonomy and each term stands for, by its id."""
    choices_now = choices(ContentStamp.current())
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


class Service(APIView):
    name = "service"

    def get(self, request, key):
        _asked(request, serializers.Serializer)
        entry, is_moved = survivor(Q(public_id=_uuid(key)))
        if is_moved:
            return _moved(request, self.name, entry)
        service = self.one(hsds.for_services(Initiative.objects.filter(pk=entry.pk)).get(), base_of(request))
        if service is None:
            raise Http404
        return Response(service)

    one = staticmethod(hsds.service)


def _service_at_location(initiative, base):
    return hsds.service_at_location(initiative)


class ServiceAtLocations(Services):
    one = staticmethod(_service_at_location)

    @staticmethod
    def base_queryset():
        placed = Q(municipality__isnull=False) | Q(place__isnull=False) | Q(longitude__isnull=False)
        return Initiative.objects.published().filter(placed)


class ServiceAtLocation(Service):
    name = "service-at-location"
    one = staticmethod(_service_at_location)


class Organizations(Listing):
    def rows(self, parameters):
        own = Initiative.objects.published().filter(organisation=None).order_by("pk")
        return Chain([*_organisations().values()], own)

    def shape(self, rows, parameters, base):
        organisations = Organisation.objects.in_bulk([row for row in rows if isinstance(row, int)])
        rows = [organisations.get(row, row) for row in rows]
        return [hsds.organization(row, base) for row in rows if not isinstance(row, int)]


class Organization(APIView):
    def get(self, request, key):
        _asked(request, serializers.Serializer)
        pk = _organisations().get(str(_uuid(key)))
        if pk:
            return Response(hsds.organization(Organisation.objects.get(pk=pk), base_of(request)))
        entry, is_moved = survivor(Q(public_id=_uuid(key)))
        if entry.organisation_id:
            raise Http404
        if is_moved:
            return _moved(request, "organization", entry)
        return Response(hsds.organization(entry, base_of(request)))


class Taxonomies(Listing):
    def rows(self, parameters):
        return [hsds.taxonomy(name) for name in hsds.TAXONOMIES]

    def shape(self, rows, parameters, base):
        return rows


class TaxonomyTerms(Taxonomies):
    query = TermQuery

    def rows(self, parameters):
        return [
            term
            for term in _all_terms(base_of(self.request))
            if parameters["taxonomy_id"] in (None, UUID(term["taxonomy_id"]))
            and str(parameters["parent_id"] or term.get("parent_id")) == str(term.get("parent_id"))
            and not (parameters["top_only"] and "parent_id" in term)
        ]


def _all_terms(base):
    bottlenecks = Bottleneck.objects.published().order_by("level__position", "number")
    return [
        *(hsds.level_term(level) for level in Level.objects.all()),
        *(hsds.bottleneck_term(bottleneck, base) for bottleneck in bottlenecks),
        *(hsds.kind_term(kind) for kind in Initiative.Kind),
    ]


class Taxonomy(APIView):
    def get(self, request, key):
        _asked(request, serializers.Serializer)
        return Response(_with_id([hsds.taxonomy(name) for name in hsds.TAXONOMIES], key))


class TaxonomyTerm(APIView):
    def get(self, request, key):
        _asked(request, serializers.Serializer)
        return Response(_with_id(_all_terms(base_of(request)), key))


def _with_id(rows, key):
    wanted = str(_uuid(key))
    for row in rows:
        if row["id"] == wanted:
            return row
    raise Http404
