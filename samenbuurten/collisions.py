"""A request that collided with another in the database is answered once more; a second time it says to press again."""

import logging

from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from registry.foundation.retry import is_collision
from registry.middleware.requests import too_many_letters
from samenbuurten.api import tells_problems
from samenbuurten.api.problems import problem
from samenbuurten.errors import what_was_typed

logger = logging.getLogger(__name__)
WAIT = "5"  # seconds


class CollisionMiddleware:
    """The last of all: the view is called again with the same request, as if nothing had happened."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        messages = getattr(request, "_messages", None)
        session = getattr(request, "session", None)
        request._before = (
            len(messages._queued_messages) if messages is not None else 0,
            session and session.session_key,
        )

    def process_exception(self, request, exception):
        if not is_collision(exception) or connection.in_atomic_block:
            return None
        logger.warning("A request collided with another; it is done once more.")
        _as_it_came(request)
        match = request.resolver_match
        try:
            return match.func(request, *match.args, **match.kwargs)
        except Exception as again:
            if not is_collision(again):
                response = too_many_letters(request, again)
                if response is None:
                    raise
                return response
            _as_it_came(request)
        return _press_again(request)


def _as_it_came(request):
    """Without what the first time said, read or logged in."""
    said, session_key = request._before
    if hasattr(request, "_messages"):
        del request._messages._queued_messages[said:]
    for _name, files in request.FILES.lists():
        for file in files:
            file.seek(0)
    if getattr(request, "session", None) is not None and request.session.session_key != session_key:
        request.session = type(request.session)(session_key)
    if hasattr(request, "user") and type(request.user) is not AnonymousUser:
        request.__dict__.pop("_cached_user", None)
        request.user = SimpleLazyObject(lambda: get_user(request))


def _press_again(request):
    """What was typed goes along in the form that sends it once more."""
    if tells_problems(request.path, request.headers.get("Accept", "")):
        return problem(503, headers={"Retry-After": WAIT})
    response = render(request, "503.html", what_was_typed(request), status=503)
    response["Retry-After"] = WAIT
    return response
