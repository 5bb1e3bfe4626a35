"""One cell as text, and the guard against cells that a spreadsheet program would run."""

import datetime
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 32_767  # what a cell of a spreadsheet program can hold

# What makes a spreadsheet program read text as a formula; also in the wide form of Asian keyboards.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
# No other text can be one: a look at the first character spares a search in most cells of a large file.
FORMULA_STARTS = frozenset("'=+-@\t\r\n＝＋－＠")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# XML has no room for these, so that XLSX and ODS have none either.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Refused(Exception):
    """A file that cannot be taken in; ``problems`` says in Dutch why."""

    def __init__(self, *problems):
        super().__init__(*problems)
        self.problems = problems


@dataclass(frozen=True)
class Table:
    """``rows`` are (number in the file, cells); the header is row 1."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def neutralised(text):
    """Text that no spreadsheet program runs: an apostrophe in front, as people type it themselves."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text):
    """The text as it was before ``neutralised``."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def as_text(value):
    """What a person sees in the cell, without the whims of a country or a program."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def table(rows):
    """A Table of ``rows`` (lists of text, in the order of the file), or Refused."""
    headers, kept = None, []
    for number, cells in enumerate(rows, 1):
        if number > MAX_ROWS + 1:
            raise Refused(
                _("Het bestand heeft meer dan %(rows)s regels. Verdeel het over meer bestanden.")
                % {"rows": f"{MAX_ROWS:,}".replace(",", ".")}
            )
        cells = _without_empty_end(cells)
        if len(cells) > MAX_COLUMNS:
            raise Refused(
                _("Regel %(number)d heeft meer dan %(columns)d kolommen.")
                % {"number": number, "columns": MAX_COLUMNS}
            )
        if number == 1:
            headers = tuple(cell.strip().lower() for cell in cells)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(headers):
            raise Refused(
                _(
                    "Regel %(number)d heeft meer cellen dan er kolommen zijn. Staat er ergens een scheidingsteken te veel?"
                )
                % {"number": number}
            )
        _check_cells(number, headers, cells)
        kept.append((number, (*cells, *[""] * (len(headers) - len(cells)))))
    if not headers or not any(headers):
        raise Refused(_("Het bestand is leeg. Op de eerste regel horen de namen van de kolommen te staan."))
    if not kept:
        raise Refused(_("Het bestand heeft wel kolommen, maar geen regels."))
    return Table(headers, tuple(kept))


def cell_problem(number, column, text):
    return _("regel %(number)d, kolom ‘%(column)s’: %(text)s") % {
        "number": number,
        "column": column[:60],
        "text": text,
    }


def formula_refused(number, headers, position):
    """A formula has no value until a program works it out; ours does not."""
    column = headers[position] if position < len(headers) else str(position + 1)
    return Refused(cell_problem(number, column, _("hier staat een formule. Zet er de uitkomst neer.")))


def _without_empty_end(cells):
    cells = list(cells)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _check_cells(number, headers, cells):
    for column, cell in zip(headers, cells, strict=False):
        if _UNSTORABLE.search(cell):
            raise Refused(
                cell_problem(number, column, _("hier staat een teken dat niet kan worden bewaard."))
            )
        if len(cell) > MAX_CELL:
            raise Refused(cell_problem(number, column, _("deze tekst is te lang.")))
