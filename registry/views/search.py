import logging

from django.db import DatabaseError
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from registry.foundation.away import trouble_of
from registry.search import forget_miss, record_miss, search, suggest

logger = logging.getLogger(__name__)


class Search(TemplateView):
    template_name = "registry/search.html"

    def get_context_data(self, **kwargs):
        words = self.request.GET.get("zoek", "").strip()
        results = search(words) if words else None
        if results:
            _remember(words, any(group.whole for group in results.groups))
        return super().get_context_data(words=words, results=results, **kwargs)


@require_safe
def suggestions(request):
    """The options of a list to choose from while somebody types in ``zoek``."""
    return render(
        request, "registry/_suggestions.html", {"suggestions": suggest(request.GET.get("zoek", ""))}
    )


def _remember(words, is_found):
    """What only comes close was not found. Who searches reads: that nothing can be written down is no reason to show nothing."""
    try:
        (forget_miss if is_found else record_miss)(words)
    except DatabaseError as error:
        if trouble_of(error) is None:
            raise
        logger.warning("A search without a result could not be counted: %s.", type(error).__name__)
