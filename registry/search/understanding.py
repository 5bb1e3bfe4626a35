"""What a visitor means: the words of a query, each with what it may stand for in a text.

Little words say nothing of it, unless there are no others. What is written together or apart is looked for both ways, a
word is looked for in all its forms and within longer words, a name of a place or a postcode as that place. A word that
stands nowhere is taken for the nearest one that does, and the visitor is told. Nothing is rewritten in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from pyroaring import BitMap

from registry.models import ContentStamp
from registry.models.operations.posting import LONGEST, Weight
from registry.search import index, meanings
from registry.search.language import GENERAL, LITTLE, halves, words_of
from registry.search.meanings import ORGANISATION, RUN_BY, Meanings, Name
from registry.search.vocabulary import Vocabulary, nearest, standing, vocabulary

MAX_LENGTH = 200
MAX_WORDS = 16
# Of a whole postcode the digits say where it is.
_POSTCODE = re.compile(r"\b([1-9]\d{3}) ?[A-Za-z]{2}\b")
# So many words may be written apart that are one.
_APART = 3


# Who holds something at a lower level holds it in part.
WHOLE_FROM = 4


class Quality(Enum):
    """How a word of a text answers one of the query: its level in the text, in the title, first in it, and alone."""

    OWN = (9, 12, 13, 14)  # the visitor's own, in any form
    EQUAL = (7, 11, 11, 11)  # a word for the same, of the terms
    LONGER = (5, 10, 10, 10)  # a longer word that holds it, or both its halves
    EVERYDAY = (4, 6, 6, 6)  # what people mean by it
    HALF = (1, 3, 3, 3)  # one of its halves

    def level(self, weight: int) -> int:
        return self.value[weight]


@dataclass(frozen=True)
class Way:
    """One way to hold a concept: a word of each of the groups. ``under``: as it is written, when it is not the
    visitor's own word."""

    quality: Quality
    groups: tuple[frozenset[str], ...]
    under: str = ""


@dataclass(frozen=True)
class Concept:
    """A word of the query, or some that belong together. ``read_as``: the words that a slip of the hand was taken for."""

    said: str
    ways: tuple[Way, ...]
    names: tuple[Name, ...] = ()
    read_as: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """All that may stand in a text for it."""
        return frozenset().union(*(group for way in self.ways for group in way.groups))


@dataclass(frozen=True)
class Query:
    """``words``: as folded, with one space between them."""

    text: str
    words: str
    concepts: tuple[Concept, ...]

    def __bool__(self) -> bool:
        return bool(self.concepts)

    @property
    def canonical(self) -> str:
        """The same for each query that asks the same."""
        parts = [
            (
                sorted((way.quality.name, sorted(map(sorted, way.groups))) for way in concept.ways),
                sorted(map(repr, concept.names)),
            )
            for concept in self.concepts
        ]
        return repr((parts, bool(self.text)))

    @property
    def corrections(self) -> list[tuple[str, str]]:
        """(what was typed, what it was taken for)."""
        return [(concept.said, word) for concept in self.concepts for word in concept.read_as]


def understand(query: str | Query, versions: ContentStamp | None = None) -> Query:
    """The query as understood at these versions of the content; a Query is given back as it is."""
    if isinstance(query, Query):
        return query
    versions = versions or ContentStamp.versions()
    text = query.strip()[:MAX_LENGTH]
    words = [word[:LONGEST] for word in words_of(_POSTCODE.sub(r"\1 ", text))[:MAX_WORDS]]
    if not words:
        return Query(text, "", ())
    reader = _Reader(
        vocabulary(index.words(versions), versions.content),
        meanings.meanings(versions),
        meanings.organisations(versions),
    )
    return Query(text, " ".join(words), tuple(reader.concepts(words)))


