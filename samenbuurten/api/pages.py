from django.views.generic import TemplateView

from samenbuurten.api.versions import VERSIONS


class Versions(TemplateView):
    """What changed in each version, and how long the one before it stays."""

    template_name = "api/versions.html"
    extra_context = {"versions": VERSIONS}
