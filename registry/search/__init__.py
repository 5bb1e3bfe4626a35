"""Search: what a visitor means, how well each text answers it, facets, and what follows when something changes."""

from registry.search.misses import forget_found, forget_miss, record_miss
from registry.search.query import excerpt, found_under_in, search
from registry.search.suggestions import suggest

__all__ = [
    "excerpt",
    "forget_found",
    "forget_miss",
    "found_under_in",
    "record_miss",
    "search",
    "suggest",
]
