import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from registry.foundation.spreadsheets import opendocument
from registry.foundation.spreadsheets.cells import UNWRITABLE, as_text, neutralised
from registry.foundation.spreadsheets.excel import encoded

Cell = str | int | float
Rows = Iterable[Sequence[Cell]]
Sheets = Iterable[tuple[str, Rows]]
NOTES = "Uitleg"  # a sheet for people, never read back
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "json": "application/json",
}
FORMATS = {
    "csv": (_("CSV (UTF-8)"), MEDIA_TYPES["csv"]),
    "xlsx": (_("Excel (.xlsx)"), MEDIA_TYPES["xlsx"]),
    "ods": (_("OpenDocument (.ods)"), MEDIA_TYPES["ods"]),
    "json": (_("JSON"), MEDIA_TYPES["json"]),
}


def write(name: str, headers: Sequence[str], rows: Rows, *, title: str, notes: Rows = ()) -> bytes:
    """Bytes in the format ``name``. ``notes`` (rows) become a second sheet, where there can be one."""
    if name == "json":
        items = [dict(zip(headers, row, strict=True)) for row in rows]
        return json.dumps(items, ensure_ascii=False, indent=1).encode()
    if name == "csv":
        return b"".join(csv_parts([harmless([headers, *rows])]))
    return write_book(name, [(title, [headers, *rows]), *([(NOTES, notes)] if notes else [])])


def write_book(name: str, sheets: Sheets) -> bytes:
    """Bytes of an XLSX or ODS with ``sheets``: pairs of a title and rows, the header first. A number stays one."""
    printable = [(title, _printable(rows)) for title, rows in sheets]
    return (_xlsx if name == "xlsx" else opendocument.written)(printable)


def csv_parts(
    parts: Iterable[Rows], *, quoting: Literal[0, 1, 2, 3] = csv.QUOTE_NONNUMERIC
) -> Iterator[bytes]:
    """The bytes of a CSV file part by part, from lists of ``harmless`` rows: UTF-8, cells parted by a semicolon."""
    mark = "\ufeff"  # makes Excel read it as UTF-8
    for rows in parts:
        out = io.StringIO(newline="")
        out.write(mark)
        csv.writer(out, delimiter=";", quoting=quoting).writerows(rows)
        yield out.getvalue().encode()
        mark = ""


def harmless(rows: Iterable[Iterable[object]]) -> Iterator[list[Cell]]:
    """Rows of which no spreadsheet program runs a text; a number stays one, and what is not known is empty."""
    return ([_harmless(cell) for cell in row] for row in rows)


def _harmless(cell: object) -> Cell:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    return neutralised(as_text(cell))


def _printable(rows: Rows) -> Iterator[list[Cell]]:
    """XML knows one kind of line end, and no control characters."""
    for row in harmless(rows):
        yield [
            UNWRITABLE.sub("", cell.replace("\r\n", "\n").replace("\r", "\n"))
            if isinstance(cell, str)
            else cell
            for cell in row
        ]


def _xlsx(sheets: Sheets) -> bytes:
    book = Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        for number, row in enumerate(rows):
            cells = [
                WriteOnlyCell(sheet, value=encoded(cell) if isinstance(cell, str) else cell) for cell in row
            ]
            for cell in cells:
                if number == 0:
                    cell.font = Font(bold=True)
                if not isinstance(cell.value, str):
                    continue
                if "\n" in cell.value and number:
                    cell.alignment = Alignment(wrap_text=True)
                # Text, also when it looks like an error (#N/A) or a number: 01234567 keeps its first digit.
                cell.data_type = "s"
                cell.number_format = "@"
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
