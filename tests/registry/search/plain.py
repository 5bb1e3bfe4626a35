"""The rule of registry/search/ranking.py once more, for one text at a time and in plain Python."""

from registry.search.meanings import ORGANISATION, name_words
from registry.search.query import weights_of
from registry.search.understanding import WHOLE_FROM


def place_of(query, weights, names=()):
    """(parts, level) of a text by where each word stands in it; (0, 0) when it holds nothing of what was asked."""
    parts = total = 0
    for concept in query.concepts:
        levels = [level for level, *name in concept.names if tuple(name) in names]
        for way in concept.ways:
            best = [
                max((weights[word] for word in group if word in weights), default=None)
                for group in way.groups
            ]
            if None not in best:
                # Words that stand apart do not begin a title.
                levels.append(way.quality.level(min(best) if len(best) == 1 else min(*best, 1)))
        if levels:
            parts += 2 if max(levels) >= WHOLE_FROM else 1
            total += max(levels)
    return parts, total


def place_of_initiative(query, row):
    names = {("gemeente", row.municipality_id), ("kern", row.place_id)}
    if row.organisation:
        names |= {(ORGANISATION, word) for word in name_words(row.organisation.name)}
    return place_of(query, weights_of(row), names)
