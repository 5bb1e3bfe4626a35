"""What is new, as Atom, in pages that lead to one another (RFC 5005)."""

import re
from dataclasses import dataclass

from django.contrib.syndication.views import Feed
from django.core.exceptions import BadRequest
from django.http import Http404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from registry.filters import InitiativeFilter
from registry.foundation.text import writable
from registry.models import Initiative

PAGE = 50


class PagedAtom(Atom1Feed):
    """Atom that leads to the pages before and after, without the control characters that XML 1.0 forbids, whatever the
    database holds."""

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        for relation, address in self.feed["pages"].items():
            handler.addQuickElement("link", "", {"rel": relation, "href": address})

    def add_item_elements(self, handler, item):
        item = {name: writable(value) if isinstance(value, str) else value for name, value in item.items()}
        item["categories"] = [writable(word) for word in item["categories"]]
        super().add_item_elements(handler, item)


@dataclass(frozen=True)
class Page:
    """One page of the feed, the newest first. ``query``: what all pages have in common; ``addresses``: of the first page, and
    of those beside this one."""

    rows: list
    query: str
    addresses: dict


class InitiativeFeed(Feed):
    """The newest initiatives, with the same filters as the list; ``pagina`` goes back in time."""

    feed_type = PagedAtom
    title = _("Samen Buurten: nieuwe initiatieven")
    subtitle = _("Initiatieven in Flevoland die mensen samenbrengen, de nieuwste eerst.")
    author_name = "Samen Buurten"

    def get_object(self, request):
        filterset = InitiativeFilter(request.GET, queryset=Initiative.objects.published())
        number = request.GET.get("pagina", "1")
        # So many digits as a database can count with.
        if not filterset.is_valid() or not re.fullmatch("[1-9][0-9]{0,8}", number):
            raise BadRequest("Een filter in dit adres bestaat niet.")
        number, query = int(number), request.GET.copy()
        query.pop("pagina", None)
        of_all_pages = query.urlencode()
        rows = filterset.qs.with_moment().select_related("municipality").order_by("-published_at", "pk")
        # One more says whether there is a page after this one.
        rows = list(rows[(number - 1) * PAGE : number * PAGE + 1])
        if number > 1 and not rows:
            raise Http404

        def address(page):
            query["pagina"] = page
            return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

        addresses = {"first": address(1)}
        if number > 1:
            addresses["previous"] = address(number - 1)
        if len(rows) > PAGE:
            addresses["next"] = address(number + 1)
        return Page(rows[:PAGE], of_all_pages, addresses)

    def feed_extra_kwargs(self, page):
        return {"pages": page.addresses}

    def link(self, page):
        return reverse("registry:initiative-list") + (f"?{page.query}" if page.query else "")

    def items(self, page):
        return page.rows

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
