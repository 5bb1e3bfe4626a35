"""What holds for everything that answers as an API, whichever view gives the answer."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import parse_etags

from registry.foundation import ratelimit
from registry.foundation.cache import fingerprint
from registry.foundation.errors import Refused
from registry.models import ContentStamp
from registry.partners import api_keys
from samenbuurten.api import VERSION, is_api, tells_problems, versions
from samenbuurten.api.problems import MEDIA_TYPE, problem

HEADERS = {
    "API-Version": VERSION,
    # Data is open and fresh: a client keeps the ETag itself, nothing in between keeps the answer.
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept, Accept-Crs, Authorization, Origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# What an error that no view made may go on to say.
_KEPT = ("Allow", "Retry-After", "Strict-Transport-Security", "WWW-Authenticate")
WINDOW = 60
# Larger answers are made again: a cache of them would cost more memory than it saves time.
LARGEST_KEPT = 256 * 1024


@dataclass(frozen=True)
class Kept:
    """An answer as it was given, and the moment from which it is no longer right when that passes by itself."""

    etag: str
    until: datetime | None
    body: bytes
    headers: dict


class ApiMiddleware:
    """The same headers on every answer of the API, and every error a problem, whatever went wrong where.

    It asks nothing of anybody itself: what breaks further in, Django has made an answer of.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if tells_problems(request.path, request.headers.get("Accept", "")):
            response = _as_problem(response)
        if not is_api(request.path):
            return response
        for name, value in HEADERS.items():
            response[name] = value
        for name, value in versions.headers_for(request.path).items():
            # A list has links of its own.
            response[name] = f"{response[name]}, {value}" if name in response else value
        response.cookies.clear()
        return response


class GateMiddleware:
    """Who asks, whether they ask too often, and whether the answer is known already.

    The version of the content is read before the content, so an ETag is never newer than what it stands for.
    304 and an answer that is still known cost that one indexed read.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_api(request.path):
            return self.get_response(request)
        request.partner, refused = _partner(request)
        most = request.partner.requests_per_minute if request.partner else settings.API_REQUESTS_A_MINUTE
        counted = _count(request, most)
        response = (refused or self._answer(request)) if counted.allowed else problem(429)
        _say_limit(response, most, counted)
        return response

    def _answer(self, request):
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        if request.META.get("CONTENT_LENGTH") not in (None, "", "0"):
            return problem(415)
        question = Asked(request)
        if stored := question.known():
            return stored
        response = self.get_response(request)
        if response.status_code != 200:
            return response
        response = question.keep(response)
        # “Any”: only whether there is something can be asked, and that is known now.
        return question.unchanged(response["ETag"]) if question.any else response


class Asked:
    """One request for content at the version that the content has now."""

    def __init__(self, request):
        self.request = request
        self.now = timezone.now()
        meta = request.META
        self.tags = parse_etags(meta.get("HTTP_IF_NONE_MATCH", ""))
        self.any = self.tags == ["*"]
        self.what = (
            VERSION,
            ContentStamp.current(),
            request.scheme,
            meta.get("HTTP_HOST", ""),
            request.get_full_path(),
            meta.get("HTTP_ACCEPT", ""),
            meta.get("HTTP_ACCEPT_CRS", ""),
            "details" if request.partner and request.partner.may_read_details else "",
        )

    def etag(self, until=""):
        tag = fingerprint(*self.what, until)
        return f'"{tag}-{until}"' if until else f'"{tag}"'

    @staticmethod
    def unchanged(tag):
        return HttpResponseNotModified(headers={"ETag": tag})

    def known(self):
        for tag in self.tags:
            # A weak one too: it is of the same answer, compressed.
            until = (strong := tag.removeprefix("W/")).strip('"').partition("-")[2]
            if strong == self.etag(until) and (not until or self.now.timestamp() < int(until)):
                return self.unchanged(tag)
        stored = caches["figures"].get(f"api-{self.etag()}")
        if stored is None or (stored.until and stored.until <= self.now):
            return None
        if self.any:
            return self.unchanged(stored.etag)
        return HttpResponse(stored.body, headers=stored.headers | {"ETag": stored.etag})

    def keep(self, response):
        """Give the answer its tag, and remember it when it is small.

        ``valid_until`` of a response: when something shows or goes though nothing in the database changes.
        """
        if response.headers.get("ETag"):
            return response
        until = getattr(response, "valid_until", None)
        tag = response["ETag"] = self.etag(str(int(until.timestamp())) if until else "")
        if not response.streaming and len(response.content) <= LARGEST_KEPT:
            headers = {name: value for name, value in response.items() if name != "ETag"}
            answer = Kept(tag, until, response.content, headers)
            caches["figures"].set(f"api-{self.etag()}", answer, timeout=None)
        return response


def _as_problem(response):
    """An error that no view made, such as an address that does not exist, in the words of ours."""
    if response.status_code < 400 or response.get("Content-Type") == MEDIA_TYPE:
        return response
    headers_left = {
        name: value for name, value in response.items() if name in _KEPT or name.startswith("RateLimit-")
    }
    return problem(response.status_code, headers=headers_left)


def _partner(request):
    """The key that came along, or None, and the answer to one that is not right."""
    scheme, _blank, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if not scheme:
        return None, None
    try:
        key = api_keys.recognise(token.strip()) if scheme.lower() == "bearer" else None
        why = "Deze sleutel kennen wij niet. Stuur hem als ‘Authorization: Bearer sb_…’, of laat hem weg."
    except Refused as refused:
        key, why = None, str(refused)
    return key, None if key else problem(401, why, headers={"WWW-Authenticate": "Bearer"})


def _count(request, most):
    """Count this request for the key, or for the place without one."""
    who = f"key-{request.partner.pk}" if request.partner else ratelimit.place_of(request)
    return ratelimit.take("api", who, most=most, seconds=WINDOW, tells_left=True)


def _say_limit(response, most, counted):
    response["RateLimit-Limit"] = most
    response["RateLimit-Remaining"] = counted.left
    # What passed a window ago counts no more.
    response["RateLimit-Reset"] = WINDOW if counted.allowed else ceil(counted.wait)
    if not counted.allowed:
        response["Retry-After"] = ceil(counted.wait)
