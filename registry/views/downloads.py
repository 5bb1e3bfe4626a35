"""All published initiatives as a file: open data, to be kept as long as the content is the same."""

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import condition, require_safe
from django.views.generic import TemplateView

from registry.exporting.writers import FILES, MEDIA_TYPES, write
from registry.foundation.cache import fingerprint, kept
from registry.models import ContentStamp, Initiative
from registry.search.sets import all_sets

MOST_KEPT = 20_000  # initiatives of which the ODS is kept: some megabytes


class OpenData(TemplateView):
    template_name = "registry/open_data.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(files=FILES, total=total(), **kwargs)


def total():
    return len(all_sets(ContentStamp.versions()).public)


def _version(request, kind):
    if kind not in FILES:
        return None
    return f'"{fingerprint(ContentStamp.current(), kind, request.scheme, request.get_host())}"'


@require_safe
@condition(etag_func=_version)
def download(request, kind):
    if kind not in FILES:
        raise Http404
    base = f"{request.scheme}://{request.get_host()}"
    stamp, parts = ContentStamp.current(), write(kind, Initiative.objects.published(), base)
    if kind == "ods" and total() <= MOST_KEPT:
        # The slowest to make.
        response = HttpResponse(kept(stamp, f"ods {base}", lambda: b"".join(parts)))
    else:
        response = StreamingHttpResponse(parts)
    response["Content-Type"] = MEDIA_TYPES[kind]
    response["Content-Disposition"] = f'attachment; filename="initiatieven.{kind}"'
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    response["Link"] = '<https://creativecommons.org/publicdomain/zero/1.0/deed.nl>; rel="license"'
    return response
