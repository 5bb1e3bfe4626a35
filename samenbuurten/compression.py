"""Text goes smaller over the line, to who can read it so: by Brotli, or by gzip."""

from hashlib import blake2b

import brotli
from django.conf import settings
from django.core.cache import caches
from django.http import FileResponse
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_sequence, compress_string

from registry.foundation.api.views import wishes_of
from samenbuurten.api.middleware import LARGEST_KEPT

# Bytes; what is smaller fits one packet anyhow.
LEAST = 1000
# Pictures, fonts, spreadsheets and archives are compressed already.
TYPES = ("text/", "application/json", "application/xml", "application/javascript", "image/svg+xml")
SUFFIXES = ("+json", "+xml")
# Of 11: a page of 350 kB takes 5 ms; more would take ten times as long for a tenth less.
QUALITY = 4
# Bytes by which a page that holds something secret differs in length from one time to the next.
MOST_RANDOM = 100


class CompressionMiddleware:
    """A page that holds a secret (a form, somebody logged in) goes by gzip with a name of random length in it: from
    its size nobody learns whether what they put into the page stands there too ("Heal the BREACH").

    An answer with an ETag is compressed once and kept; the tag becomes a weak one, for the bytes differ.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not _is_text(response) or "Content-Encoding" in response.headers:
            return response
        if not response.streaming and len(response.content) < LEAST:
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        is_secret = _is_secret(request)
        # What streams must not wait for the rest: that is what gzip is for here.
        codings = ("gzip",) if is_secret or response.streaming else ("br", "gzip")
        coding = _best(request.headers.get("Accept-Encoding", ""), codings)
        if coding is None:
            return response
        if response.streaming:
            response.streaming_content = compress_sequence(
                response.streaming_content, max_random_bytes=MOST_RANDOM
            )
            del response["Content-Length"]
        else:
            response.content = _compressed(response, coding, is_secret)
            response["Content-Length"] = len(response.content)
        response["Content-Encoding"] = coding
        tag = response.get("ETag", "")
        if tag.startswith('"'):
            response["ETag"] = f"W/{tag}"
        return response


def _is_text(response):
    media_type = response.get("Content-Type", "").partition(";")[0].strip().lower()
    is_text = media_type.startswith(TYPES) or media_type.endswith(SUFFIXES)
    return is_text and response.status_code == 200 and not isinstance(response, FileResponse)


def _is_secret(request):
    """Whether the page may hold a token of its form, or what only one person may see."""
    return "CSRF_COOKIE" in request.META or settings.SESSION_COOKIE_NAME in request.COOKIES


def _best(header, codings):
    """The first of ``codings`` that is liked best, or None for the bytes as they are. RFC 9110, section 12.5.3."""
    likings = wishes_of(header)
    best = max(codings, key=lambda coding: likings.get(coding, likings.get("*", 0.0)))
    liking = likings.get(best, likings.get("*", 0.0))
    return best if liking > 0 and liking >= likings.get("identity", 0.0) else None


def _compressed(response, coding, is_secret):
    if is_secret:
        return compress_string(response.content, max_random_bytes=MOST_RANDOM)
    if "ETag" not in response.headers or len(response.content) > LARGEST_KEPT:
        return _encode(response.content, coding)
    # By what stands in it: one address may say something else to another host or in another language.
    name = f"coded-{coding}-{blake2b(response.content, digest_size=16).hexdigest()}"
    return caches["figures"].get_or_set(name, lambda: _encode(response.content, coding), timeout=None)


def _encode(content, coding):
    return brotli.compress(content, quality=QUALITY) if coding == "br" else compress_string(content)
