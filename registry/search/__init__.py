"""Search: queries with synonyms, ranking, facets, and the index of what is public besides initiatives."""

from registry.search.misses import forget_found, forget_miss, record_miss
from registry.search.query import best_first, excerpt, few_hits, found_under, narrow, search

__all__ = [
    "best_first",
    "excerpt",
    "few_hits",
    "forget_found",
    "forget_miss",
    "found_under",
    "narrow",
    "record_miss",
    "search",
]
