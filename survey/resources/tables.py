"""Results as tables: lists of cells, the header first. What is not known is an empty cell with the reason beside it."""

from django.utils.translation import gettext as _

from registry.foundation.spreadsheets import csv_parts, harmless
from survey import results

STATEMENT_COLUMNS = (
    "meting uitgave niveau code stelling aantal n percentage marge_van marge_tot rang band afgeleid toelichting"
).split()


def one_line(cell):
    """SPSS takes a new line for a new row, whatever stands around it."""
    return " ¶ ".join(cell.splitlines()) if isinstance(cell, str) else cell


def as_csv(rows):
    """The bytes of a CSV file that SPSS reads too."""
    return b"".join(csv_in_parts([rows]))


def csv_in_parts(parts):
    return csv_parts(harmless([one_line(cell) for cell in row] for row in rows) for rows in parts)


def statements(outcome, edition):
    yield STATEMENT_COLUMNS
    for level in outcome.levels:
        for statement in level.statements:
            low, high = statement.interval or (None, None)
            why = results.reason_text(statement.reason or level.bands_reason)
            figures = [
                statement.count,
                level.n,
                statement.percentage,
                low,
                high,
                statement.rank,
                statement.band,
            ]
            derived = _("ja") if statement.is_derived else _("nee")
            yield [
                outcome.round,
                edition,
                level.level,
                statement.code,
                statement.text,
                *figures,
                derived,
                why,
            ]


def blocks(outcome):
    yield "uitsplitsing groep bevat code aantal n percentage band toelichting".split()
    for breakdown in outcome.breakdowns:
        if breakdown.reason:
            yield [breakdown.grouping, *[None] * 7, results.reason_text(breakdown.reason)]
        for block in breakdown.blocks:
            for share in block.shares:
                yield [
                    breakdown.grouping,
                    block.label,
                    ", ".join(block.groups),
                    *(share.code, share.count, share.n, share.percentage, _band(share)),
                    results.reason_text(share.band)
                    or (_("Kleine groep: ‘niemand’ en ‘iedereen’ staan als band.") if share.band else ""),
                ]


def _band(share):
    """The range of a share in words; as results of before had it, "<5 %" or ">95 %"."""
    if results.reason_text(share.band):
        return results.range_text(share.band, share.n)
    return share.band and f"{share.band} %"


def pairs(outcome):
    yield "stelling_1 stelling_2 n beide alleen_1 alleen_2 geen phi jaccard lift p aantoonbaar toelichting".split()
    if outcome.pairs_reason:
        yield [*[None] * 12, results.reason_text(outcome.pairs_reason)]
    for pair in outcome.pairs:
        cells = [pair.n, pair.both, pair.only_first, pair.only_second, pair.neither]
        measures = [pair.phi, pair.jaccard, pair.lift, results.p_cell(pair)]
        demonstrable = None if pair.phi is None else (_("ja") if pair.is_demonstrable else _("nee"))
        yield [pair.first, pair.second, *cells, *measures, demonstrable, results.reason_text(pair.reason)]


def comparison(outcome):
    yield "code toen_aantal toen_n toen_percentage nu_aantal nu_n nu_percentage verschil marge_van marge_tot p oordeel".split()
    for change in outcome.comparison.changes if outcome.comparison else ():
        shares = [
            cell
            for share in (change.before, change.now)
            for cell in ((share.count, share.n, share.percentage) if share else (None, None, None))
        ]
        low, high = change.interval or (None, None)
        yield [
            change.code,
            *shares,
            change.points,
            low,
            high,
            results.p_cell(change),
            results.change_text(change),
        ]


def about(publication, outcome):
    yield ["wat", "waarde"]
    unknown = _("niet bekend")
    yield [_("meting"), outcome.name]
    if outcome.is_sample:
        yield [_("let op"), _("Verzonnen voorbeeld. Dit bestaat niet echt.")]
    yield [_("datum"), outcome.held_on or unknown]
    yield [_("uitgave"), publication.edition]
    yield [_("vastgesteld op"), publication.published_on.isoformat() if publication.published_on else unknown]
    yield [_("inzendingen"), results.responses_text(outcome)]
    yield [_("begonnen"), unknown if outcome.started is None else outcome.started]
    yield [_("let op"), outcome.note]
    yield [_("vragenlijst"), publication.questionnaire_version]
    yield [_("hash van de resultaten"), publication.data_hash]
    yield [_("hash van de inzendingen"), publication.responses_hash or unknown]
    yield [_("versie van de rekenregels"), publication.code_version]
    for erratum in publication.errata.all():
        yield [_("erratum %(day)s") % {"day": erratum.noted_on.isoformat()}, erratum.text]
