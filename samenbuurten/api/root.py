from rest_framework.response import Response
from rest_framework.views import APIView

from registry.foundation.api.query_strings import base_of
from samenbuurten.api import ROOT, VERSION

COLLECTIONS = (
    "initiatieven knelpunten niveaus casussen organisaties gemeenten bronnen begrippen bevindingen "
    "wisselwerkingen metingen"
).split()


class Root(APIView):
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
