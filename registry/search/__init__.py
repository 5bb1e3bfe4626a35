"""Search: queries with synonyms, ranking, facets, and the index of what is public besides initiatives."""

from registry.search.misses import forget_found, forget_miss, record_miss
from registry.search.query import best_first, excerpt, found_under, hits, narrow, search

__all__ = [
    "best_first",
    "excerpt",
    "forget_found",
    "forget_miss",
    "found_under",
    "hits",
    "narrow",
    "record_miss",
    "search",
]
