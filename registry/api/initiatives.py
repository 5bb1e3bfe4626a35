from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from rest_framework.response import Response

from registry.api import shapes
from registry.api.base import survivor
from registry.exporting import as_json, expand, negotiated
from registry.exporting.writers import MEDIA_TYPES, write
from registry.filters import InitiativeFilter
from registry.foundation.api.question import CRS84, Expansion
from registry.foundation.api.views import Collection, Endpoint, Item, Page, number_of_pages
from registry.foundation.redirects import moved
from registry.models import Bottleneck, Initiative
from registry.partners.change_feed import changed_since, changes, read_cursor
from registry.search.options import facets_for, total_of

EXPANSIONS = {
    "organisatie": Expansion(expand.organisations, shapes.OrganisationShape),
    "knelpunten": Expansion(expand.bottlenecks, shapes.BottleneckShape, is_list=True),
    "casussen": Expansion(expand.cases, shapes.CaseShape, is_list=True),
}


class Initiatives(Collection):
    """With ``cursor`` and ``gewijzigdSinds`` in the order of change (registry/partners/change_feed.py).

    Rows are the keys of initiatives.
    """

    follows = True
    is_located = True
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

    def answer(self, question):
        if question.format in negotiated.FORMATS:
            parts = write(question.format, self.selection(question), question.base)
            return StreamingHttpResponse(parts, content_type=MEDIA_TYPES[question.format])
        if question.by_cursor:
            return self.follow(question)
        end_of_order = _end_of_today()  # before the order is made
        response = super().answer(question)
        if question.facets:
            response.data["facetten"] = _facets(question)
        if not question.order:
            response.valid_until = end_of_order
        return response

    def read_cursor(self, cursor):
        read_cursor(cursor)
        return cursor

    def selection(self, question):
        """What passes the filters, in no order."""
        rows = self.get_queryset()
        return question.filters.narrowed(rows) if question.filters.given else rows

    def rows(self, question):
        if question.order:
            return super().rows(question).values_list("pk", flat=True)
        return _InOrder(question.filters)

    def total(self, rows, question):
        return total_of(question.filters)

    def items(self, rows, question):
        return self.expanded(as_json.initiatives(rows, question.base), question)

    def follow(self, question):
        """One page in the order of change; what left the selection is named under ``verwijderd``."""
        since = question.since
        chosen = self.selection(question) if question.filters.given else None
        page = changes(
            size=question.size,
            since=since,
            after=question.after,
            with_removed=since is not None,
            among=None if since else chosen,
        )
        keys = [trace.initiative for trace in page.traces if not trace.is_removed]
        if since and chosen is not None:
            fitting = set(chosen.filter(pk__in=keys).order_by().values_list("pk", flat=True))
            keys = [key for key in keys if key in fitting]
        total = changed_since(since) if since else self.total(self.rows(question), question)
        items = self.items(keys, question)
        more = {} if since is None else {"verwijderd": _gone(page.traces, items)}
        answered = Page(keys, total, number_of_pages(total, question.size), page.after, page.moment)
        return self.envelope(items, answered, question, **more)

    def links(self, page, question):
        if not question.by_cursor:
            return super().links(page, question)
        links = {"self": question.link()}
        if page.following:
            return links | {"next": question.link(cursor=page.following)}
        since = page.moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return links | {"wijzigingen": question.link(cursor=None, gewijzigdSinds=since)}


class _InOrder:
    """The keys of what passes the filters, in the order in which to show them; read by the slice."""

    def __init__(self, filterset):
        self.filterset = filterset

    def __getitem__(self, places):
        return self.filterset.keys_in_order(places.start, places.stop)


class BottleneckInitiatives(Initiatives):
    """The initiatives with a link to one bottleneck; ``rol`` says which links."""

    in_path = {"knelpunt": "code"}

    def fixed(self):
        if not Bottleneck.objects.published().filter(code=self.kwargs["code"]).exists():
            raise Http404
        return super().fixed()


class InitiativeItem(Item):
    is_located = True
    extra = ("crs",)
    serializer_class = shapes.InitiativeShape
    expansions = EXPANSIONS

    def answer(self, question):
        entry, is_moved = survivor(_named(self.kwargs["key"]))
        if is_moved:
            return moved(self.request, f"{as_json.api(question.base)}/initiatieven/{entry.public_id}")
        # Nothing is left of one that was withdrawn between the two readings.
        return self.show(self.items([entry.pk], question), question)

    def items(self, rows, question):
        return self.expanded(as_json.initiatives(rows, question.base), question)


def _named(key):
    """By the id, which stays, or by the slug as in the address of the page."""
    try:
        return Q(public_id=UUID(key))
    except ValueError:
        return Q(slug=key)


def _end_of_today():
    """When what is in the neutral order of the day gets another one."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time.min))


def _gone(traces, items):
    """What changed and is not among the items: no longer public, or no longer in the selection."""
    ids = {item["id"] for item in items}
    return [
        {"id": str(trace.public_id), "tijdstip": as_json.moment(trace.changed_at)}
        for trace in traces
        if str(trace.public_id) not in ids
    ]


def _facets(question):
    return {
        facet.name: [
            {"waarde": option.value, "naam": option.label, "aantal": option.count} for option in facet.options
        ]
        for facet in facets_for(question.filters)
        if facet.name in question.facets
    }


class CoordinateSystems(Endpoint):
    """Those in which locations can be had: one."""

    def get(self, request):
        return Response({"crs": [CRS84]})
