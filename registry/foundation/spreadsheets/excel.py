"""XLSX files as a stream of rows: what a person sees in each cell. Names are read without their namespace, so that
the strict form of the standard is read as well."""

import posixpath
import re
from collections.abc import Collection, Iterator
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS

from registry.foundation.spreadsheets.cells import MAX_COLUMNS, Area, Line, formula, restored
from registry.foundation.spreadsheets.elements import iterparse, local_name
from registry.foundation.spreadsheets.numberformats import shown
from registry.foundation.spreadsheets.unseen import said_of_hidden, spread

# How Excel writes what XML has no room for: _x000D_; an underscore that only looks like one is _x005F_.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_BOOK = "xl/workbook.xml"


def sheets(archive: ZipFile) -> tuple[list[tuple[str, str, bool]], bool]:
    """(title, path, is_hidden) of each sheet, and whether days count from 1904."""
    targets, entries, is_from_1904 = _targets(archive), [], False
    for element in _elements(archive, _BOOK, {"sheet", "workbookPr"}):
        if local_name(element.tag) == "workbookPr":
            is_from_1904 = element.get("date1904") in ("1", "true")
        elif path := targets.get(_attribute(element, "id")):
            entries.append((element.get("name", ""), path, element.get("state", "visible") != "visible"))
    return entries, is_from_1904


def lines(archive: ZipFile, path: str, is_from_1904: bool, notes: list[str]) -> list[Line]:
    """(number, cells) of each row that has a cell with something in it; says in ``notes`` what is hidden or merged."""
    reader = _Sheet(archive, is_from_1904)
    filled_rows = [(number, cells) for number, cells in reader.rows(archive, path) if any(cells)]
    if reader.hidden:
        hidden = [number for number, _cells in filled_rows if number in reader.hidden]
        notes += said_of_hidden(hidden)
    return spread(filled_rows, reader.merged, notes)


def has_content(archive: ZipFile, path: str) -> bool:
    return any(any(cells) for _number, cells in _Sheet(archive, False).rows(archive, path))


def decoded(text: str) -> str:
    """Text with what _xHHHH_ stands for in its place."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text).replace("\r\n", "\n")


def encoded(text: str) -> str:
    """Text that ``decoded`` gives back as it is."""
    return _LOOKS_ESCAPED.sub("_x005F_", text)


class _Sheet:
    def __init__(self, archive: ZipFile, is_from_1904: bool) -> None:
        self.is_from_1904 = is_from_1904
        self.hidden: set[int] = set()
        self.merged: list[Area] = []
        names = set(archive.namelist())
        self.shared = _shared(archive) if "xl/sharedStrings.xml" in names else []
        self.formats = _formats(archive) if "xl/styles.xml" in names else []
        self._kept: dict[tuple[str, str], str] = {}

    def rows(self, archive: ZipFile, path: str) -> Iterator[Line]:
        number = 0
        with archive.open(path) as stream:
            for _event, element in iterparse(stream, events=("end",)):
                name = local_name(element.tag)
                if name == "mergeCell":
                    self.merged.append(_area(element.get("ref", "")))
                elif name == "row":
                    number = int(element.get("r") or number + 1)
                    if element.get("hidden") in ("1", "true"):
                        self.hidden.add(number)
                    yield number, self._cells(element)
                    element.clear()

    def _cells(self, row: Element) -> list[str]:
        values: list[str] = []
        for cell in row:
            place = _REFERENCE.match(cell.get("r") or "")
            at = min(column_number(place[1]) if place else len(values), MAX_COLUMNS)
            value = self._value(cell)
            if value or at <= len(values):
                values += [""] * (at - len(values))
                values.append(value)
        return values

    def _value(self, cell: Element) -> str:
        parts = {local_name(part.tag): part for part in cell}
        if "f" in parts:
            return formula(parts["f"].text or "")
        kind, value = cell.get("t", "n"), parts["v"].text or "" if "v" in parts else ""
        if kind == "inlineStr":
            return restored(decoded(_text(parts["is"]))) if "is" in parts else ""
        if kind == "s":
            return self.shared[int(value)] if value else ""
        if kind == "b":
            return {"1": "ja", "0": "nee"}.get(value, value)
        if kind == "d":
            return value.removesuffix("T00:00:00").replace("T", " ")
        if kind == "n" and value:
            return self._number(value, int(cell.get("s", 0)))
        # An error is plain text too: the table knows it by its words.
        return restored(decoded(value))

    def _number(self, value: str, style: int) -> str:
        code = str(self.formats[style]) if style < len(self.formats) else "General"
        key = value, code
        if key not in self._kept:
            self._kept[key] = shown(value, code, is_from_1904=self.is_from_1904)
        return self._kept[key]


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _area(reference: str) -> Area:
    """(first row, last row, first column, last column) of B2:B3."""
    places = [_REFERENCE.match(place) for place in reference.split(":")]
    first, last = places[0], places[-1]
    if first is None or last is None:
        return 0, 0, 0, 0
    return int(first[2]), int(last[2]), column_number(first[1]), column_number(last[1])


def _shared(archive: ZipFile) -> list[str]:
    texts = []
    for element in _elements(archive, "xl/sharedStrings.xml", {"si"}):
        texts.append(restored(decoded(_text(element))))
        element.clear()
    return texts


def _text(element: Element) -> str:
    """The text in its parts, without what is written small above Asian signs."""
    text = []
    for part in element:
        if local_name(part.tag) == "t":
            text.append(part.text or "")
        elif local_name(part.tag) == "r":
            text += [piece.text or "" for piece in part if local_name(piece.tag) == "t"]
    return "".join(text)


def _formats(archive: ZipFile) -> list[str]:
    """The format of each style of a cell."""
    own, styles, inside = {}, [], False
    with archive.open("xl/styles.xml") as stream:
        for event, element in iterparse(stream, events=("start", "end")):
            name = local_name(element.tag)
            if name == "cellXfs":
                inside = event == "start"
            elif event == "end" and name == "numFmt":
                own[element.get("numFmtId")] = element.get("formatCode", "General")
            elif event == "end" and name == "xf" and inside:
                styles.append(element.get("numFmtId", "0"))
    return [own.get(key) or BUILTIN_FORMATS.get(int(key), "General") for key in styles]


def _targets(archive: ZipFile) -> dict[str | None, str]:
    folder = posixpath.dirname(_BOOK)
    return {
        # From the folder of the book, or with a / from that of the file.
        element.get("Id"): posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))[1:]
        for element in _elements(archive, f"{folder}/_rels/workbook.xml.rels", {"Relationship"})
    }


def _elements(archive: ZipFile, path: str, names: Collection[str]) -> Iterator[Element]:
    with archive.open(path) as stream:
        for _event, element in iterparse(stream, events=("end",)):
            if local_name(element.tag) in names:
                yield element


def _attribute(element: Element, name: str) -> str | None:
    """An attribute of whatever namespace."""
    return next((value for key, value in element.attrib.items() if local_name(key) == name), None)
