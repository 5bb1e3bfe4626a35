"""Every address of the site, from its table of contents, with made-up names in it."""

import re

from django.urls import URLPattern, get_resolver

MADE_UP = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000"}


def addresses():
    """An address for each route that is written as a path; sorted, without doubles."""
    return sorted(set(_below(get_resolver().url_patterns, "/")))


def _below(patterns, start):
    for pattern in patterns:
        route = str(pattern.pattern)
        if not route.startswith("^"):
            route = re.sub(r"<(?:(\w+):)?\w+>", lambda part: MADE_UP.get(part[1], "x"), route)
            if isinstance(pattern, URLPattern):
                yield start + route
            else:
                yield from _below(pattern.url_patterns, start + route)
