"""Our list and map inside the page of somebody else: no cookie, no menu, and a frame that anybody may make."""

from urllib.parse import parse_qs, urlencode, urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from registry.filters import InitiativeFilter
from registry.foundation.redirects import moved
from registry.geo.overview_map import overview
from registry.models import Initiative, Status
from registry.models.address import current_address
from registry.search.options import facets_for, total_of

SHOWN = 20
KINDS = {"lijst": "embed-list", "kaart": "embed-map"}
# What a frame gets without JavaScript; with it, it grows to what is in it.
WIDTH, HEIGHT = 640, 600
LEAST, MOST = 200, 4000


def _frameable(view):
    """May stand in a frame on any site."""
    return require_safe(xframe_options_exempt(csp_replace({"frame-ancestors": ["*"]})(view)))


def _filtered(request):
    return InitiativeFilter(request.GET, queryset=Initiative.objects.published())


def _wrong(request, filterset):
    return render(request, "embed/wrong.html", {"filterset": filterset}, status=400)


@_frameable
def embed_list(request):
    """The first initiatives that pass the filter in the address, and the way to all of them."""
    filterset = _filtered(request)
    if filterset.errors:
        return _wrong(request, filterset)
    keys = filterset.keys_in_order(0, SHOWN)
    by_key = Initiative.objects.published().select_related("municipality", "place").with_links().in_bulk(keys)
    rows = [by_key[key] for key in keys if key in by_key]
    return render(request, "embed/list.html", _context(filterset) | {"initiatives": rows})


@_frameable
def embed_map(request):
    filterset = _filtered(request)
    if filterset.errors:
        return _wrong(request, filterset)
    (facet,) = (candidate for candidate in facets_for(filterset) if candidate.name == "gemeente")
    selected = [option.value for option in facet.options if option.is_selected]
    # The counts of a filter do not keep to the filter itself; a frame that is locked to a place does.
    options = [option for option in facet.options if option.count and (option.is_selected or not selected)]
    counts = {option.value: option.count for option in options}
    rest = urlencode([(name, value) for name, value in _pairs(filterset) if name != "gemeente"])
    drawn = overview(counts, selected=selected, versions=filterset.versions)
    shared = _context(filterset)
    context = {
        "overview": drawn,
        "options": options,
        "unplaced": shared["total"] - sum(counts.values()),
        "map_query": rest and f"&{rest}",
    }
    return render(request, "embed/map.html", shared | context)


@_frameable
def embed_one(request, slug):
    initiative = _public(slug)
    if initiative.slug != slug:
        return moved(request, reverse("registry:embed-one", args=[initiative.slug]))
    return render(request, "embed/one.html", {"initiative": initiative})


def _public(slug):
    """The public initiative at this address, or the one that it was merged into; Http404 without one."""
    rows = Initiative.objects.select_related("merged_into", "municipality", "place").with_links()
    initiative = rows.filter(slug=slug).first() or rows.filter(slug=current_address(Initiative, slug)).first()
    entry = initiative and initiative.survivor
    if entry is None or entry.status != Status.PUBLISHED:
        raise Http404
    return entry


def _pairs(filterset):
    return [(name, value) for name, values in parse_qs(filterset.query).items() for value in values]


def _context(filterset):
    address = reverse("registry:initiative-list")
    return {
        "total": total_of(filterset),
        "all_url": f"{address}?{filterset.query}" if filterset.query else address,
        "list_url": address,
        "label": filterset.label,
    }


@csp_replace({"frame-src": ["'self'"]})
@require_safe
def embed_maker(request):
    """Choose what to show, see it, and copy the text to put in one's own page."""
    kind = request.GET.get("vorm", "lijst")
    chosen = request.GET.copy()
    chosen.pop("vorm", None)
    filterset = InitiativeFilter(chosen, queryset=Initiative.objects.published())
    address = reverse(f"registry:{KINDS.get(kind, 'embed-list')}")
    query = filterset.query
    local = f"{address}?{query}" if query else address
    title = _title(filterset)
    frame = _frame(settings.SITE_URL + local, title, "100%", HEIGHT)
    script = f"{settings.SITE_URL}{settings.STATIC_URL}samenbuurten/insluiten.js"
    context = {
        "kind": kind if kind in KINDS else "lijst",
        "words": filterset.given.get("zoek", ""),
        "filterset": filterset,
        "facets": facets_for(filterset),
        "local": local,
        "title": title,
        "code": frame + "\n" + format_html('<script src="{}" defer></script>', script),
    }
    return render(request, "embed/maker.html", context, status=400 if filterset.errors else 200)


def _title(filterset):
    return _("Samen Buurten: %(what)s") % {"what": filterset.label}


def _frame(address, title, width, height):
    # Where the policy of the other site refuses the style, the frame has a border and all else works.
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" style="border:0;max-width:100%" loading="lazy" '
        'class="samen-buurten"></iframe>',
        address,
        title,
        width,
        height,
    )


@require_safe
def oembed(request):
    """https://oembed.com: what to put in a page for the address of our list or of one initiative."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse(
            _("Alleen JSON: laat format weg."), status=501, content_type="text/plain; charset=utf-8"
        )
    address, title = _embedded(request, request.GET.get("url", ""))
    width, height = (
        _size(request, name, usual) for name, usual in (("maxwidth", WIDTH), ("maxheight", HEIGHT))
    )
    site = settings.SITE_URL
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "Samen Buurten",
        "provider_url": site,
        "cache_age": 3600,
        "width": width,
        "height": height,
        "html": _frame(site + address, title, width, height),
    }
    return JsonResponse(answer, headers={"Access-Control-Allow-Origin": "*"})


def _embedded(request, url):
    """What stands for this page in a frame: its address and title; 404 for what is no page of ours."""
    try:
        address = urlsplit(url)
        ours = {urlsplit(settings.SITE_URL).netloc, request.get_host()}
        if address.scheme not in ("http", "https") or address.netloc not in ours:
            raise Http404
        match = resolve(address.path)
        parameters = QueryDict(address.query)
    except (ValueError, Resolver404) as wrong:
        raise Http404 from wrong
    if match.view_name == "registry:initiative-list":
        filterset = InitiativeFilter(parameters, queryset=Initiative.objects.published())
        if filterset.errors:
            raise Http404
        query = filterset.query
        return reverse("registry:embed-list") + (f"?{query}" if query else ""), _title(filterset)
    if match.view_name == "registry:initiative-detail":
        initiative = _public(match.kwargs["slug"])
        return reverse("registry:embed-one", args=[initiative.slug]), initiative.name
    raise Http404


def _size(request, name, usual):
    text = request.GET.get(name, "")
    most = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else usual
    return min(usual, max(LEAST, min(most, MOST)))
