from rest_framework.response import Response

from registry.foundation.api.question import base_of
from registry.foundation.api.views import Endpoint
from samenbuurten.api import ROOT, VERSION

COLLECTIONS = (
    "initiatieven knelpunten niveaus casussen organisaties gemeenten bronnen begrippen bevindingen "
    "wisselwerkingen metingen"
).split()


class Root(Endpoint):
    """Where to begin: all collections and the documentation."""

    def get(self, request):
        base = base_of(request)
        links = {"self": {"href": f"{base}{ROOT}"}}
        links |= {name: {"href": f"{base}{ROOT}/{name}"} for name in COLLECTIONS}
        links |= {
            "openapi": {"href": f"{base}{ROOT}/openapi.json"},
            "documentatie": {"href": f"{base}/api/"},
            "hsds": {"href": f"{base}/hsds"},
        }
        return Response({"naam": "Samen Buurten", "versie": VERSION, "_links": links})
