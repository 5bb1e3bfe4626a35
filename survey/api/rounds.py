"""Rounds with published results, and those results: never of a round that is open."""

from django.http import Http404
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.response import Response

from registry.foundation.api.query_strings import base_of
from registry.foundation.api.views import Collection, Item
from survey.api import representation
from survey.api.shapes import ResultsShape, RoundShape
from survey.models import Publication, Round


class Timed:
    """Says until when an answer is right: results come out when their round closes, though nobody writes then."""

    valid_until = None

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        self.valid_until = Round.objects.published().next_closing()

    def finalize_response(self, request, response, *args, **kwargs):
        response.valid_until = self.valid_until
        return super().finalize_response(request, response, *args, **kwargs)


class Rounds(Timed, Collection):
    collection = "metingen"
    serializer_class = RoundShape
    lookup_field = "round__slug"
    shape = staticmethod(representation.round)

    def get_queryset(self):
        return Publication.objects.public().newest()


class Gone(APIException):
    """All that was published of it is withdrawn; its page on the site says why."""

    status_code = 410


class RoundItem(Timed, Item):
    serializer_class = RoundShape
    filterset = None
    shape = staticmethod(representation.round)

    def get_queryset(self):
        return Publication.objects.public().newest()

    def get_object(self):
        found = self.filter_queryset(self.get_queryset()).filter(round__slug=self.kwargs["slug"]).first()
        if found is None:
            if Publication.objects.withdrawn().filter(round__slug=self.kwargs["slug"]).exists():
                raise Gone
            raise Http404
        return found


class RoundResults(RoundItem):
    """With a key that may read details ``expand`` gives the rest of what the page shows."""

    serializer_class = ResultsShape
    expansions = representation.DETAILS

    def get(self, request, slug):
        publication = self.get_object()
        if request.expand and not getattr(request.partner, "may_read_details", False):
            raise PermissionDenied(
                "Voor deze details is een sleutel nodig met ‘resultaten in detail’. Vraag de provincie erom."
            )
        body = representation.results_of(publication, base_of(request))
        if request.expand:
            body["_embedded"] = representation.details(publication, request.expand)
        return Response(body)
