"""An address that no longer is one leads to where it went."""

from django.http import HttpRequest, HttpResponsePermanentRedirect


class SameMethodRedirect(HttpResponsePermanentRedirect):
    """What was sent is sent again to where it leads."""

    status_code = 308


def moved(request: HttpRequest, where: str) -> HttpResponsePermanentRedirect:
    """For good, with the query that was asked."""
    if query := request.META.get("QUERY_STRING"):
        where = f"{where}?{query}"
    is_read = request.method in ("GET", "HEAD")
    response = (HttpResponsePermanentRedirect if is_read else SameMethodRedirect)(where)
    # It may move again, and back: a browser that remembered both would go round for ever.
    response["Cache-Control"] = "no-cache"
    return response
