"""Search over everything public, with the same rows in the same order on every database.

All words of a query must be found, each as the visitor wrote it or as a word for the same (see
registry/search/synonyms.py). Best rank first (registry/search/ranking.py); within a rank initiatives stand in the
neutral order of the day, the rest in its own order.
"""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext as _

from registry.foundation.text import normalise
from registry.models import ContentStamp, Initiative
from registry.search.index import LABELS, matching
from registry.search.ranking import Rank, exact_titles, steps, title_starts
from registry.search.sets import keys_where
from registry.search.synonyms import needle, understand

FIRST = 10
# So many hits are few enough to look up by key instead of searching all texts again.
FEW = 5000
EXCERPT_WORDS = 28
NAMES = ("municipality", "place", "organisation")


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    excerpt: str
    found_under: str
    is_sample: bool = False


@dataclass(frozen=True)
class Group:
    kind: str
    label: str
    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Results:
    query: str
    groups: tuple[Group, ...]
    total: int


def search(query):
    """Everything public that answers the query, in groups; the first ten of the initiatives."""
    versions = ContentStamp.versions()
    words = understand(query, versions)
    if not words:
        return Results(words.text, (), 0)
    groups = [_initiatives(words, versions)]
    for kind, documents in matching(words, versions).items():
        hits = tuple(
            Hit(
                document.title,
                document.url,
                excerpt(document.body, words),
                words.found_under(document.holds),
                document.is_sample,
            )
            for document in documents
        )
        groups.append(Group(kind, str(LABELS[kind]), len(hits), hits))
    groups = tuple(group for group in groups if group.total)
    return Results(words.text, groups, sum(group.total for group in groups))


def _initiatives(words, versions):
    keys = hits(words, versions)
    first = best_first(narrow(Initiative.objects.published(), words, keys))[:FIRST]
    shown_hits = tuple(
        Hit(
            row.name,
            row.get_absolute_url(),
            _initiative_excerpt(row, words),
            found_under(row, words),
            row.is_sample,
        )
        for row in first
    )
    return Group("initiatief", _("Initiatieven"), len(keys), shown_hits)


def hits(query, versions):
    """The keys of the published initiatives that answer the query, as a set that nobody changes."""
    words = understand(query, versions)
    return keys_where(f"{versions.knowledge} {words.canonical}", versions, lambda rows: narrow(rows, words))


def narrow(queryset, query, keys=None):
    """The initiatives that answer the query, each with its ``rank``.

    A blank query leaves all; one without a letter or a digit finds nothing. ``keys``: what hits() gave, to spare
    the database a second search.
    """
    words = understand(query)
    if not words:
        queryset = queryset.annotate(rank=Value(Rank.EXACT.value))
        return queryset.none() if words.text else queryset
    *better, (worst, last_step) = steps(words, title=_in_title, text=_in_text(words))
    whens = [
        When(search_title__in=exact_titles(words), then=Rank.EXACT.value),
        *(When(search_title__startswith=start, then=Rank.START.value) for start in title_starts(words)),
        *(When(is_so, then=rank.value) for rank, is_so in better),
    ]
    is_few = keys is not None and len(keys) <= FEW
    return queryset.filter(Q(pk__in=list(keys)) if is_few else last_step).annotate(
        rank=Case(*whens, default=worst.value, output_field=IntegerField())
    )


def best_first(queryset):
    """What ``narrow`` gave, in the order in which to show it."""
    return queryset.in_neutral_order(after=["rank"])


def _in_title(form):
    return Q(search_title__contains=needle(form))


def _in_text(words):
    def look(form):
        condition = Q(search_text__contains=needle(form))
        for field in NAMES:
            if keys := words.keys_named(field, form):
                condition |= Q(**{f"{field}__in": keys})
        return condition

    return look


def found_under(initiative, query):
    """The other word under which this initiative was found; "" when it holds the visitor's own.

    With a list of rows, give what ``understand(query)`` made of the query once.
    """
    words = understand(query)

    def look(form):
        return (
            needle(form) in initiative.search_title
            or needle(form) in initiative.search_text
            or any(getattr(initiative, f"{field}_id") in words.keys_named(field, form) for field in NAMES)
        )

    return words.found_under(look)


def _initiative_excerpt(row, words):
    texts = [row.summary, row.description, row.audience, row.lessons, row.accessibility, row.languages]
    return excerpt(" ".join(filter(None, texts)), words)


def excerpt(text, query):
    """Some words of ``text`` around the first one that answers the query, else its beginning."""
    words = text.split()
    forms = [needle(form.split()[0]) for wanted in query.wanted for form in wanted.forms]
    first = next(
        (place for place, word in enumerate(words) if any(form in normalise(word) for form in forms)), 0
    )
    start = max(0, min(first - EXCERPT_WORDS // 3, len(words) - EXCERPT_WORDS))
    end = start + EXCERPT_WORDS
    before, after = "… " if start else "", " …" if end < len(words) else ""
    return f"{before}{' '.join(words[start:end])}{after}"
