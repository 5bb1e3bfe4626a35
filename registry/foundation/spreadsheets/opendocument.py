"""ODS files as a stream of rows, in and out: a fraction of the memory and time of a document tree."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape
from zipfile import ZipFile

from registry.foundation.spreadsheets.cells import (
    LAST_HEADER,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    Area,
    Line,
    formula,
    restored,
)
from registry.foundation.spreadsheets.elements import iterparse
from registry.foundation.spreadsheets.numberformats import plain, shown
from registry.foundation.spreadsheets.unseen import said_of_hidden, spread

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_TIME = re.compile(r"PT(\d+)H(\d\d)M(\d\d)")
_WHITE = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}


def sheets(archive: ZipFile) -> list[tuple[str, int, bool]]:
    """(title, number, is_hidden) of each sheet."""
    entries: list[tuple[str, int, bool]] = []
    hidden: set[str | None] = set()
    for event, element in _events(archive):
        if event == "end" and element.tag == f"{_STYLE}style":
            properties = element.find(f"{_STYLE}table-properties")
            if properties is not None and properties.get(f"{_TABLE}display") == "false":
                hidden.add(element.get(f"{_STYLE}name"))
        elif event == "start" and element.tag == f"{_TABLE}table":
            is_hidden = element.get(f"{_TABLE}style-name") in hidden
            entries.append((element.get(f"{_TABLE}name", ""), len(entries), is_hidden))
        elif event == "end" and element.tag == f"{_TABLE}table-row":
            element.clear()
    return entries


def has_content(archive: ZipFile, sheet: int) -> bool:
    return any(any(cells) for _number, cells, _row in _rows(archive, sheet))


def lines(archive: ZipFile, sheet: int, notes: list[str]) -> list[Line]:
    """(number, cells) of each row that has a cell with something in it; says in ``notes`` what is hidden or merged."""
    filled_rows: list[Line] = []
    hidden: list[int] = []
    areas: list[Area] = []
    for number, cells, row in _rows(archive, sheet):
        if any(cells):
            filled_rows.append((number, cells))
            if row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
                hidden.append(number)
            areas += _areas(number, row)
    notes += said_of_hidden(hidden)
    return spread(filled_rows, areas, notes)


def _events(archive: ZipFile) -> Iterator[tuple[str, Element]]:
    with archive.open("content.xml") as stream:
        yield from iterparse(stream, events=("start", "end"))


def _rows(archive: ZipFile, sheet: int) -> Iterator[tuple[int, list[str], Element]]:
    number, table, at = 0, None, -1
    for event, element in _events(archive):
        if event == "start":
            if element.tag == f"{_TABLE}table":
                table, at = element, at + 1
            continue
        if element.tag == f"{_TABLE}table" and at == sheet:
            return
        if element.tag != f"{_TABLE}table-row":
            continue
        if at == sheet:
            number += 1
            cells = _cells(element)
            times = int(element.get(f"{_TABLE}number-rows-repeated", 1))
            # Of rows without content, a million are as good as one; of others, one more than may be is enough.
            for more in range(min(times, MAX_ROWS + LAST_HEADER + 2) if any(cells) else 0):
                yield number + more, cells, element
            number += times - 1
        if table is not None:
            table.clear()


def _areas(number: int, row: Element) -> Iterator[Area]:
    column = 0
    for cell in row:
        if cell.tag in _CELLS:
            rows = min(int(cell.get(f"{_TABLE}number-rows-spanned", 1)), MAX_ROWS * 2)
            if rows > 1:
                yield number, number + rows - 1, column, column
            column += int(cell.get(f"{_TABLE}number-columns-repeated", 1))


def _cells(row: Element) -> list[str]:
    values: list[str] = []
    for cell in row:
        if cell.tag not in _CELLS:
            continue
        value, times = _value(cell), int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        # A row ends in a cell that stands for thousands of empty ones, and a hostile one in millions of those.
        room = MAX_COLUMNS + 2 - len(values)
        values += repeat(value, min(times, max(room, 0)))
        if value and room <= 0:
            values.append(value)
            break
    return values


def _value(cell: Element) -> str:
    if typed := cell.get(f"{_TABLE}formula"):
        return formula(typed)
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        return _number(kind, cell.get(f"{_OFFICE}value", ""), _shown(cell))
    if kind == "date":
        return (cell.get(f"{_OFFICE}date-value") or "").removesuffix("T00:00:00").replace("T", " ")
    if kind == "time" and (match := _TIME.match(cell.get(f"{_OFFICE}time-value", ""))):
        return f"{match[1]}:{match[2]}" + (f":{match[3]}" if match[3] != "00" else "")
    if kind == "boolean":
        return "ja" if cell.get(f"{_OFFICE}boolean-value") == "true" else "nee"
    return restored(_shown(cell))


def _number(kind: str, value: str, seen: str) -> str:
    """The number; as it is seen where that says more: zeros in front, a currency, a word."""
    if kind == "percentage":
        return shown(value, "0%")
    says_more = kind == "currency" or any(sign.isalpha() and sign not in "eE" for sign in seen)
    if seen and (says_more or (len(seen) > 1 and seen[0] == "0" and seen[1].isdigit())):
        return seen
    return plain(value)


def _shown(cell: Element) -> str:
    text = ""
    for piece in _pieces(cell):
        text += piece
        if len(text) > MAX_CELL:  # refused later on, however much follows
            break
    return text


def _pieces(cell: Element) -> Iterator[str]:
    for number, line in enumerate(cell.findall(f"{_TEXT}p")):
        if number:
            yield "\n"
        yield from _written(line)


def _written(element: Element) -> Iterator[str]:
    """The text of a paragraph; spaces beyond the first, tabs and line ends are elements of their own."""
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " " * min(int(child.get(f"{_TEXT}c", 1)), MAX_CELL + 1)
        elif child.tag in _WHITE:
            yield _WHITE[child.tag]
        else:
            yield from _written(child)
        yield child.tail or ""


def written(sheets: Iterable[tuple[str, Iterable[Sequence[str | int | float]]]]) -> bytes:
    """The bytes of an ODS file with ``sheets``: pairs of a title and rows of texts and numbers."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        # First and not packed, so that a program knows the file by its beginning.
        archive.writestr("mimetype", _MIME, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        with archive.open("content.xml", "w") as content:
            content.write(_HEAD.encode())
            for title, lines in sheets:
                content.write(f'<table:table table:name="{escape(title)}">'.encode())
                for line in lines:
                    cells = "".join(map(_cell, line))
                    content.write(f"<table:table-row>{cells}</table:table-row>".encode())
                content.write(b"</table:table>")
            content.write(_TAIL.encode())
    return out.getvalue()


def _cell(value: str | int | float) -> str:
    if value == "":
        return "<table:table-cell/>"
    if not isinstance(value, str):
        cell = f'<table:table-cell office:value-type="float" office:value="{value}">'
        return f"{cell}<text:p>{value}</text:p></table:table-cell>"
    lines = "".join(f"<text:p>{_marked(line)}</text:p>" for line in value.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def _marked(line: str) -> str:
    """Spaces that XML would fold together and tabs become elements."""
    spaced = re.sub("  +|^ | $", lambda run: f'<text:s text:c="{len(run[0])}"/>', escape(line))
    return spaced.replace("\t", "<text:tab/>")


_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.3" '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    "<office:body><office:spreadsheet>"
)
_TAIL = "</office:spreadsheet></office:body></office:document-content>"
