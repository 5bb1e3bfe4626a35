"""What people read about the API; the API itself lies under /api/v1."""

from django.conf import settings
from django.views.generic import TemplateView

from registry import hsds
from samenbuurten.api import ROOT, VERSION
from samenbuurten.api.problems import WORDS
from samenbuurten.api.root import COLLECTIONS
from samenbuurten.api.rules import RULES
from samenbuurten.api.versions import DEPRECATIONS, VERSIONS


class Documentation(TemplateView):
    """Enough to begin within five minutes; a test runs the examples."""

    template_name = "api/documentation.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            api=settings.SITE_URL + ROOT,
            version=VERSION,
            collections=COLLECTIONS,
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
