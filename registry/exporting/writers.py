"""All of a selection of published initiatives as bytes, in one form: a file to keep, and what Accept asks for."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.exporting import as_json, geojson, jsonld, table
from registry.foundation import spreadsheets

MEDIA_TYPES = {
    "csv": spreadsheets.MEDIA_TYPES["csv"],
    "geojson": geojson.MEDIA_TYPE,
    "json": spreadsheets.MEDIA_TYPES["json"],
    "jsonld": "application/ld+json",
    "ndjson": "application/x-ndjson",
    "ods": spreadsheets.MEDIA_TYPES["ods"],
}

# What may be downloaded whole, and what each is for.
FILES = {
    "csv": gettext_lazy("Voor een spreadsheet of een analyse."),
    "ods": gettext_lazy("Voor LibreOffice en andere spreadsheets."),
    "json": gettext_lazy("Alles wat openbaar is, voor een programma."),
    "geojson": gettext_lazy("Voor op een kaart."),
}


def write(form, queryset, base):
    """The bytes of ``form`` (a name in MEDIA_TYPES), part by part, in no order but that of the keys.

    ``base``: scheme and host, such as "https://samenbuurten.example". An ODS is whole on the disk before its first part.
    """
    pages = base + reverse("registry:initiative-list")
    match form:
        case "csv":
            return table.as_csv(queryset, pages)
        case "geojson":
            return geojson.collection(queryset, pages)
        case "json":
            return as_json.as_json(queryset, base)
        case "jsonld":
            return jsonld.graph(queryset, pages)
        case "ndjson":
            return as_json.as_lines(queryset, base)
        case "ods":
            return _ods(queryset, pages)
    raise ValueError(form)


def _ods(queryset, pages):
    lines = (
        [str(cell) if cell is not None else "" for cell in row]
        for part in table.lines(queryset, pages, harmless=False)
        for row in part
    )
    return spreadsheets.parts("ods", table.HEADERS, lines, title=_("Initiatieven"))
