"""One publication in each kind of file."""

from dataclasses import dataclass

import tablib
from django.utils.translation import gettext_lazy as _

from survey import results
from survey.resources import tables
from survey.resources.codebook import statements_syntax
from survey.rounds import publications


@dataclass(frozen=True)
class Format:
    label: str
    content_type: str


FORMATS = {
    "csv": Format(_("CSV"), "text/csv; charset=utf-8"),
    "xlsx": Format(_("Excel"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": Format(_("OpenDocument"), "application/vnd.oasis.opendocument.spreadsheet"),
    "json": Format(_("JSON"), "application/json"),
    "sps": Format(_("SPSS-syntaxis bij de CSV"), "text/plain; charset=utf-8"),
}


def written(publication, kind):
    """Bytes. JSON is what was fixed, to the letter, as long as what it was compared with stands."""
    found = publications.as_it_counts(publication)
    if kind == "json":
        is_as_fixed = found == results.read(publication.data)
        return (publication.data if is_as_fixed else results.canonical(found)).encode()
    if kind == "sps":
        return statements_syntax(found).encode()
    if kind == "csv":
        return tables.as_csv(tables.statements(found, publication.edition))
    book = tablib.Databook(
        [
            _sheet("Stellingen", tables.statements(found, publication.edition)),
            _sheet("Uitsplitsing", tables.blocks(found)),
            _sheet("Samenhang", tables.pairs(found)),
            _sheet("Verschil", tables.changes(found)),
            _sheet("Toelichting", tables.about(publication, found)),
        ]
    )
    return book.export(kind)


def _sheet(title, rows):
    headers, *rows = rows
    return tablib.Dataset(
        *[[tables.safe(cell) for cell in row] for row in rows], headers=headers, title=title
    )
