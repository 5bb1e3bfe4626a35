"""What a visitor means: the words of a query, each with the words that people use for the same.

A word of one or two characters only counts as a whole word; a longer one also counts inside a word, as
Dutch compounds ask ("festival" finds "Groentesoepfestival"). Case, accents and hyphens never count.
"""

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from registry.foundation.cache import kept
from registry.foundation.text import fold, normalise, tokens
from registry.models import ContentStamp, Municipality, Organisation, Place, Term
from registry.search.following import following

MAX_LENGTH = 200
MAX_WORDS = 8
SHORT = 3


def plain(text):
    """The words of ``text`` with one space between them."""
    return " ".join(piece for pieces in tokens(fold(text)) for piece in pieces)


def squeezed(text):
    """The words of ``text`` in one piece: how "almere haven", "Almere-Haven" and "almerehaven" agree."""
    return plain(text).replace(" ", "")


def needle(form):
    """What to look for in a normalised text."""
    return form if len(form) >= SHORT else f" {form} "


@dataclass(frozen=True)
class Wanted:
    """A word of the query, or a run of words that belongs together.

    ``own``: the visitor's own word in each spelling. ``others``: words for the same, as normalised.
    ``parts``: the words of a run; a text that holds them all holds the run in the visitor's own words.
    """

    own: tuple[str, ...]
    others: tuple[str, ...]
    parts: tuple["Wanted", ...] = ()

    @property
    def forms(self):
        """All that can be found for this, the visitor's own words first."""
        return (*self.own, *(form for part in self.parts for form in part.forms), *self.others)

    @property
    def has_others(self):
        return bool(self.others) or any(part.has_others for part in self.parts)

    def matches(self, *own_in, others_in=()):
        """Whether the own words are in one of ``own_in``, or other words in one of ``others_in``.

        These are functions from a form to a bool or a Q: one rule for Python and for SQL.
        """
        options = [look(form) for look in own_in for form in self.own]
        options += [look(form) for look in others_in for form in self.others]
        if self.parts:
            options.append(reduce(and_, (part.matches(*own_in, others_in=others_in) for part in self.parts)))
        return reduce(or_, options)

    def other(self, look):
        """The other words under which ``look`` finds this, when not under the own word."""
        if self.matches(look):
            return []
        for form in self.others:
            if look(form):
                return [form]
        return [form for part in self.parts for form in part.other(look)]


@dataclass(frozen=True)
class Query:
    """A query as understood: every element of ``wanted`` must be found."""

    text: str
    words: str
    wanted: tuple[Wanted, ...]
    written: dict[str, str]
    names: dict[str, dict]

    def __bool__(self):
        return bool(self.wanted)

    @property
    def canonical(self):
        """The same for each query that asks the same."""
        return repr((self.wanted, bool(self.text)))

    def keys_named(self, field, form):
        """The keys of the places, municipalities or organisations whose name holds ``form``."""
        return [key for key, name in self.names[field].items() if needle(form) in name]

    def found_under(self, look):
        """The other words under which ``look`` finds this query, as they are written; else ""."""
        forms = [form for wanted in self.wanted for form in wanted.other(look)]
        return ", ".join(self.written[form] for form in dict.fromkeys(forms))


@dataclass(frozen=True)
class Vocabulary:
    # The squeezed form of a word or phrase → all forms for the same, in the order of the glossary.
    equals: dict[str, tuple[str, ...]]
    written: dict[str, str]
    longest: int
    names: dict[str, dict]


def understand(query, versions=None):
    """The query as understood at these versions of the content; a Query is given back as it is."""
    if isinstance(query, Query):
        return query
    versions = versions or ContentStamp.versions()
    vocabulary = kept(versions.knowledge, "vocabulary", _read)
    names = vocabulary.names | {"organisation": _organisations(versions)}
    text = query.strip()[:MAX_LENGTH]
    words, hyphenated = _split(text)
    wanted, start = [], 0
    while start < len(words):
        end = next(
            end
            for end in range(len(words), start, -1)
            if end - start == 1
            or (start, end) in hyphenated
            or (end - start <= vocabulary.longest and _entry("".join(words[start:end]), vocabulary))
        )
        wanted.append(_wanted(words[start:end], vocabulary))
        start = end
    return Query(text, " ".join(words), tuple(wanted), vocabulary.written, names)


def _split(text):
    words, hyphenated = [], set()
    for pieces in tokens(fold(text)):
        if len(words) + len(pieces) > MAX_WORDS:
            break
        hyphenated.add((len(words), len(words) + len(pieces)))
        words += pieces
    return words, hyphenated


def _wanted(words, vocabulary):
    key = "".join(words)
    entry = _entry(key, vocabulary) or key
    forms = vocabulary.equals.get(entry, ())
    spellings = [form for form in forms if form.replace(" ", "") == entry]
    own = _shortest([key, *spellings])
    others = _shortest([form for form in forms if form not in spellings])
    others = tuple(form for form in others if not any(_holds(form, own_form) for own_form in own))
    # "almerehaven" is "almere haven" too: each of its words must be found.
    words = max([words, *(form.split() for form in spellings)], key=len)
    parts = tuple(_wanted([word], vocabulary) for word in words) if len(words) > 1 else ()
    return Wanted(own, others, parts)


def _entry(key, vocabulary):
    """Under which squeezed form the glossary has this; a plural in -s or -en is the same word."""
    stems = [key, key.removesuffix("s"), key.removesuffix("en")]
    return next((stem for stem in stems if stem in vocabulary.equals), None)


def _holds(form, other):
    """Whether who finds ``form`` has found ``other`` too."""
    return needle(other) in f" {form} "


def _shortest(forms):
    """Without the forms that hold another one: looking for that one finds them all the same."""
    forms = dict.fromkeys(forms)
    return tuple(form for form in forms if not any(other != form and _holds(form, other) for other in forms))


def _read():
    equals, written = {}, {}
    places = list(Place.objects.values_list("pk", "name"))
    for term in Term.objects.order_by("word"):
        words = {plain(word): word for word in [term.word, *term.equals] if plain(word)}
        written = words | written
        for form in words:
            equals.setdefault(form.replace(" ", ""), {}).update(dict.fromkeys(words))
    for _pk, name in places:
        if form := plain(name):
            equals.setdefault(form.replace(" ", ""), {})[form] = None
    return Vocabulary(
        equals={key: tuple(forms) for key, forms in equals.items()},
        written=written,
        longest=max((form.count(" ") + 1 for forms in equals.values() for form in forms), default=1),
        names={
            "municipality": _names(Municipality.objects.values_list("pk", "name")),
            "place": _names(places),
        },
    )


def _organisations(versions):
    rows = Organisation.objects.values_list("pk", "name")

    def renew(names, changed):
        return names | _names(rows.filter(initiatives__in=changed).distinct())

    # One that runs nothing public is found by nobody: its name is read again when it does.
    return following("names of organisations", versions.content, lambda: _names(rows), renew)


def _names(rows):
    return {pk: f"{normalise(name)}{squeezed(name)} " for pk, name in rows}
