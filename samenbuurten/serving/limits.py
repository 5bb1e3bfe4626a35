"""How large what is sent may be, said once: the server asks before it reads, Django asks once more."""

import re
from http.cookies import CookieError, SimpleCookie

from django.conf import settings

from samenbuurten.api import is_api

KIB = 1024
# Whole requests, the lines of a form included: a file of 10 MB and what stands around it.
LARGEST_BODY = 12 * 1024 * KIB
# The API is to read. A form of ours is at most some pages of text in every field, each letter written as %XX.
LARGEST_API_BODY = 64 * KIB
LARGEST_FORM = 1024 * KIB
# Staff import spreadsheets and change entries with an image. Only who has a session may send as much.
_STAFF = re.compile(r"/beheer/(?!login/)")


def largest_body(path, cookies):
    """The most bytes that a request for ``path`` may carry; ``cookies`` is the Cookie header as it came."""
    if is_api(path):
        return LARGEST_API_BODY
    if _STAFF.match(path) and _has_session(cookies):
        return LARGEST_BODY
    return LARGEST_FORM


def _has_session(cookies):
    try:
        return settings.SESSION_COOKIE_NAME in SimpleCookie(cookies)
    except CookieError:
        return False
