"""The pages that say what this site is and keeps, and the small files for machines."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from registry.models import Level, Term
from registry.personal_data.columns import places
from registry.personal_data.retention import periods


class Page(TemplateView):
    def get_context_data(self, **kwargs):
        return super().get_context_data(
            organisation_name=settings.ORGANISATION_NAME,
            # The host only: a visitor knows "service.pdok.nl", not an address with {z}/{x}/{y}.
            tiles_origin=urlsplit(settings.MAP_TILES_URL).netloc,
            contact_email=settings.CONTACT_EMAIL,
            statement_url=settings.ACCESSIBILITY_STATEMENT_URL,
            **kwargs,
        )


class Privacy(Page):
    template_name = "registry/privacy.html"
    extra_context = {"periods": periods, "places": places}


class About(Page):
    template_name = "registry/about.html"

    def get_context_data(self, **kwargs):
        contested = Term.objects.filter(is_contested=True)
        return super().get_context_data(levels=Level.objects.all(), contested=contested, **kwargs)


@require_safe
def robots_txt(request):
    lines = [
        "User-agent: *",
        "Disallow: /beheer/",
        "Disallow: /account/",
        "Disallow: /zoeken/",
        "Disallow: /mijn/",
        "Disallow: /bevestigen/",
        "Disallow: /laat-weten/",
        "Disallow: /volgen/",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return _text(lines)


@require_safe
def security_txt(request):
    """RFC 9116; absent when the site has nobody to report to."""
    if not (settings.SECURITY_CONTACT and settings.SECURITY_TXT_EXPIRES):
        raise Http404
    expires = datetime.fromisoformat(settings.SECURITY_TXT_EXPIRES)
    contact = settings.SECURITY_CONTACT
    if "@" in contact and ":" not in contact:
        contact = f"mailto:{contact}"
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
        f"Canonical: {request.build_absolute_uri(request.path)}",
    ]
    return _text(lines)


def _text(lines):
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