class _Reader:
    def __init__(
        self, vocabulary: Vocabulary, meanings: Meanings, organisations: Mapping[str, BitMap]
    ) -> None:
        self.vocabulary, self.meanings, self.organisations = vocabulary, meanings, organisations

    def concepts(self, words: list[str]) -> Iterator[Concept]:
        start, is_empty = 0, True
        while start < len(words):
            run = self._run(words[start:])
            start += len(run)
            if len(run) > 1 or run[0] not in LITTLE:
                is_empty = False
                yield self.concept(run)
        if is_empty:
            yield from (self.concept([word]) for word in words)

    def _run(self, words: list[str]) -> list[str]:
        """The longest beginning that belongs together."""
        for end in range(min(len(words), max(self.meanings.longest, _APART)), 1, -1):
            run = words[:end]
            joined = "".join(run)
            if self.meanings.knows(run) or (
                end <= _APART and joined in self.vocabulary and not set(run) & LITTLE - {"o"}
            ):
                return run
        return words[:1]

    def concept(self, run: list[str]) -> Concept:
        said = " ".join(run)
        concept = Concept(said, tuple(self._ways(run)), tuple(self._names(run)))
        if concept.ways or concept.names or len(run) > 1 or run[0] in LITTLE:
            return concept
        # Nothing stands for it: perhaps a slip of the hand.
        near = nearest(run[0], [*self.vocabulary.layers, self.meanings.spelled], self._shown)
        ways = [way for word in near for way in self._ways([word])]
        names = [name for word in near for name in self._names([word])]
        return replace(concept, ways=tuple(ways), names=tuple(names), read_as=near)

    def _shown(self, words: Iterable[str]) -> set[str]:
        words = set(words)
        ours = {
            word
            for word in words
            if word in self.meanings.spelled.all or word in self.vocabulary.layers[0].all
        }
        return ours | standing(words - ours) if words - ours else ours

    def _names(self, run: list[str]) -> list[Name]:
        """Of a place whose name was typed, or one that has the same stem; and of organisations."""
        joined = "".join(run)
        forms = [joined]
        if joined not in self.meanings.names and len(run) == 1:
            forms = [joined, *self.vocabulary.forms(joined)]
        names = [name for form in dict.fromkeys(forms) for name in self.meanings.names.get(form, [])]
        return [*names, (RUN_BY, ORGANISATION, joined)] if self.organisations.get(joined) else names

    def _ways(self, run: list[str]) -> Iterator[Way]:
        yield from self._own(run)
        written = self.meanings.written
        for form in self.meanings.equals(run):
            yield from self._phrase(Quality.EQUAL, form, under=written[form])
        for form in self.meanings.everyday(run):
            yield from self._phrase(Quality.EVERYDAY, form, under=written[form])
        if len(run) == 1:
            yield from self._halves(run[0])

    def _own(self, run: list[str]) -> Iterator[Way]:
        joined = "".join(run)
        # "almerehaven" is "almere haven" too.
        phrase = self.meanings.spaced.get(joined, " ".join(run))
        if " " in phrase and not set(phrase.split()) & LITTLE:
            yield from self._phrase(Quality.OWN, phrase)
        if forms := self.vocabulary.forms(joined):
            yield Way(Quality.OWN, (frozenset(forms),))
        if longer := self.vocabulary.longer(joined):
            yield Way(Quality.LONGER, (frozenset(longer),))

    def _phrase(self, quality: Quality, phrase: str, under: str = "") -> Iterator[Way]:
        """A text that holds each word of it, whichever form it has."""
        groups = tuple(
            frozenset(self.vocabulary.forms(word)) for word in phrase.split() if word not in LITTLE
        )
        if groups and all(groups):
            yield Way(quality, groups, under)

    def _halves(self, word: str) -> Iterator[Way]:
        if any(form in self.meanings.names for form in (word, *self.vocabulary.forms(word))):
            return
        both = halves(word, self._is_word)
        if both is None:
            return
        groups = tuple(
            frozenset((*self.vocabulary.forms(half), *self.vocabulary.longer(half))) for half in both
        )
        if all(groups):
            yield Way(Quality.LONGER, groups)
        for half in both:
            if half not in GENERAL:
                yield from self._half(half)

    def _half(self, half: str) -> Iterator[Way]:
        forms = (*self.vocabulary.forms(half), *self.vocabulary.longer(half))
        if forms:
            yield Way(Quality.HALF, (frozenset(forms),), under=half)
        for form in self.meanings.everyday([half]):
            yield from self._phrase(Quality.HALF, form, under=self.meanings.written[form])

    def _is_word(self, word: str) -> bool:
        return word in self.vocabulary or bool(self.meanings.everyday([word]))


def found_under(
    query: Query, weights: Callable[[str], Weight | None], names: Iterable[tuple[str, object]]
) -> str:
    """The words under which a text answers the query, as they are written, where it does not hold the visitor's own.

    ``weights``: where a word stands in it; ``names``: of its places and organisation, as (field, key).
    """
    names = set(names)
    under = []
    for concept in query.concepts:
        if any((field, key) in names for _level, field, key in concept.names):
            continue
        best: tuple[int, str] = (0, "")
        for way in concept.ways:
            standing = [
                max((weight for word in group if (weight := weights(word)) is not None), default=None)
                for group in way.groups
            ]
            if None not in standing:
                level = way.quality.level(min(weight for weight in standing if weight is not None))
                best = max(best, (level, way.under), key=lambda pair: pair[0])
        under.append(best[1])
    return ", ".join(dict.fromkeys(filter(None, under)))
