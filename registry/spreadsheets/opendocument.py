"""ODS files as a stream of rows, in and out: a fraction of the memory and time of a document tree."""

import io
import re
import zipfile
from itertools import repeat
from xml.sax.saxutils import escape

from defusedxml.ElementTree import iterparse

from registry.spreadsheets.cells import MAX_CELL, MAX_COLUMNS, MAX_ROWS, formula_refused, restored

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_WHITE = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}


def rows(archive):
    number, headers = 0, []
    with archive.open("content.xml") as stream:
        for _event, element in iterparse(stream, events=("end",), forbid_dtd=True):
            if element.tag == f"{_TABLE}table":
                return
            if element.tag != f"{_TABLE}table-row":
                continue
            number += 1
            cells = _cells(number, element, headers)
            headers = headers or cells
            times = int(element.get(f"{_TABLE}number-rows-repeated", 1))
            # A sheet ends in a row that stands for a million empty ones; more than one may be real.
            times = min(times, MAX_ROWS + 2) if any(cells) else 1 if times > MAX_ROWS else times
            yield from repeat(cells, times)
            number += times - 1
            element.clear()


def _cells(number, row, headers):
    found = []
    for cell in row:
        if cell.tag not in _CELLS:
            continue
        if cell.get(f"{_TABLE}formula"):
            raise formula_refused(number, headers, len(found))
        value, times = _value(cell), int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        # A row ends in a cell that stands for thousands of empty ones, and a hostile one in millions of those.
        room = MAX_COLUMNS + 2 - len(found)
        found += repeat(value, min(times, max(room, 0)))
        if value and room <= 0:
            found.append(value)
            break
    return found


def _value(cell):
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        value = float(cell.get(f"{_OFFICE}value"))
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if kind == "date":
        return cell.get(f"{_OFFICE}date-value").removesuffix("T00:00:00")
    if kind == "boolean":
        return "ja" if cell.get(f"{_OFFICE}boolean-value") == "true" else "nee"
    text = ""
    for piece in _pieces(cell):
        text += piece
        if len(text) > MAX_CELL:  # refused later on, however much follows
            break
    return restored(text)


def _pieces(cell):
    for number, line in enumerate(cell.findall(f"{_TEXT}p")):
        if number:
            yield "\n"
        yield from _written(line)


def _written(element):
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


def written(sheets):
    """The bytes of an ODS file with ``sheets``: pairs of a title and rows of text."""
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


def _cell(text):
    if not text:
        return "<table:table-cell/>"
    lines = "".join(f"<text:p>{_marked(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def _marked(line):
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
