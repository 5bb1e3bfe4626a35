import csv
import io
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import IO, Literal

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
PART = 64 * 1024  # bytes
ROWS_A_PART = 500
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
    return b"".join(parts(name, headers, rows, title=title, notes=notes))


def parts(name: str, headers: Sequence[str], rows: Rows, *, title: str, notes: Rows = ()) -> Iterator[bytes]:
    """The same in parts, in memory that does not grow with the rows: those of a book wait on the disk."""
    if name == "json":
        return _json_parts(headers, rows)
    rows = chain([headers], rows)
    if name == "csv":
        return csv_parts(harmless(some) for some in _by_number(rows))
    return book_parts(name, [(title, rows), *([(NOTES, notes)] if notes else [])])


def write_book(name: str, sheets: Sheets) -> bytes:
    """Bytes of an XLSX or ODS with ``sheets``: pairs of a title and rows, the header first. A number stays one."""
    return b"".join(book_parts(name, sheets))


def book_parts(name: str, sheets: Sheets) -> Iterator[bytes]:
    printable = [(title, _printable(rows)) for title, rows in sheets]
    with tempfile.TemporaryFile() as file:
        (_write_xlsx if name == "xlsx" else opendocument.write)(printable, file)
        file.seek(0)
        while part := file.read(PART):
            yield part


def _json_parts(headers: Sequence[str], rows: Rows) -> Iterator[bytes]:
    before = "[\n"
    for row in rows:
        item = json.dumps(dict(zip(headers, row, strict=True)), ensure_ascii=False, indent=1)
        yield (before + re.sub("^", " ", item, flags=re.MULTILINE)).encode()
        before = ",\n"
    yield b"[]" if before == "[\n" else b"\n]"


def _by_number(rows: Iterable[Sequence[Cell]]) -> Iterator[Rows]:
    rows = iter(rows)
    while some := list(islice(rows, ROWS_A_PART)):
        yield some


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


def _write_xlsx(sheets: Sheets, file: IO[bytes]) -> None:
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
    book.save(file)
