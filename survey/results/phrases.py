"""The words that go with figures, the same in every medium."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from survey import disclosure
from survey.results.outcome import Change, LevelResult, Pair, Results, Statement
from survey.statistics import LEAST_P, P_DIGITS, percentage


class Reason(disclosure.Reason):
    """Why there is no figure; what disclosure control says, and what is simply not known."""

    UNKNOWN = "niet-bekend"
    ONLY_SHARES = "alleen-aandelen"
    NOT_ASKED = "niet-gevraagd"
    NEW = "nieuw"
    SMALL_CELL = "kleine-cel"
    FEW_LESS = "scheelt-weinig"
    FEW_ON_PAPER = "weinig-op-papier"
    NO_PUBLICATION = "niet-vastgesteld"
    NOT_ALL_COUNTS = "niet-alle-aantallen"
    WITHDRAWN = "ingetrokken"
    AUDITED = "controle"


TEXTS = {
    Reason.TOO_FEW: gettext_lazy("Niet getoond: te weinig mensen."),
    Reason.ONE_GROUP: gettext_lazy("Niet getoond: er is maar één groep die groot genoeg is."),
    Reason.OTHER_BREAKDOWN: gettext_lazy(
        "Niet getoond: naast de andere uitsplitsing zou een kleine groep te herkennen zijn."
    ),
    Reason.UNKNOWN: gettext_lazy("Niet bekend."),
    Reason.ONLY_SHARES: gettext_lazy("Niet te bepalen: alleen de aandelen zijn bekend."),
    Reason.NOT_ASKED: gettext_lazy("Dit is in deze meting niet gevraagd."),
    Reason.NEW: gettext_lazy("Nieuw: toen niet gevraagd."),
    Reason.SMALL_CELL: gettext_lazy("Niet getoond: minder dan 5 mensen in een van de vier groepen."),
    Reason.FEW_LESS: gettext_lazy(
        "Aantallen niet getoond: over wie niet alle niveaus beantwoordde, zou te veel blijken."
    ),
    Reason.FEW_ON_PAPER: gettext_lazy(
        "Niet getoond: er zou uit te rekenen zijn hoeveel mensen op papier of zonder verbinding meededen, en dat zijn "
        "er te weinig."
    ),
    Reason.FEW: gettext_lazy(
        "2 of minder. Bij minder dan 30 mensen staat het precieze aantal er dan niet bij."
    ),
    Reason.NEARLY_ALL: gettext_lazy(
        "Iedereen op 2 na, of meer. Bij minder dan 30 mensen staat het precieze aantal er dan niet bij."
    ),
    Reason.BESIDE_BAND: gettext_lazy(
        "Niet getoond: anders is het aantal van een kleine groep uit te rekenen."
    ),
    Reason.NOT_ALL_COUNTS: gettext_lazy("Niet te bepalen: niet van elke stelling staat het aantal er."),
    Reason.AUDITED: gettext_lazy(
        "Niet getoond: naast de andere getallen zou te berekenen zijn wat een paar mensen antwoordden."
    ),
    Reason.WITHDRAWN: gettext_lazy("De uitgave waarmee is vergeleken, is ingetrokken."),
    Reason.NO_PUBLICATION: gettext_lazy("De resultaten van die meting staan niet vast."),
}


def reason_text(reason: str) -> str:
    """ "" too for a band as it was published before ("<5"), which says itself what it is."""
    return str(TEXTS.get(reason, ""))


def range_text(reason: str, n: int | None) -> str:
    """The range that a count of few people is told as, or "" when it is not a range."""
    if n is None:
        return ""
    if reason == Reason.FEW:
        return _("%(most)d of minder van %(n)d") % {"most": disclosure.BAND, "n": n}
    if reason == Reason.NEARLY_ALL:
        return _("op %(few)d na of meer (%(least)d of meer van %(n)d)") % {
            "few": disclosure.BAND,
            "least": n - disclosure.BAND,
            "n": n,
        }
    return ""


def range_of(reason: str, n: int | None) -> tuple[int, ...]:
    """The ends of that range in whole percentages, for a picture; () when it is not a range."""
    if n is None:
        return ()
    if reason == Reason.FEW:
        return 0, percentage(disclosure.BAND / n)
    if reason == Reason.NEARLY_ALL:
        return percentage(1 - disclosure.BAND / n), 100
    return ()


def responses_text(results: Results) -> str | int:
    """How many took part, in the files."""
    if results.is_hidden:
        return _("minder dan %d") % results.threshold
    return _("niet bekend") if results.responses is None else results.responses


def p_cell(change: Change | Pair) -> str | float | None:
    """The p-value of a change or a pair for a file: a number, or that it is below one. It is never 0."""
    # What was published before has 0 where it was rounded away.
    is_below = change.p_is_below or change.p == 0
    return f"<{LEAST_P:.{P_DIGITS}f}".replace(".", ",") if is_below else change.p


def counted(statement: Statement) -> str:
    """ "53 van 77 (69 %, marge 58–78 %)", and "afgeleid" where it was recovered."""
    if range_words := range_text(statement.reason, statement.n):
        return range_words
    if statement.count is None:
        return reason_text(statement.reason)
    text = _("%(count)s van %(n)s (%(percentage)s %%, marge %(low)s–%(high)s %%)") % {
        "count": number(statement.count),
        "n": number(statement.n),
        "percentage": statement.percentage,
        "low": statement.interval[0],
        "high": statement.interval[1],
    }
    return _("%(text)s, afgeleid") % {"text": text} if statement.is_derived else text


def sentence(level: LevelResult) -> str:
    """What the chart of a level says, in words."""
    if level.reason:
        return reason_text(level.reason)
    if level.nearly_all:
        return ngettext(
            "Het meest herkend is %(codes)s: %(counted)s.",
            "Het meest herkend zijn %(codes)s: elk %(counted)s.",
            len(level.nearly_all),
        ) % {
            "codes": _listed([statement.code for statement in level.nearly_all]),
            "counted": counted(level.nearly_all[0]),
        }
    if not level.known and any(statement.reason == Reason.FEW for statement in level.statements):
        return _("Bij elke stelling kruisten hooguit %d mensen haar aan.") % disclosure.BAND
    if not level.known:
        return _("Van dit niveau is alleen bekend hoeveel mensen meededen. De aandelen zijn niet bekend.")
    top = [statement for statement in level.known if statement.rank == 1]
    first = ngettext(
        "Het meest herkend is %(codes)s: %(counted)s.",
        "Het meest herkend zijn %(codes)s: elk %(counted)s.",
        len(top),
    ) % {"codes": _listed([statement.code for statement in top]), "counted": counted(top[0])}
    alike = [statement.code for statement in level.known if statement.band == 1][1:]
    if len(alike) + 1 > len(top):
        first += " " + _("Van %(code)s zijn %(codes)s in deze meting niet te onderscheiden.") % {
            "code": top[0].code,
            "codes": _listed(alike),
        }
    elif level.bands_reason:
        first += " " + _("Of de volgorde ook voor anderen geldt, is niet te bepalen.")
    return first


def change_text(change: Change) -> str:
    """Whether a change is demonstrable, and in which direction, in words."""
    if change.reason:
        return reason_text(change.reason)
    if change.points is None or not change.is_demonstrable:
        return _("niet aantoonbaar")
    return _("hoger") if change.points > 0 else _("lager")


def signed(points: int) -> str:
    """A difference with its sign; a minus is U+2212."""
    return f"+{points}" if points > 0 else f"{points}".replace("-", "−")


def number(value: int | None) -> str:
    """A whole number with a point between the thousands; "niet bekend" for None."""
    return _("niet bekend") if value is None else f"{value:,}".replace(",", ".")


def _listed(words: Sequence[str]) -> str:
    return (
        words[0]
        if len(words) == 1
        else _("%(some)s en %(last)s")
        % {
            "some": ", ".join(words[:-1]),
            "last": words[-1],
        }
    )
