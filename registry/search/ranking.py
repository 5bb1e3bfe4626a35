"""The rank of a text for a query, by the same rule for texts in Python and for rows in SQL."""

from enum import IntEnum
from functools import reduce
from operator import and_

from registry.foundation.text import normalise
from registry.search.synonyms import needle


class Rank(IntEnum):
    """Best first. With several words, the word that does worst decides."""

    EXACT = 0  # the title is the query
    START = 1  # the title begins with the query
    OWN_TITLE = 2  # the visitor's own words are in the title
    OTHER_TITLE = 3  # words for the same are
    OWN_TEXT = 4  # the visitor's own words are in the text, or in the name of the place
    OTHER_TEXT = 5  # words for the same are


def steps(query, *, title, text):
    """For each rank after START that can differ: (rank, whether a row does that well or better).

    ``title`` and ``text`` say of a form whether they hold it, as a bool or a Q. The last step is
    whether the row is found at all.
    """
    has_others = any(wanted.has_others for wanted in query.wanted)

    def all_found(*own_in, others_in=()):
        return reduce(and_, (wanted.matches(*own_in, others_in=others_in) for wanted in query.wanted))

    yield Rank.OWN_TITLE, all_found(title)
    if has_others:
        yield Rank.OTHER_TITLE, all_found(title, others_in=[title])
    yield Rank.OWN_TEXT, all_found(title, text, others_in=[title])
    if has_others:
        yield Rank.OTHER_TEXT, all_found(title, text, others_in=[title, text])


def exact_titles(query):
    """The normalised titles that are this query."""
    return list(dict.fromkeys([normalise(query.text), *(f" {form} " for form in _spellings(query))]))


def title_starts(query):
    """How a normalised title begins that begins with this query."""
    return tuple(f" {needle(form).lstrip()}" for form in _spellings(query))


def _spellings(query):
    """The query as a whole: its words, and when these belong together their other spellings."""
    return dict.fromkeys([query.words, *(query.wanted[0].own if len(query.wanted) == 1 else ())])
