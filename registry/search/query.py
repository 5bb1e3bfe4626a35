"""Search over everything public, with the same rows in the same order on every database.

How a query is understood says understanding.py, how well a text answers it ranking.py. Of what answers equally well
initiatives stand in the neutral order of the day, the rest in its own order.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from pyroaring import BitMap

from registry.foundation.text import normalise
from registry.models import ContentStamp, Initiative
from registry.search import index
from registry.search.index import LABELS
from registry.search.meanings import ORGANISATION, name_words
from registry.search.neutral import in_order
from registry.search.postings import ranking
from registry.search.ranking import rank
from registry.search.understanding import found_under, understand

FIRST = 20
EXCERPT_WORDS = 28
_NOTHING = BitMap()


@dataclass(frozen=True)
class Hit:
    """``is_close``: it holds a part of what was asked, and not all of it."""

    title: str
    url: str
    excerpt: str
    found_under: str
    is_sample: bool = False
    is_close: bool = False


@dataclass(frozen=True)
class Group:
    """``whole``: how many of the ``total`` hold all that was asked."""

    kind: str
    label: str
    total: int
    whole: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Results:
    """``corrections``: (what was typed, what it was taken for)."""

    query: str
    groups: tuple[Group, ...]
    total: int
    corrections: tuple[tuple[str, str], ...] = ()


def search(query):
    """Everything public that answers the query, in groups; the first twenty of the initiatives."""
    versions = ContentStamp.versions()
    words = understand(query, versions)
    if not words:
        return Results(words.text, (), 0)
    groups = [_initiatives(words, versions)]
    for kind, (documents, whole) in _documents(words, versions).items():
        hits = tuple(
            Hit(
                document.title,
                document.url,
                excerpt(document.body, words),
                found_under(words, document.weights.get, ()),
                document.is_sample,
                is_close=number >= whole,
            )
            for number, document in enumerate(documents)
        )
        groups.append(Group(kind, str(LABELS[kind]), len(hits), whole, hits))
    groups = tuple(group for group in groups if group.total)
    return Results(words.text, groups, sum(group.total for group in groups), tuple(words.corrections))


def _initiatives(words, versions):
    answer = ranking(words, versions)
    keys = in_order([tier.keys for tier in answer.tiers], 0, FIRST, versions.content)
    rows = Initiative.objects.published().select_related("organisation").in_bulk(keys)
    hits = tuple(
        Hit(
            row.name,
            row.get_absolute_url(),
            _initiative_excerpt(row, words),
            found_under_in(row, words),
            row.is_sample,
            is_close=row.pk not in answer.whole,
        )
        for row in (rows[key] for key in keys if key in rows)
    )
    return Group("initiatief", _("Initiatieven"), len(answer.keys), len(answer.whole), hits)


def matching(query, versions):
    """The documents that answer the query by kind, best first, then in their own order."""
    return {kind: rows for kind, (rows, _whole) in _documents(query, versions).items()}


def _documents(query, versions):
    """By kind: (what answers, best first; how many of those hold all that was asked)."""
    documents = index.documents(versions)
    answer = rank(query.concepts, documents.places_of, lambda field, key: _NOTHING)
    by_kind, whole = {kind: [] for kind in LABELS}, dict.fromkeys(LABELS, 0)
    for tier in answer.tiers:
        for number in tier.keys:
            row = documents.rows[number]
            by_kind[row.kind].append(row)
            whole[row.kind] += tier.parts == answer.parts
    return {kind: (rows, whole[kind]) for kind, rows in by_kind.items()}


def found_under_in(initiative, query):
    """The other words under which this initiative was found; "" when it holds the visitor's own.

    With a list of rows, give what ``understand(query)`` made of the query once, and join their organisations.
    """
    return found_under(
        understand(query),
        weights_of(initiative).get,
        [
            ("gemeente", initiative.municipality_id),
            ("kern", initiative.place_id),
            *((ORGANISATION, word) for word in name_words(str(initiative.organisation or ""))),
        ],
    )


def weights_of(initiative):
    """Where each word of it stands, as the triggers write it."""
    return index.weights(initiative.search_title, initiative.search_text)


def _initiative_excerpt(row, words):
    texts = [row.summary, row.description, row.audience, row.lessons, row.accessibility, row.languages]
    return excerpt(" ".join(filter(None, texts)), words)


def excerpt(text, query):
    """Some words of ``text`` around the first one that answers the query, else its beginning."""
    words = text.split()
    wanted = frozenset().union(*(concept.words for concept in query.concepts))
    first = next(
        (place for place, word in enumerate(words) if not wanted.isdisjoint(normalise(word).split())), 0
    )
    start = max(0, min(first - EXCERPT_WORDS // 3, len(words) - EXCERPT_WORDS))
    end = start + EXCERPT_WORDS
    before, after = "… " if start else "", " …" if end < len(words) else ""
    return f"{before}{' '.join(words[start:end])}{after}"
