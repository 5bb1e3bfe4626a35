"""Files with rows, in and out: CSV, Excel (XLSX), OpenDocument (ODS) and JSON.

Everything is text here: a date is 2026-11-23, a yes is "ja". What a file is, its content says, not its
name. What cannot be read is refused with a Dutch message before much of it is unpacked.
"""

from registry.foundation.errors import Refused
from registry.foundation.spreadsheets.cells import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Table, Unfit
from registry.foundation.spreadsheets.reading import read, sheet_titles
from registry.foundation.spreadsheets.writing import (
    FORMATS,
    MEDIA_TYPES,
    csv_parts,
    harmless,
    parts,
    write,
    write_book,
)

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "MEDIA_TYPES",
    "Refused",
    "Table",
    "Unfit",
    "csv_parts",
    "harmless",
    "parts",
    "read",
    "sheet_titles",
    "write",
    "write_book",
]
