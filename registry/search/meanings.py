"""The words that people use for the same, and the names of places: read once per version of the content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from pyroaring import BitMap

from registry.foundation.text import lines, normalise
from registry.models import ContentStamp, Everyday, Municipality, Organisation, Place, Postcode, Term
from registry.search.following import following, newest
from registry.search.language import LITTLE, SHORT, stem, words_of
from registry.search.vocabulary import Words

# (how well, filter, key) of what a name stands for.
Name = tuple[int, str, str | int]
HERE, RUN_BY, PART, AROUND, FAR = 11, 9, 7, 3, 2
ORGANISATION = "organisatie"


@dataclass(frozen=True)
class Meanings:
    # The squeezed form of a word or phrase → all forms for the same, in the order of the glossary.
    terms: dict[str, tuple[str, ...]]
    # The same of what people say, and by the stem of one word.
    said: dict[str, tuple[str, ...]]
    said_by_stem: dict[str, tuple[str, ...]]
    names: dict[str, list[Name]]
    # The squeezed form of a name or phrase → its words.
    spaced: dict[str, str]
    # A form as staff wrote it.
    written: dict[str, str]
    # (form, as written) of names, terms and what people say, in order: what may be typed.
    suggested: list[tuple[str, str]]
    # What a slip of the hand may be taken for, beside the words of texts.
    spelled: Words
    longest: int

    def equals(self, run: Sequence[str]) -> tuple[str, ...]:
        """The other forms for a term; a plural in -s or -en is the same word."""
        joined = "".join(run)
        keys = (joined, joined.removesuffix("s"), joined.removesuffix("en"))
        key = next((key for key in keys if key in self.terms), None)
        return () if key is None else tuple(form for form in self.terms[key] if form.replace(" ", "") != key)

    def everyday(self, run: Sequence[str]) -> tuple[str, ...]:
        """The words under which to look for what people say so."""
        joined = "".join(run)
        if joined in self.said or len(run) > 1:
            return self.said.get(joined, ())
        return self.said_by_stem.get(stem(joined), ())

    def knows(self, run: Sequence[str]) -> bool:
        """Whether these words belong together."""
        joined = "".join(run)
        return joined in self.names or joined in self.said or joined in self.terms or bool(self.equals(run))


def meanings(versions: ContentStamp) -> Meanings:
    return newest("meanings", versions.knowledge, _read)


def organisations(versions: ContentStamp) -> dict[str, BitMap]:
    """The keys of the organisations by each word of their name, and by all of it in one piece."""
    rows = Organisation.objects.values_list("pk", "name")

    def make() -> _Names:
        return _named_otherwise({}, {}, dict(rows))

    def renew(earlier: _Names, changed: Sequence[int]) -> _Names:
        by_word, names = earlier
        newer = dict(rows.filter(initiatives__in=changed).distinct())
        others = {key: name for key, name in newer.items() if names.get(key) != name}
        return _named_otherwise(by_word, names, others) if others else earlier

    # One that runs nothing public is found by nobody: its name is read again when it does.
    return following("organisations", versions.content, make, renew)[0]


_Names = tuple[dict[str, BitMap], dict[int, str]]


def _named_otherwise(by_word: dict[str, BitMap], names: dict[int, str], others: dict[int, str]) -> _Names:
    """The same with other names for some keys; what was there stays as it was."""
    by_word, copied = dict(by_word), set[str]()

    def own(word: str) -> BitMap:
        if word not in copied:
            copied.add(word)
            by_word[word] = BitMap(by_word.get(word, ()))
        return by_word[word]

    for key, name in others.items():
        for word in name_words(names.get(key, "")):
            own(word).discard(key)
        for word in name_words(name):
            own(word).add(key)
    return by_word, names | others


def name_words(name: str) -> set[str]:
    """Under which an organisation is found: each word of its name, with its hyphens and without, and all of it in one piece."""
    return {*normalise(name).split(), "".join(words_of(name))} - {""}


def _read() -> Meanings:
    terms: dict[str, dict[str, None]] = {}
    said: dict[str, dict[str, None]] = {}
    written: dict[str, str] = {}
    phrases: dict[str, str] = {}
    for term in Term.objects.order_by("word"):
        forms = _forms([term.word, *term.equals])
        written = forms | written
        for form in forms:
            terms.setdefault(form.replace(" ", ""), {}).update(dict.fromkeys(forms))
    for row in Everyday.objects.order_by("key"):
        means = _forms(lines(row.means))
        written = means | written
        for form, text in _forms(lines(row.said)).items():
            phrases.setdefault(form, text)
            said.setdefault(form, {}).update(dict.fromkeys(means))
    by_stem: dict[str, dict[str, None]] = {}
    for form, means_also in said.items():
        if " " not in form:
            by_stem.setdefault(stem(form), {}).update(means_also)
    names, named = _names()
    phrases = phrases | {form: written[form] for forms in terms.values() for form in forms} | named
    single = (form for form in said if " " not in form and form not in LITTLE)
    return Meanings(
        spaced={phrase.replace(" ", ""): phrase for phrase in phrases if " " in phrase},
        terms={key: tuple(forms) for key, forms in terms.items()},
        said={form.replace(" ", ""): tuple(means_also) for form, means_also in said.items()},
        said_by_stem={key: tuple(means_also) for key, means_also in by_stem.items()},
        names=names,
        written=written,
        suggested=sorted((form, text) for form, text in phrases.items() if not form.isdigit()),
        spelled=Words(word for word in chain(single, terms, names) if len(word) >= SHORT),
        longest=max((phrase.count(" ") + 1 for phrase in phrases), default=1),
    )


def _forms(texts: Sequence[str]) -> dict[str, str]:
    """As folded, and as written."""
    return {form: text for text in texts if (form := " ".join(words_of(text)))}


def _names() -> tuple[dict[str, list[Name]], dict[str, str]]:
    """By the squeezed form of a name, by each word of a longer one, and by four digits; and the names by how they are said."""
    names: dict[str, list[Name]] = {}
    written = {}

    def add(text: str, *of: Name) -> None:
        words = words_of(text)
        written[" ".join(words)] = text
        names.setdefault("".join(words), []).extend(of)
        if len(words) > 1:
            for word in words:
                names.setdefault(word, []).append((PART, *of[0][1:]))

    for code, name in Municipality.objects.order_by("code").values_list("code", "name"):
        add(name, (HERE, "gemeente", code))
    for key, name, code in Place.objects.order_by("pk").values_list("pk", "name", "municipality"):
        add(name, (HERE, "kern", key), (FAR, "gemeente", code))
    for digits, key, code in Postcode.objects.values_list("digits", "place", "municipality"):
        of_place: list[Name] = [(HERE, "kern", key)] if key else []
        add(digits, *of_place, (AROUND, "gemeente", code))
    return names, written
