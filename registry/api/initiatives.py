from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponsePermanentRedirect
from rest_framework.response import Response

from registry import representation
from registry.api.base import Collection, Item, base_of
from registry.api.shapes import InitiativeShape
from registry.facets import facets_for
from registry.filters import InitiativeFilter
from registry.models import Bottleneck, Initiative, Status


def _by_key(rows, of):
    return {row: of.get(row, []) for row in rows}


def _cases(keys, base):
    return _by_key(keys, representation.cases_of(keys, base))


EXPANSIONS = {"casussen": _cases}


class Initiatives(Collection):
    collection = "initiatieven"
    serializer_class = InitiativeShape
    filterset_class = InitiativeFilter
    lookup_field = "public_id"
    sortings = {"naam": "name", "gewijzigdOp": "changed_at", "gepubliceerdOp": "published_at"}
    facets = ("gemeente", "kern", "niveau", "knelpunt", "rol", "soort", "activiteit")
    expansions = EXPANSIONS

    def get_queryset(self):
        return Initiative.objects.published()

    def get(self, request, *args, **kwargs):
        found = self.filter_queryset(self.get_queryset())
        keys = list(self.paginate_queryset(found.values_list("pk", flat=True)))
        response = self.get_paginated_response(self.items(keys))
        if request.facets:
            response.data["facetten"] = _facets(self.filterset, request.facets)
        # Without an order of one's own the list has the neutral order of the day.
        response.is_of_today = not self.is_sorted
        return response

    def items(self, keys):
        base = base_of(self.request)
        items = representation.initiatives(keys, base)
        for name in self.request.expand:
            for item, part in zip(items, self.expansions[name](keys, base).values(), strict=True):
                item.setdefault("_embedded", {})[name] = part
        return items


class BottleneckInitiatives(Initiatives):
    """The initiatives with a link to one bottleneck; ``rol`` says which links."""

    def fixed(self):
        code = self.kwargs["code"]
        if not Bottleneck.objects.published().filter(code=code).exists():
            raise Http404
        return {"knelpunt": code}


class InitiativeItem(Item):
    serializer_class = InitiativeShape
    expansions = EXPANSIONS

    def get(self, request, key):
        self.filter_queryset(Initiative.objects.none())
        asked = Initiative.objects.filter(_named(key)).select_related("merged_into").first()
        entry = asked and asked.survivor
        if entry is None or entry.status != Status.PUBLISHED:
            raise Http404
        if entry != asked:
            return HttpResponsePermanentRedirect(
                f"{representation.api(base_of(request))}/initiatieven/{entry.public_id}"
            )
        return Response(Initiatives.items(self, [entry.pk])[0])


def _named(key):
    """By the id, which stays, or by the slug as in the address of the page."""
    try:
        return Q(public_id=UUID(key))
    except ValueError:
        return Q(slug=key)


def _facets(filterset, names):
    return {
        facet.name: [
            {"waarde": option.value, "naam": option.label, "aantal": option.count} for option in facet.options
        ]
        for facet in facets_for(filterset)
        if facet.name in names
    }
