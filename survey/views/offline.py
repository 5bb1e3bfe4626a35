"""The service worker, its pages and its manifest: the questions work without a network."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control

from survey.models import Round
from survey.views.respond import KEEP, Respond, language_of

# The header and the sky of the page, as in its stylesheet.
INK, SKY = "#08293a", "#f2f8fa"


@cache_control(no_cache=True)
def service_worker(request):
    """From this address, for a worker rules only what lies below its own."""
    with staticfiles_storage.open("samenbuurten/service-worker.js") as script:
        return HttpResponse(script.read(), content_type="text/javascript")


@cache_control(max_age=3600)
def manifest(request, slug):
    round = get_object_or_404(Round, slug=slug, opens_at__isnull=False)
    language = language_of(request, round.languages)
    with translation.override(language):
        direction = "rtl" if translation.get_language_bidi() else "ltr"
    icon = {"src": static("samenbuurten/merk.svg"), "sizes": "any", "type": "image/svg+xml"}
    address = reverse("survey:respond", args=[slug])
    return JsonResponse(
        {
            "id": address,
            "name": f"{round.name} · Samen Buurten",
            "short_name": round.name[:12].strip(),
            "lang": language,
            "dir": direction,
            "start_url": f"{address}?taal={language}",
            "scope": reverse("survey:open-rounds"),
            "display": "standalone",
            "background_color": SKY,
            "theme_color": INK,
            "icons": [icon | {"purpose": "any"}, icon | {"purpose": "maskable"}],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


class Kept(Respond):
    """A page that the service worker shows after it put an answer in its queue, or could not."""

    name = "saved"
    http_method_names = ["get", "head"]

    def get(self, request):
        response = self.page(self.name)
        response[KEEP] = "1"
        return response


class Device(Kept):
    """What waits on this device, or was refused: to open, correct, export and delete, also when the round is closed."""

    def get(self, request):
        if not self.round.has_opened:
            raise Http404
        response = self.show(self.form(), template="device")
        response[KEEP] = "1"
        return response
