"""All published initiatives as a file: open data, to be kept as long as the content is the same."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import condition, require_safe
from django.views.generic import TemplateView

from registry import geojson, listing, representation
from registry.figures import kept
from registry.models import ContentStamp, Initiative
from registry.spreadsheets import write


@dataclass(frozen=True)
class File:
    label: str
    media_type: str
    use: str


FILES = {
    "csv": File("CSV", "text/csv; charset=utf-8", _("Voor een spreadsheet of een analyse.")),
    "ods": File(
        "OpenDocument",
        "application/vnd.oasis.opendocument.spreadsheet",
        _("Voor LibreOffice en andere spreadsheets."),
    ),
    "json": File("JSON", "application/json", _("Alles wat openbaar is, voor een programma.")),
    "geojson": File("GeoJSON", geojson.MEDIA_TYPE, _("Voor op een kaart.")),
}


class OpenData(TemplateView):
    template_name = "registry/open_data.html"

    def get_context_data(self, **kwargs):
        stamp = ContentStamp.current()
        total = kept(stamp, "published", lambda: (Initiative.objects.published().count(),))[0]
        return super().get_context_data(files=FILES, total=total, **kwargs)


def _version(request, kind):
    return f'"{ContentStamp.current()}-{kind}-{request.get_host()}"' if kind in FILES else None


@require_safe
@condition(etag_func=_version)
def download(request, kind):
    if kind not in FILES:
        raise Http404
    base = f"{request.scheme}://{request.get_host()}"
    pages = base + reverse("registry:initiative-list")
    rows = Initiative.objects.published()
    if kind == "ods":
        stamp = ContentStamp.current()
        response = HttpResponse(kept(stamp, f"ods {pages}", lambda: _ods(rows, pages)))
    else:
        parts = {
            "csv": lambda: listing.as_csv(rows, pages),
            "geojson": lambda: geojson.collection(rows, pages),
            "json": lambda: representation.as_json(rows, base),
        }[kind]()
        response = StreamingHttpResponse(parts)
    response["Content-Type"] = FILES[kind].media_type
    response["Content-Disposition"] = f'attachment; filename="initiatieven.{kind}"'
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    response["Link"] = '<https://creativecommons.org/publicdomain/zero/1.0/deed.nl>; rel="license"'
    return response


def _ods(rows, pages):
    lines = [
        [str(cell) if cell is not None else "" for cell in row]
        for part in listing.lines(rows, pages)
        for row in part
    ]
    return write("ods", listing.HEADERS, lines, title=str(_("Initiatieven")))
