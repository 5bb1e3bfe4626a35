import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from registry.foundation.spreadsheets import opendocument
from registry.foundation.spreadsheets.cells import UNWRITABLE, neutralised

Rows = Iterable[Sequence[str]]
NOTES = "Uitleg"  # a sheet for people, never read back
FORMATS = {
    "csv": (_("CSV (UTF-8)"), "text/csv; charset=utf-8"),
    "xlsx": (_("Excel (.xlsx)"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": (_("OpenDocument (.ods)"), "application/vnd.oasis.opendocument.spreadsheet"),
    "json": (_("JSON"), "application/json"),
}


def write(name: str, headers: Sequence[str], rows: Rows, *, title: str, notes: Rows = ()) -> bytes:
    """Bytes in the format ``name``. ``notes`` (rows) become a second sheet, where there can be one."""
    if name == "json":
        found = [dict(zip(headers, row, strict=True)) for row in rows]
        return json.dumps(found, ensure_ascii=False, indent=1).encode()
    if name == "csv":
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows(_safe([headers, *rows]))
        # The mark makes Excel read it as UTF-8.
        return f"\ufeff{out.getvalue()}".encode()
    sheets = [(title, _printable([headers, *rows]))]
    if notes:
        sheets.append((NOTES, _printable(notes)))
    return (_xlsx if name == "xlsx" else opendocument.written)(sheets)


def _safe(rows: Rows) -> Iterator[list[str]]:
    return ([neutralised(cell) for cell in row] for row in rows)


def _printable(rows: Rows) -> Iterator[list[str]]:
    """XML knows one kind of line end, and no control characters."""
    for row in _safe(rows):
        yield [UNWRITABLE.sub("", cell.replace("\r\n", "\n").replace("\r", "\n")) for cell in row]


def _xlsx(sheets: Iterable[tuple[str, Rows]]) -> bytes:
    book = Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        for number, row in enumerate(rows):
            cells = [WriteOnlyCell(sheet, value=cell) for cell in row]
            for cell in cells:
                if number == 0:
                    cell.font = Font(bold=True)
                elif "\n" in cell.value:
                    cell.alignment = Alignment(wrap_text=True)
                # Text, also when it looks like an error (#N/A) or a number: 01234567 keeps its first digit.
                cell.data_type = "s"
                cell.number_format = "@"
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
