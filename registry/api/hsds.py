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
        asked = _asked(request, self.query)
        rows = self.rows(asked)
        total = len(rows) if isinstance(rows, (list, Chain)) else rows.order_by().count()
        number, size = asked["page"], asked["per_page"]
        pages = max(1, -(-total // size))
        if number > pages:
            raise Http404
        found = self.shape(list(rows[(number - 1) * size : number * size]), asked, base_of(request))
        return Response(
            {
                "total_items": total,
                "total_pages": pages,
                "page_number": number,
                "size": len(found),
                "first_page": number == 1,
                "last_page": number == pages,
                "empty": not found,
                "contents": found,
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

    def rows(self, asked):
        filterset = InitiativeFilter({"zoek": asked["search"]}, queryset=self.base_queryset())
        if filterset.errors:
            raise ValidationError(
                {"search": [reason for found in filterset.errors.values() for reason in found]}
            )
        for name in ("taxonomy_term_id", "taxonomy_id"):
            if asked[name]:
                chosen = _terms().get(str(asked[name]))
                if chosen is None:
                    return Initiative.objects.none()
                narrower = InitiativeFilter(chosen, queryset=filterset.queryset)
                filterset.queryset = narrower.narrowed(filterset.queryset)
        found = filterset.narrowed(filterset.queryset)
        if asked["organization_id"]:
            key = str(asked["organization_id"])
            found = found.filter(
                Q(organisation=_organisations().get(key, 0)) | Q(organisation=None, public_id=key)
            )
        if asked["modified_after"]:
            found = found.with_moment().filter(public_moment__gte=asked["modified_after"])
        return found.order_by("pk").values_list("pk", flat=True)

    def shape(self, keys, asked, base):
        if asked["minimal"]:
            rows = Initiative.objects.filter(pk__in=keys).order_by("pk").with_moment().only("public_id")
            return [hsds.minimal(row) for row in rows]
        rows = hsds.for_services(Initiative.objects.published().filter(pk__in=keys)).order_by("pk")
        found = [self.one(row, base) for row in rows]
        return found if asked["full"] else [hsds.flat(one) for one in found]

    one = staticmethod(hsds.service)


def _terms():
    """The filter of our own that each taxonomy and each term stands for, by its id."""
    known = choices(ContentStamp.current())
    kinds = list(Initiative.Kind)
    return {
        hsds.BOTTLENECKS.id: {"niveau": list(known.levels)},
        hsds.KINDS.id: {"soort": kinds},
        **{hsds.level_id(slug): {"niveau": [slug]} for slug in known.levels},
        **{hsds.bottleneck_id(one.code): {"knelpunt": [one.code]} for one in known.bottlenecks},
        **{hsds.kind_id(kind): {"soort": [kind]} for kind in kinds},
    }


class Service(APIView):
    name = "service"

    def get(self, request, key):
        _asked(request, serializers.Serializer)
        entry, is_moved = survivor(Q(public_id=_uuid(key)))
        if is_moved:
            return _moved(request, self.name, entry)
        found = self.one(hsds.for_services(Initiative.objects.filter(pk=entry.pk)).get(), base_of(request))
        if found is None:
            raise Http404
        return Response(found)

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
    def rows(self, asked):
        own = Initiative.objects.published().filter(organisation=None).order_by("pk")
        return Chain([*_organisations().values()], own)

    def shape(self, rows, asked, base):
        known = Organisation.objects.in_bulk([row for row in rows if isinstance(row, int)])
        rows = [known.get(row, row) for row in rows]
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
    def rows(self, asked):
        return [hsds.taxonomy(one) for one in hsds.TAXONOMIES]

    def shape(self, rows, asked, base):
        return rows


class TaxonomyTerms(Taxonomies):
    query = TermQuery

    def rows(self, asked):
        return [
            term
            for term in _all_terms(base_of(self.request))
            if asked["taxonomy_id"] in (None, UUID(term["taxonomy_id"]))
            and str(asked["parent_id"] or term.get("parent_id")) == str(term.get("parent_id"))
            and not (asked["top_only"] and "parent_id" in term)
        ]


def _all_terms(base):
    bottlenecks = Bottleneck.objects.published().order_by("level__position", "number")
    return [
        *(hsds.level_term(level) for level in Level.objects.all()),
        *(hsds.bottleneck_term(one, base) for one in bottlenecks),
        *(hsds.kind_term(kind) for kind in Initiative.Kind),
    ]


class Taxonomy(APIView):
    def get(self, request, key):
        _asked(request, serializers.Serializer)
        return Response(_with_id([hsds.taxonomy(one) for one in hsds.TAXONOMIES], key))


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
