"""What is new, as Atom."""

from django.contrib.syndication.views import Feed
from django.core.exceptions import BadRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from registry.filters import InitiativeFilter
from registry.foundation.text import writable
from registry.models import Initiative

NEWEST = 50


class WellFormedAtom(Atom1Feed):
    """Atom without the control characters that XML 1.0 forbids, whatever the database holds."""

    def add_item_elements(self, handler, item):
        item = {name: writable(value) if isinstance(value, str) else value for name, value in item.items()}
        item["categories"] = [writable(word) for word in item["categories"]]
        super().add_item_elements(handler, item)


class InitiativeFeed(Feed):
    """The newest initiatives, with the same filters as the list."""

    feed_type = WellFormedAtom
    title = _("Samen Buurten: nieuwe initiatieven")
    subtitle = _("Initiatieven in Flevoland die mensen samenbrengen, de nieuwste eerst.")
    author_name = "Samen Buurten"

    def get_object(self, request):
        filterset = InitiativeFilter(request.GET, queryset=Initiative.objects.published())
        if not filterset.is_valid():
            raise BadRequest("Een filter in dit adres bestaat niet.")
        return request.GET.urlencode(), filterset.qs

    def link(self, filterset):
        query, _rows = filterset
        return reverse("registry:initiative-list") + (f"?{query}" if query else "")

    def items(self, filterset):
        _query, rows = filterset
        return rows.with_moment().select_related("municipality").order_by("-published_at", "pk")[:NEWEST]

    def item_title(self, initiative):
        return _("Verzonnen voorbeeld: %s") % initiative.name if initiative.is_sample else initiative.name

    def item_description(self, initiative):
        return initiative.summary

    def item_guid(self, initiative):
        return f"urn:uuid:{initiative.public_id}"

    def item_pubdate(self, initiative):
        return initiative.published_at

    def item_updateddate(self, initiative):
        return initiative.public_moment

    def item_categories(self, initiative):
        categories = [initiative.get_kind_display(), initiative.municipality and initiative.municipality.name]
        return [str(word) for word in categories if word]
