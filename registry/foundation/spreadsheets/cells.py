"""One cell as text, the guard against cells that a spreadsheet program would run, and the table of all cells."""

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.foundation.spreadsheets.numberformats import clock, day_of, plain
from registry.foundation.text import clean_text

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 32_767  # what a cell of a spreadsheet program can hold
LAST_HEADER = 30  # how many lines may stand above the names of the columns

# What makes a spreadsheet program read text as a formula; also in the wide form of Asian keyboards.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
# No other text can be one: a look at the first character spares a search in most cells of a large file.
FORMULA_STARTS = frozenset("'=+-@\t\r\n＝＋－＠")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# XML has no room for these, so that XLSX and ODS have none either.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What a program shows where it could not work out a value, in English and in Dutch.
_FAILED = re.compile(
    r"#(N/A|N/B|REF!|VERW!|DIV/0!|DEEL/0!|VALUE!|WAARDE!|NAME\?|NAAM\?|NUM!|GETAL!|NULL!|LEEG!|SPILL!|OVERLOOP!)"
    r"|(Err|Fout):\d{3}|###+",
    re.IGNORECASE,
)
_CUT_OFF = re.compile(r"-?\d([.,]\d+)?E\+\d{1,3}", re.IGNORECASE)


class Unfit(str):
    """The text of a cell that cannot be taken in as it stands; ``reason`` says in Dutch why."""

    reason = ""

    def __new__(cls, text: str, reason: str) -> Self:
        cell = super().__new__(cls, text)
        cell.reason = reason
        return cell


# The number that a row has in its file, and its cells.
Line = tuple[int, Sequence[str]]
# The rows and the columns of cells that are one: first and last of each.
Area = tuple[int, int, int, int]
IsHeader = Callable[[Sequence[str]], int]


@dataclass(frozen=True)
class Table:
    """``rows`` are (number in the file, cells); ``notes`` say in Dutch what a person may not have seen."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()


def neutralised(text: str) -> str:
    """Text that no spreadsheet program runs: an apostrophe in front, as people type it themselves."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """The text as it was before ``neutralised``."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def as_text(value: object) -> str:
    """What a person sees in the cell, without the whims of a country or a program."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, int | float):
        return plain(value)
    if isinstance(value, datetime.time):
        return clock(value)
    if isinstance(value, datetime.datetime):
        day = day_of(value)
        return day if value.time() == datetime.time() else f"{day} {clock(value.time())}"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def formula(text: str = "") -> Unfit:
    """A formula has no value until a program works it out; ours does not."""
    return Unfit(f"={text}", _("hier staat een formule. Zet er de uitkomst neer."))


def table(lines: Iterable[Line], *, is_header: IsHeader | None = None, notes: Iterable[str] = ()) -> Table:
    """A Table of ``lines`` ((number, cells) in the order of the file), or Refused.

    ``is_header``: how many of the cells of a line are names of columns that somebody knows. Empty lines count for
    nothing, and lines above the header are no rows.
    """
    filled_lines: list[Line] = []
    said = list(notes)
    for number, cells in lines:
        cells = _without_empty_end(cells)
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            raise Refused(
                _("Regel %(number)d heeft meer dan %(columns)d kolommen.")
                % {"number": number, "columns": MAX_COLUMNS}
            )
        if len(filled_lines) > MAX_ROWS + LAST_HEADER:
            raise Refused(_too_many())
        filled_lines.append((number, cells))
    if not filled_lines:
        raise Refused(_("Het bestand is leeg. Op de eerste regel horen de namen van de kolommen te staan."))
    at = _header_at(filled_lines, is_header)
    headers = tuple(str(clean_text(cell, one_line=True)).lower() for cell in filled_lines[at][1])
    if at:
        above = ", ".join(str(number) for number, _cells in filled_lines[:at])
        said.insert(
            0, _("Boven de namen van de kolommen staat nog tekst (regel %s). Die telt niet mee.") % above
        )
    fitted = ((number, _fitted(number, headers, cells)) for number, cells in filled_lines[at + 1 :])
    # A cell that held nothing that anybody can see is empty by now.
    rows = tuple((number, cells) for number, cells in fitted if any(cells))
    if len(rows) > MAX_ROWS:
        raise Refused(_too_many())
    if not rows:
        raise Refused(_("Het bestand heeft wel kolommen, maar geen regels."))
    return Table(headers, rows, tuple(said))


def _too_many() -> str:
    return _("Het bestand heeft meer dan %(rows)s regels. Verdeel het over meer bestanden.") % {
        "rows": f"{MAX_ROWS:,}".replace(",", ".")
    }


def _header_at(lines: Sequence[Line], is_header: IsHeader | None) -> int:
    """The line that names most columns; where none does, the first that fills more than one cell of many."""
    first = lines[:LAST_HEADER]
    if is_header:
        known_names = [is_header(cells) for _number, cells in first]
        if max(known_names):
            return known_names.index(max(known_names))
    filled = [sum(bool(cell.strip()) for cell in cells) for _number, cells in first]
    enough = min(2, max(filled))
    return next(at for at, number in enumerate(filled) if number >= enough)


def cell_problem(number: int, column: str, text: str) -> str:
    return _("regel %(number)d, kolom ‘%(column)s’: %(text)s") % {
        "number": number,
        "column": column[:60],
        "text": text,
    }


def _without_empty_end(cells: Sequence[str]) -> list[str]:
    cells = list(cells)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _fitted(number: int, headers: tuple[str, ...], cells: Sequence[str]) -> tuple[str, ...]:
    if len(cells) > len(headers):
        raise Refused(
            _(
                "Regel %(number)d heeft meer cellen dan er kolommen zijn. Staat er ergens een scheidingsteken te veel?"
            )
            % {"number": number}
        )
    return (*map(_judged, cells), *[""] * (len(headers) - len(cells)))


def _judged(cell: str) -> str:
    """The cell, cleaned; or an Unfit one, which is refused where it would change something."""
    if isinstance(cell, Unfit) or not cell:
        return cell
    if len(cell) > MAX_CELL:
        return Unfit(cell[:MAX_CELL], _("deze tekst is te lang."))
    if _UNSTORABLE.search(cell):
        return Unfit(clean_text(cell), _("hier staat een teken dat niet kan worden bewaard."))
    if cell[0] in "#EeFf" and _FAILED.fullmatch(cell.strip()):
        return Unfit(cell.strip(), _("hier staat een foutmelding van een rekenblad. Zet er de waarde neer."))
    if ("E" in cell or "e" in cell) and len(cell) < 30 and _CUT_OFF.fullmatch(cell.strip()):
        return Unfit(
            cell.strip(),
            _(
                "hier staat een getal dat een programma heeft afgekapt (%s). Maak de cel in uw bestand tekst en vul het "
                "opnieuw in."
            )
            % cell.strip(),
        )
    return clean_text(cell)
