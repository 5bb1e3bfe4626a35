"""The words that stand in public texts, by stem and by part: what a word of a query may stand for."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from registry.models import Initiative, Posting
from registry.models.operations.posting import LONGEST
from registry.search.following import following
from registry.search.language import SHORT, stem

# What was added since the words were put in order is looked through beside them, up to so many.
MANY = 500
# Of the longer words that hold a word no more than so many are looked for, the shortest first.
MOST_HOLDING = 200
# A longer piece counts in the middle of a word too.
LONG = 6

# Each word that stands in the index once, by its order: a jump for each instead of a look at each row.
_DISTINCT = """
WITH RECURSIVE each(word) AS (
    SELECT MIN(word) FROM registry_posting
    UNION ALL
    SELECT (SELECT MIN(p.word) FROM registry_posting p WHERE p.word > each.word) FROM each WHERE each.word IS NOT NULL
) SELECT word FROM each WHERE word IS NOT NULL
"""


class Words:
    """A set of words that nobody changes."""

    def __init__(self, words: Iterable[str]) -> None:
        self.all = frozenset(words)

    @cached_property
    def by_stem(self) -> dict[str, list[str]]:
        by_stem = defaultdict(list)
        for word in self._ordered:
            by_stem[stem(word)].append(word)
        return dict(by_stem)

    @cached_property
    def _lines(self) -> str:
        return "\n".join(["", *self._ordered, ""])

    def holding(self, piece: str) -> Iterator[str]:
        """The words that hold it, by looking through all of them as one text."""
        place = self._lines.find(piece)
        while place >= 0:
            start, end = self._lines.rfind("\n", 0, place) + 1, self._lines.find("\n", place)
            yield self._lines[start:end]
            place = self._lines.find(piece, end)

    @cached_property
    def _ordered(self) -> list[str]:
        return sorted(self.all)

    def starting(self, beginning: str) -> Iterator[str]:
        """The words that start so, in order."""
        for word in islice(self._ordered, bisect_left(self._ordered, beginning), None):
            if not word.startswith(beginning):
                return
            yield word

    @cached_property
    def _spelled(self) -> list[str]:
        return [word for word in self._ordered if len(word) >= SHORT and not word.isdigit()]

    def near(self, word: str, most: int) -> Iterator[tuple[float, str]]:
        """(number of slips of the hand, word) of the nearest, at most ``most`` slips away."""
        nearest = process.extract(word, self._spelled, scorer=OSA.distance, score_cutoff=most, limit=20)
        for candidate, distance, _place in nearest:
            yield distance, candidate


@dataclass(frozen=True)
class Vocabulary:
    layers: tuple[Words, ...]

    def __contains__(self, word: str) -> bool:
        return any(word in layer.all for layer in self.layers)

    def forms(self, word: str) -> tuple[str, ...]:
        """The word and its other forms, as far as they stand somewhere."""
        forms = {form: None for layer in self.layers for form in layer.by_stem.get(stem(word), ())}
        return tuple(forms | {word: None} if word in self else forms)

    def longer(self, word: str) -> tuple[str, ...]:
        """The words that begin or end with it, or hold it when it is long; the shortest first."""
        piece = stem(word)
        if len(piece) < SHORT:
            piece = word
        if len(piece) < SHORT:
            return ()
        own = set(self.forms(word))
        longer = {
            other
            for layer in self.layers
            for other in layer.holding(piece)
            if other not in own
            and len(other) > len(piece) + 1
            and (len(piece) >= LONG or other.startswith(piece) or other.endswith((piece, word)))
        }
        return tuple(sorted(longer, key=lambda other: (len(other), other))[:MOST_HOLDING])


def vocabulary(documents: Words, content: int) -> Vocabulary:
    """The words of initiatives at this version of the content or a little later, and those of ``documents``.

    A word of what is public no more may be among them; no text is found by it.
    """
    return Vocabulary((documents, *following("vocabulary", content, _read, _renew)))


def standing(words: Iterable[str]) -> set[str]:
    """Those that stand in what is public now."""
    return set(Posting.objects.filter(word__in=list(words)).values_list("word", flat=True).distinct())


def _read() -> tuple[Words, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_DISTINCT)
        return (Words(word for (word,) in cursor.fetchall()),)


def _renew(layers: tuple[Words, ...], changed: Sequence[int]) -> tuple[Words, ...]:
    texts = Initiative.objects.published().filter(pk__in=changed).values_list("search_title", "search_text")
    words = {word[:LONGEST] for row in texts for text in row for word in text.split()}
    new = words.difference(*(layer.all for layer in layers))
    if not new:
        return layers
    base, *rest = layers
    added = new.union(*(layer.all for layer in rest))
    return (base, Words(added)) if len(added) <= MANY else (Words(base.all | added),)


def nearest(
    word: str, layers: Iterable[Words], stands: Callable[[list[str]], Iterable[str]]
) -> tuple[str, ...]:
    """The words that this one is a slip of the hand away from, all as near; none when there is no such word.

    ``stands``: which of some words may be shown.
    """
    if len(word) < SHORT or any(sign.isdigit() for sign in word):
        return ()
    most = 1 if len(word) < 7 else 2
    distances: dict[str, tuple[float, bool]] = {}
    for layer in layers:
        for distance, candidate in layer.near(word, most):
            # A slip in the first letter is rare, and a short word soon is another one.
            is_other = candidate[0] != word[0]
            if not is_other or most > 1:
                distances[candidate] = (distance, is_other)
    shown = set(stands(list(distances)))
    best = min((distances[candidate] for candidate in shown), default=None)
    return tuple(sorted(candidate for candidate in shown if distances[candidate] == best))
