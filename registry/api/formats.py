"""Other forms of the list of initiatives, by the header Accept: each is the whole selection at once."""

import orjson
from django.http import StreamingHttpResponse
from django.urls import reverse
from rest_framework.renderers import BaseRenderer
from rest_framework.settings import api_settings

from registry import bulk, geojson, linked_data, listing, representation

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


class Form(BaseRenderer):
    """Names a form, so that Accept can ask for it; what it holds is written by ``answer``."""

    charset = None
    render_style = "binary"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return data


class GeoJson(Form):
    media_type, format = geojson.MEDIA_TYPE, "geojson"


class JsonLd(Form):
    media_type, format = "application/ld+json", "jsonld"


class Csv(Form):
    media_type, format = "text/csv", "csv"


class NdJson(Form):
    media_type, format = "application/x-ndjson", "ndjson"


FORMS = [GeoJson, JsonLd, Csv, NdJson]
RENDERERS = [*api_settings.DEFAULT_RENDERER_CLASSES, *FORMS]


def answer(form, queryset, base):
    """All of ``queryset`` in this form, bit by bit; in no order but that of the keys."""
    pages = base + reverse("registry:initiative-list")
    parts = {
        GeoJson: lambda: geojson.collection(queryset, pages),
        JsonLd: lambda: linked(queryset, pages),
        Csv: lambda: listing.as_csv(queryset, pages),
        NdJson: lambda: lines(queryset, base),
    }[form]()
    kind = f"{form.media_type}; charset=utf-8" if form is Csv else form.media_type
    return StreamingHttpResponse(parts, content_type=kind)


def lines(queryset, base):
    """The bytes of one JSON object a line: each what the API gives of one initiative."""
    for rows in bulk.chunks(queryset, (), size=500):
        items = representation.initiatives([row[0] for row in rows], base)
        yield b"".join(orjson.dumps(item) + b"\n" for item in items)


def linked(queryset, pages):
    """The bytes of a graph in the words of schema.org, without what is fictional."""
    yield b'{"@context":"https://schema.org","@graph":['
    separator = b""
    for rows in bulk.chunks(queryset.filter(is_sample=False), (), size=500):
        found = queryset.model.objects.published().filter(pk__in=[row[0] for row in rows]).order_by("pk")
        for row in found.select_related("municipality", "place"):
            data = linked_data.describe(row, f"{pages}{row.slug}/")
            del data["@context"]
            yield separator + orjson.dumps({"@id": f"urn:uuid:{row.public_id}"} | data)
            separator = b","
    yield b"]}"
