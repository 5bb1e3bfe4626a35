from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.http import quote_etag
from django.views.decorators.vary import vary_on_headers
from django.views.generic import DetailView, ListView

from registry.community.matching import matches_for
from registry.exporting.jsonld import describe
from registry.filters import InitiativeFilter
from registry.foundation.cache import fingerprint
from registry.foundation.paging import KeyPaginator
from registry.foundation.redirects import moved
from registry.geo.overview_map import locate, overview
from registry.models import Case, Initiative, Link, Status
from registry.search import found_under_in
from registry.search.options import facets_for, total_of


@dataclass(frozen=True)
class Chip:
    """One choice that is in force, and the address of the same list without it."""

    label: str
    url: str


def _without(query, name, value=None):
    rest = query.copy()
    rest.pop("pagina", None)
    rest.setlist(name, [stated for stated in query.getlist(name) if value is not None and stated != value])
    return f"?{rest.urlencode()}"


@method_decorator(vary_on_headers("HX-Request"), name="dispatch")
class InitiativeList(ListView):
    template_name = "registry/initiative_list.html"
    context_object_name = "initiatives"
    paginate_by = 20
    paginator_class = KeyPaginator
    page_kwarg = "pagina"

    def get_queryset(self):
        public = Initiative.objects.published()
        self.filterset = InitiativeFilter(self.request.GET, queryset=public)
        if self.is_newest_first:
            public = self.filterset.qs.order_by("-published_at", "pk")
        return public.select_related("municipality", "place", "organisation").with_links()

    @property
    def is_newest_first(self):
        return self.request.GET.get("volgorde") == "nieuw"

    def get_paginator(self, *args, **kwargs):
        paginator = super().get_paginator(*args, **kwargs)
        # The facets have counted already.
        paginator.count = total_of(self.filterset)
        if not self.is_newest_first:
            paginator.keys_of = self.filterset.keys_in_order
        return paginator

    def get_template_names(self):
        return ["registry/_initiative_results.html"] if self.is_part else [self.template_name]

    @property
    def is_part(self):
        """Whether htmx asks for what changes on the page, and not for a page that it wants to put back whole."""
        headers = self.request.headers
        return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        query = self.request.GET
        facets = facets_for(self.filterset)
        words = query.get("zoek", "").strip()
        for initiative in context["page_obj"]:
            initiative.found_under = found_under_in(initiative, self.filterset.search_query) if words else ""
            initiative.is_close = self.filterset.is_close(initiative)
        page_query = query.copy()
        page_query.pop("pagina", None)
        page = context["page_obj"]
        return context | {
            "filterset": self.filterset,
            "facets": facets,
            "words": words,
            "whole": self.filterset.number_whole,
            "corrections": self.filterset.search_query.corrections if words else (),
            "is_newest_first": self.is_newest_first,
            "is_part": self.is_part,
            "chips": self.chips(facets, words),
            "overview": self.overview(facets),
            "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=1),
            "page_query": page_query.urlencode(),
        }

    def chips(self, facets, words):
        query = self.request.GET
        chips = [Chip(f"‘{words}’", _without(query, "zoek"))] if words else []
        for facet in facets:
            chips += [
                Chip(str(option.label), _without(query, facet.name, option.value))
                for option in facet.options
                if option.is_selected
            ]
        return chips

    def overview(self, facets):
        options = next(facet.options for facet in facets if facet.name == "gemeente")
        return overview(
            {option.value: option.count for option in options},
            selected=[option.value for option in options if option.is_selected],
            versions=self.filterset.versions,
        )


class InitiativeDetail(DetailView):
    template_name = "registry/initiative_detail.html"
    context_object_name = "initiative"
    queryset = (
        Initiative.objects.filter(status__in=[Status.PUBLISHED, Status.MERGED])
        .select_related("municipality", "place", "organisation", "merged_into")
        .with_links()
        .with_moment()
        .prefetch_related(
            "mentions", "exchanges", "external_ids", Prefetch("cases", Case.objects.published())
        )
    )

    def get(self, request, *args, **kwargs):
        initiative = self.get_object()
        self.object = initiative.survivor
        if self.object.status != Status.PUBLISHED:
            raise Http404
        if self.object != initiative:
            return moved(request, self.object.get_absolute_url())
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs):
        initiative = self.object
        links = initiative.links.all()
        contact = (initiative.contact_name, initiative.contact_email, initiative.contact_phone)
        return super().get_context_data(
            overview=overview({}, selected=[initiative.municipality_id])
            if initiative.municipality_id
            else None,
            # In words only when shielded: a dot would say more than “in the neighbourhood of”.
            dot=None if initiative.is_location_shielded else locate(initiative.point),
            tackles=[link for link in links if link.role == Link.Role.TACKLES],
            faces=[link for link in links if link.role == Link.Role.FACES],
            matches=[
                (match.initiative, list(match.reasons_about(initiative.name)))
                for match in matches_for(initiative)
            ],
            has_public_contact=initiative.is_contact_public and any(contact),
            linked_data=describe(initiative, self.request.build_absolute_uri(initiative.get_absolute_url())),
            tiles_url=settings.MAP_TILES_URL,
            tiles_attribution=settings.MAP_TILES_ATTRIBUTION,
            **kwargs,
        )


def initiative_image(request, slug):
    """The image of a published initiative. A browser may keep it, and asks at each use whether it still may be seen."""
    initiative = get_object_or_404(Initiative.objects.published().exclude(image=""), slug=slug)
    etag = quote_etag(fingerprint(initiative.image.name))
    response = get_conditional_response(request, etag)
    response = response or FileResponse(
        _opened(initiative.image), content_type="image/webp", headers={"ETag": etag}
    )
    response["Cache-Control"] = "public, no-cache"
    return response


def _opened(image):
    """404 where the files are not (yet) put back beside the database."""
    try:
        return image.open()
    except FileNotFoundError:
        raise Http404 from None
