"""Redirects from former addresses."""

from django.http import HttpRequest, HttpResponsePermanentRedirect


class SameMethodRedirect(HttpResponsePermanentRedirect):
    """Status 308: the client sends the same method and body to the new address."""

    status_code = 308


def moved(request: HttpRequest, where: str) -> HttpResponsePermanentRedirect:
    """A permanent redirect to ``where`` with the query string of the request: 301 for GET and HEAD, else 308."""
    if query := request.META.get("QUERY_STRING"):
        where = f"{where}?{query}"
    is_read = request.method in ("GET", "HEAD")
    response = (HttpResponsePermanentRedirect if is_read else SameMethodRedirect)(where)
    # It may move again, and back: a browser that remembered both would go round for ever.
    response["Cache-Control"] = "no-cache"
    return response
