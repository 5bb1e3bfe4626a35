"""How large what is sent may be, said once: the server asks before it reads, Django asks once more."""

import re
from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from samenbuurten.api import is_api

KIB = 1024
# Whole requests, the lines of a form included: a file of 10 MB and what stands around it.
LARGEST_BODY = 12 * 1024 * KIB
# The API is to read. A form of ours is at most some pages of text in every field, each letter written as %XX.
LARGEST_API_BODY = 64 * KIB
LARGEST_FORM = 1024 * KIB
# Staff import spreadsheets and change entries with an image.
_STAFF = re.compile(r"/beheer/(?!login/)")


def largest_body(path, cookies):
    """The most bytes that a request for ``path`` may carry; ``cookies`` is the Cookie header as it came."""
    if is_api(path):
        return LARGEST_API_BODY
    if _STAFF.match(path) and _is_from_staff(cookies):
        return LARGEST_BODY
    return LARGEST_FORM


def upload_ticket(session_key, key=None):
    """What staff get in a cookie beside their session: the server can see that it is ours without a database."""
    return salted_hmac("samenbuurten.serving.upload", session_key, secret=key, algorithm="sha256").hexdigest()


def _is_from_staff(cookies):
    try:
        jar = SimpleCookie(cookies)
        session, ticket = jar[settings.SESSION_COOKIE_NAME].value, jar[settings.UPLOAD_COOKIE_NAME].value
    except (CookieError, KeyError):
        return False
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(ticket, upload_ticket(session, key)) for key in keys)
