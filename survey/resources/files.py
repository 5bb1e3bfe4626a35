"""One publication in each kind of file."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from registry.foundation.spreadsheets import MEDIA_TYPES, write_book
from survey import results
from survey.resources import tables
from survey.resources.codebook import statements_syntax
from survey.rounds import publications


@dataclass(frozen=True)
class Format:
    label: str
    content_type: str


FORMATS = {
    "csv": Format(_("CSV"), MEDIA_TYPES["csv"]),
    "xlsx": Format(_("Excel"), MEDIA_TYPES["xlsx"]),
    "ods": Format(_("OpenDocument"), MEDIA_TYPES["ods"]),
    "json": Format(_("JSON"), MEDIA_TYPES["json"]),
    "sps": Format(_("SPSS-syntaxis bij de CSV"), "text/plain; charset=utf-8"),
}


def written(publication, kind):
    """Bytes. JSON is what was fixed, to the letter, as long as what it was compared with stands."""
    outcome = publications.as_it_counts(publication)
    if kind == "json":
        is_as_fixed = outcome == results.read(publication.data)
        return (publication.data if is_as_fixed else results.canonical(outcome)).encode()
    if kind == "sps":
        return statements_syntax(outcome).encode()
    if kind == "csv":
        return tables.as_csv(tables.statements(outcome, publication.edition))
    return write_book(
        kind,
        [
            ("Stellingen", tables.statements(outcome, publication.edition)),
            ("Uitsplitsing", tables.blocks(outcome)),
            ("Samenhang", tables.pairs(outcome)),
            ("Verschil", tables.comparison(outcome)),
            ("Toelichting", tables.about(publication, outcome)),
        ],
    )
