"""The public content of which there is little: read once per version of the content, searched in Python."""

from dataclasses import dataclass
from itertools import count

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.foundation.cache import kept
from registry.foundation.text import normalise
from registry.models import Bottleneck, Case, Finding, Term
from registry.search.ranking import Rank, exact_titles, steps, title_starts
from registry.search.synonyms import needle

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

    def holds(self, form):
        return self._in_title(form) or self._in_text(form)

    def _in_title(self, form):
        return needle(form) in self.search_title

    def _in_text(self, form):
        return needle(form) in self.search_text

    def rank(self, query):
        """How well this answers the query, or None."""
        ranks = [rank for rank, is_so in steps(query, title=self._in_title, text=self._in_text) if is_so]
        if not ranks:
            return None
        if self.search_title in exact_titles(query):
            return Rank.EXACT
        return Rank.START if self.search_title.startswith(title_starts(query)) else ranks[0]


def matching(query, versions):
    """The documents that answer the query by kind, best first, then in their own order."""
    by_kind = {kind: [] for kind in LABELS}
    order = count()
    for document in documents(versions):
        rank = document.rank(query)
        if rank is not None:
            by_kind[document.kind].append((rank, next(order), document))
    return {kind: [document for *_rank, document in sorted(rows)] for kind, rows in by_kind.items()}


def documents(versions):
    return kept(versions.documents, "documents", _read)


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
