"""Finding: words that mean the same, ranking, and what is public besides initiatives."""

from registry.search.answers import best_first, excerpt, few_hits, found_under, narrow, record_miss, search

__all__ = ["best_first", "excerpt", "few_hits", "found_under", "narrow", "record_miss", "search"]
