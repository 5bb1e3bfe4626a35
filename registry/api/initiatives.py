from datetime import UTC
from uuid import UUID

from django.db.models import Q
from django.http import Http404, StreamingHttpResponse
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api import shapes
from registry.api.base import end_of_today, survivor
from registry.api.located import Located
from registry.exporting import as_json, expand, negotiated
from registry.exporting.writers import MEDIA_TYPES, write
from registry.filters import InitiativeFilter
from registry.foundation.api.query_strings import base_of
from registry.foundation.api.views import Collection, Expansion, Item, expanded
from registry.foundation.redirects import moved
from registry.models import Bottleneck, Initiative
from registry.partners.change_feed import changed_since, changes
from registry.search.facets import facets_for

EXPANSIONS = {
    "organisatie": Expansion(expand.organisations, shapes.OrganisationShape),
    "knelpunten": Expansion(expand.bottlenecks, shapes.BottleneckShape, is_list=True),
    "casussen": Expansion(expand.cases, shapes.CaseShape, is_list=True),
}


class Initiatives(Located, Collection):
    """With ``cursor`` and ``gewijzigdSinds`` in the order of change (registry/partners/change_feed.py)."""

    follows = True
    extra = ("gewijzigdSinds", "crs", "bbox-crs")
    renderer_classes = negotiated.RENDERERS
    collection = "initiatieven"
    serializer_class = shapes.InitiativeShape
    filterset_class = InitiativeFilter
    lookup_field = "public_id"
    sortings = {"naam": "name", "gewijzigdOp": "public_moment", "gepubliceerdOp": "published_at"}
    facets = ("gemeente", "kern", "niveau", "knelpunt", "rol", "soort", "activiteit")
    expansions = EXPANSIONS

    def get_queryset(self):
        return Initiative.objects.published().with_moment()

    def check(self, parameters, errors):
        super().check(parameters, errors)
        self.form = self.request.accepted_renderer.format
        if self.form in negotiated.FORMS:
            for name in (
                "page",
                "pageSize",
                "cursor",
                "gewijzigdSinds",
                "sorteer",
                "facetten",
                "velden",
                "expand",
            ):
                if name in parameters:
                    errors.setdefault(name, []).append(
                        "In deze vorm krijgt u altijd de hele selectie. Laat dit weg."
                    )
        self.since = None
        if "gewijzigdSinds" not in parameters:
            return
        self.since = _moment(parameters["gewijzigdSinds"])
        if self.since is None:
            errors.setdefault("gewijzigdSinds", []).append(
                "Geef een moment met tijdzone, zoals 2026-11-23T09:30:00Z."
            )
        for name in ("page", "sorteer", "zoek", "facetten"):
            if name in parameters:
                errors.setdefault(name, []).append("Dit gaat niet samen met gewijzigdSinds. Laat het weg.")

    def get(self, request, *args, **kwargs):
        end_of_order = end_of_today()  # before the order is made
        initiatives = self.filter_queryset(self.get_queryset())
        if self.form in negotiated.FORMS:
            whole = (
                self.filterset.narrowed(self.get_queryset()) if self.filterset.given else self.get_queryset()
            )
            parts = write(self.form, whole, base_of(request))
            return StreamingHttpResponse(parts, content_type=MEDIA_TYPES[self.form])
        if self.since or self.paginator.by_cursor:
            return self.follow(initiatives)
        keys = list(self.paginate_queryset(initiatives.values_list("pk", flat=True)))
        response = self.get_paginated_response(self.items(keys))
        if request.facets:
            response.data["facetten"] = _facets(self.filterset, request.facets)
        if not self.is_sorted:
            response.valid_until = end_of_order
        return response

    def follow(self, initiatives):
        """One page in the order of change; what left the selection is named under ``verwijderd``."""
        pages, filterset = self.paginator, self.filterset
        pages.by_cursor = True
        chosen = filterset.narrowed(self.get_queryset()) if filterset.given else None
        try:
            page = changes(
                size=pages.size,
                since=self.since,
                after=pages.after,
                with_removed=self.since is not None,
                among=None if self.since else chosen,
            )
        except ValueError as wrong:
            raise ValidationError({"cursor": [str(wrong)]}) from wrong
        keys = [trace.initiative for trace in page.traces if not trace.is_removed]
        if self.since and chosen is not None:
            fitting = set(chosen.filter(pk__in=keys).order_by().values_list("pk", flat=True))
            keys = [key for key in keys if key in fitting]
        pages.count(changed_since(self.since) if self.since else pages.total_of(initiatives))
        items = self.items(keys)
        links = {"self": pages.address()}
        if page.after:
            links["next"] = pages.address(cursor=page.after)
        else:
            since = page.moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            links["wijzigingen"] = pages.address(cursor=None, gewijzigdSinds=since)
        if self.since is None:
            return pages.envelope(items, links)
        ids = {item["id"] for item in items}
        gone = [
            {"id": str(trace.public_id), "tijdstip": as_json.moment(trace.changed_at)}
            for trace in page.traces
            if str(trace.public_id) not in ids
        ]
        return pages.envelope(items, links, verwijderd=gone)

    def items(self, keys):
        return expanded(self, as_json.initiatives(keys, base_of(self.request)))


class BottleneckInitiatives(Initiatives):
    """The initiatives with a link to one bottleneck; ``rol`` says which links."""

    def fixed(self):
        code = self.kwargs["code"]
        if not Bottleneck.objects.published().filter(code=code).exists():
            raise Http404
        return {"knelpunt": code}


class InitiativeItem(Located, Item):
    serializer_class = shapes.InitiativeShape
    expansions = EXPANSIONS

    def get(self, request, key):
        self.filter_queryset(Initiative.objects.none())
        entry, is_moved = survivor(_named(key))
        base = base_of(request)
        if is_moved:
            return moved(request, f"{as_json.api(base)}/initiatieven/{entry.public_id}")
        items = expanded(self, as_json.initiatives([entry.pk], base))
        if not items:  # withdrawn between the two readings
            raise Http404
        return Response(items[0])


def _named(key):
    """By the id, which stays, or by the slug as in the address of the page."""
    try:
        return Q(public_id=UUID(key))
    except ValueError:
        return Q(slug=key)


def _moment(text):
    # A + that was not encoded arrives as a blank.
    try:
        moment = parse_datetime(text.replace(" ", "+"))
        return moment and moment.tzinfo and moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _facets(filterset, names):
    return {
        facet.name: [
            {"waarde": option.value, "naam": option.label, "aantal": option.count} for option in facet.options
        ]
        for facet in facets_for(filterset)
        if facet.name in names
    }


class CoordinateSystems(APIView):
    """Those in which locations can be had: one."""

    def get(self, request):
        return Response({"crs": [negotiated.CRS84]})
