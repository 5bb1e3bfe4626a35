"""What each column of the files means."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from survey import results
from survey.resources import spss, tables

CODEBOOK = "codeboek"
# Column: its SPSS format and what it means.
COLUMNS = {
    "meting": ("A60", gettext_lazy("De meting, zoals in het adres van de pagina.")),
    "uitgave": ("F3", gettext_lazy("Het nummer van de uitgave van de resultaten.")),
    "niveau": ("A20", gettext_lazy("Het niveau van de stelling.")),
    "code": ("A4", gettext_lazy("De vaste code van het knelpunt.")),
    "stelling": ("A500", gettext_lazy("De stelling zoals zij is gevraagd.")),
    "aantal": (
        "F9",
        gettext_lazy("Hoeveel mensen de stelling aankruisten. Leeg: niet bekend of niet getoond."),
    ),
    "n": (
        "F9",
        gettext_lazy(
            "Hoeveel mensen op dit niveau iets aankruisten of ‘geen van deze’: de basis van het percentage. "
            "Alleen ‘anders, namelijk’ telt niet mee."
        ),
    ),
    "percentage": ("F3", gettext_lazy("Aantal gedeeld door n, afgerond; een half gaat van nul af.")),
    "marge_van": ("F3", gettext_lazy("Ondergrens van de marge in procenten (Wilson, 95 %).")),
    "marge_tot": ("F3", gettext_lazy("Bovengrens van de marge in procenten (Wilson, 95 %).")),
    "rang": ("F3", gettext_lazy("De plaats binnen het niveau; wie gelijk is, deelt een plaats.")),
    "band": (
        "F3",
        gettext_lazy("Binnen een band is geen verschil met de bovenste aantoonbaar (McNemar met Holm)."),
    ),
    "afgeleid": ("A3", gettext_lazy("Of het aantal is teruggerekend uit een gepubliceerd percentage.")),
    "toelichting": ("A200", gettext_lazy("Waarom er geen getal staat.")),
}


def codebook(publication):
    outcome = results.read(publication.data)
    return tables.as_csv(_rows(outcome))


def statements_syntax(outcome):
    columns = [(name, kind) for name, (kind, _words) in COLUMNS.items()]
    labels = {name: words for name, (_kind, words) in COLUMNS.items()}
    values = [
        (["niveau"], {level.level: level.name for level in outcome.levels}),
        (["code"], {code: statement.text for code, statement in outcome.statements.items()}),
    ]
    return spss.syntax(f"{outcome.round}.csv", columns, labels, values)


def _rows(outcome):
    yield ["kolom", "waarde", "betekenis"]
    for name, (_kind, words) in COLUMNS.items():
        yield [name, "", str(words)]
    for level in outcome.levels:
        yield ["niveau", level.level, f"{level.name}: {level.question}"]
        for statement in level.statements:
            version = _("formulering %(number)s") % {"number": statement.wording or _("niet bekend")}
            yield ["code", statement.code, f"{statement.text} ({version})"]
    yield ["toelichting", "", outcome.note]
