"""Rounds with published results, and those results: never of a round that is open."""

from django.http import Http404
from rest_framework.exceptions import APIException, PermissionDenied

from registry.foundation.api.question import Expansion
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
    shape = staticmethod(representation.round)

    def row(self, question):
        slug = self.kwargs["slug"]
        publication = Publication.objects.public().newest().filter(round__slug=slug).first()
        if publication is None:
            if Publication.objects.withdrawn().filter(round__slug=slug).exists():
                raise Gone
            raise Http404
        return publication


class RoundResults(RoundItem):
    """With a key that may read details ``expand`` gives the rest of what the page shows."""

    serializer_class = ResultsShape
    shape = staticmethod(representation.results_of)
    # All parts of one publication are read at once (``items``).
    expansions = dict.fromkeys(representation.DETAILS, Expansion())

    def items(self, rows, question):
        names = question.expansions
        if names and not getattr(self.request.partner, "may_read_details", False):
            raise PermissionDenied(
                "Voor deze details is een sleutel nodig met ‘resultaten in detail’. Vraag de provincie erom."
            )
        items = [self.shape(publication, question.base) for publication in rows]
        if not names:
            return items
        return [
            item | {"_embedded": representation.details(publication, names)}
            for item, publication in zip(items, rows, strict=True)
        ]
