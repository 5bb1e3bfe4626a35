"""The pages for what goes wrong. They do not look at what was sent, which may be what went wrong: Django's own read
the body once more, for a token that no page of these shows, and then break on it. But for the one that gives back what
was typed when the database is away, or takes nothing in."""

import logging
import sys

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string

from registry.foundation.away import Trouble, trouble_of

logger = logging.getLogger(__name__)
AGAIN_AFTER = "15"  # seconds
UNTOLD = ("password", "csrfmiddlewaretoken")


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def permission_denied(request, exception):
    return render(request, "403.html", status=403)


def page_not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    error = sys.exc_info()[1]
    if trouble := trouble_of(error):
        return _unavailable(request, trouble, error)
    return HttpResponse(render_to_string("500.html"), status=500)


def _unavailable(request, trouble, error):
    """Asks nothing of the database: no session, no user."""
    logger.error(
        "503 %s: the database, the disk or the storage is %s (%s).",
        request.path,
        trouble.value,
        type(error).__name__,
    )
    match = request.resolver_match
    context = what_was_typed(request) | {"can_read": trouble is Trouble.CLOSED}
    if context["is_form"] and not getattr(match and match.func, "csrf_exempt", False):
        context["csrf_token"] = get_token(request)
    response = HttpResponse(render_to_string("unavailable.html", context), status=503)
    response["Retry-After"] = AGAIN_AFTER
    response["Cache-Control"] = "no-store"
    # Said above, in one line.
    response._has_been_logged = True
    return response


def what_was_typed(request):
    """For a page with a form that sends it once more."""
    typed, has_files = {}, False
    try:
        typed, has_files = request.POST, bool(request.FILES)
    except Exception:
        logger.exception("What was sent cannot be read.")
    return {
        "typed": [
            (name, value)
            for name in typed
            if not any(word in name for word in UNTOLD)
            for value in typed.getlist(name)
        ],
        # A password is shown on no page, and a file is chosen by a person.
        "is_whole": bool(typed) and not has_files and not any("password" in name for name in typed),
        "is_form": request.method == "POST",
        "address": request.get_full_path(),
    }
