"""Other formats of the list of initiatives, by the header Accept: each is the whole selection at once."""

from rest_framework.renderers import BaseRenderer

from registry.exporting.writers import MEDIA_TYPES
from registry.foundation.api.views import Json

FORMATS = ("geojson", "jsonld", "csv", "ndjson")


class Format(BaseRenderer):
    """Names a format, so that Accept can ask for it; registry/exporting/writers.py writes what it holds."""

    charset = None
    render_style = "binary"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return data


RENDERERS = [
    Json,
    *(
        type(name, (Format,), {"format": name, "media_type": MEDIA_TYPES[name].split(";")[0]})
        for name in FORMATS
    ),
]
