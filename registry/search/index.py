"""The public content of which there is little: read once per version of the content, searched in Python."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from registry.foundation.text import normalise
from registry.models import Bottleneck, Case, Finding, Term
from registry.models.operations.posting import LONGEST, Weight
from registry.search.following import newest
from registry.search.vocabulary import Words

LABELS = {
    "knelpunt": _("Knelpunten"),
    "casus": _("Casussen"),
    "begrip": _("Begrippen"),
    "bevinding": _("Bevindingen"),
}


@dataclass(frozen=True)
class Document:
    kind: str
    key: str
    title: str
    url: str
    body: str
    search_title: str
    search_text: str
    is_sample: bool = False

    @cached_property
    def weights(self):
        return weights(self.search_title, self.search_text)


def weights(search_title, search_text):
    """Where each word stands at best, as the triggers write it (registry/models/operations/posting.py)."""
    title = search_title.split()
    by_word = dict.fromkeys(search_text.split(), Weight.TEXT) | dict.fromkeys(title, Weight.TITLE)
    if title:
        by_word[title[0]] = Weight.FIRST if len(title) > 1 else Weight.WHOLE
    return by_word


@dataclass(frozen=True)
class Documents:
    """``places_of``: of each word the numbers of the rows that it stands in, by where."""

    rows: tuple[Document, ...]
    places_of: dict[str, dict[int, BitMap]]
    words: Words


def documents(versions):
    return newest("documents", versions.documents, _documents)


def words(versions):
    return documents(versions).words


def _documents():
    rows = tuple(_read())
    places_of = {}
    for number, row in enumerate(rows):
        for word, weight in row.weights.items():
            places_of.setdefault(word[:LONGEST], {}).setdefault(weight, BitMap()).add(number)
    return Documents(rows, places_of, Words(places_of))


def _read():
    return (*_bottlenecks(), *_cases(), *_terms(), *_findings())


def _bottlenecks():
    rows = Bottleneck.objects.published().select_related("level", "municipality")
    for row in rows.order_by("level__position", "number"):
        body = " ".join(filter(None, [row.statement if row.title else "", row.explanation]))
        municipality = row.municipality.name if row.municipality else ""
        yield Document(
            "knelpunt",
            row.code,
            str(row),
            row.get_absolute_url(),
            body,
            normalise(row.name),
            normalise(row.code, body, row.level.name, municipality),
        )


def _cases():
    rows = Case.objects.published().select_related("municipality", "initiative__municipality")
    for row in rows.order_by("title", "pk"):
        body = " ".join(filter(None, [row.summary, row.situation, row.approach, row.result, row.lessons]))
        of = row.initiative
        names = [place.name for place in (row.municipality, of and of.municipality) if place]
        yield Document(
            "casus",
            row.slug,
            row.title,
            row.get_absolute_url(),
            body,
            normalise(row.title),
            normalise(body, of.name if of else "", *names),
            row.is_sample,
        )


def _terms():
    for row in Term.objects.order_by("word"):
        body = " ".join(filter(None, [row.explanation, row.caution]))
        yield Document(
            "begrip",
            row.slug,
            row.word,
            row.get_absolute_url(),
            body,
            # The equal words stand in the title: none of them is the official one.
            normalise(row.word, *row.equals),
            normalise(body, *row.related),
        )


def _findings():
    rows = Finding.objects.select_related("level").prefetch_related("municipalities", "bottlenecks")
    for row in rows.order_by(F("level__position").asc(nulls_last=True), "position", "pk"):
        names = [municipality.name for municipality in row.municipalities.all()]
        yield Document(
            "bevinding", row.slug, str(row), _finding_url(row), row.text, "", normalise(row.text, *names)
        )


def _finding_url(finding):
    """A finding has no page of its own: it stands with its bottleneck, or with its level in the list."""
    public = [
        bottleneck
        for bottleneck in finding.bottlenecks.all()
        if bottleneck.status != Bottleneck.Status.CANDIDATE
    ]
    if public:
        return public[0].get_absolute_url()
    return f"{reverse('registry:bottleneck-list')}#{finding.level_id or ''}".rstrip("#")
