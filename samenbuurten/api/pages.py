"""What people read about the API; the API itself lies under /api/v1."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from registry.exporting import hsds
from samenbuurten.api import ROOT, VERSION
from samenbuurten.api.problems import WORDS
from samenbuurten.api.root import COLLECTIONS
from samenbuurten.api.rules import RULES
from samenbuurten.api.versions import DEPRECATIONS, VERSIONS

EXAMPLES = (
    ("initiatieven?zoek=festival&velden=naam", _("Zoeken; van elk alleen de naam.")),
    ("initiatieven?rol=pakt-aan&niveau=relationeel", _("Wie iets doet aan een knelpunt op dit niveau.")),
    ("initiatieven?expand=organisatie,knelpunten", _("Met onder _embedded wat erbij hoort, in zijn geheel.")),
    ("initiatieven?facetten=gemeente&pageSize=1", _("Met hoeveel er zijn in elke gemeente.")),
    ("initiatieven?bbox=5.1,52.3,5.4,52.5", _("Wat in dit gebied ligt: west, zuid, oost, noord.")),
    ("initiatieven?sorteer=-gewijzigdOp&pageSize=5", _("De vijf die het laatst zijn gewijzigd.")),
    ("knelpunten?gemeente=GM0995", _("De knelpunten waar initiatieven in Lelystad mee te maken hebben.")),
    ("knelpunten/R1/initiatieven?rol=pakt-aan", _("Wie dit knelpunt aanpakt.")),
    (
        "metingen/verbindingsfestival/resultaten",
        _("Per stelling het aandeel, of waarom er geen getal staat."),
    ),
)


class Documentation(TemplateView):
    """Enough to begin within five minutes; a test runs the examples."""

    template_name = "api/documentation.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            api=settings.SITE_URL + ROOT,
            version=VERSION,
            collections=COLLECTIONS,
            examples=EXAMPLES,
            hsds=hsds.OPENAPI,
            problems=WORDS.items(),
            limit=settings.API_REQUESTS_A_MINUTE,
            **kwargs,
        )


class TryOut(TemplateView):
    """The OpenAPI document with buttons to ask the API from the browser."""

    template_name = "api/try_out.html"


class Rules(TemplateView):
    """The rules that the government sets for an API, and how this one keeps each."""

    template_name = "api/rules.html"
    extra_context = {"rules": RULES}


class Versions(TemplateView):
    """What changed in each version, and how long the one before it stays."""

    template_name = "api/versions.html"
    extra_context = {"versions": VERSIONS, "deprecations": DEPRECATIONS}
