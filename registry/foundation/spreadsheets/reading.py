import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Self

from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.foundation.spreadsheets import excel, opendocument
from registry.foundation.spreadsheets.cells import (
    MAX_BYTES,
    MAX_ROWS,
    IsHeader,
    Line,
    Table,
    Unfit,
    as_text,
    restored,
    table,
)
from registry.foundation.spreadsheets.writing import NOTES

# A spreadsheet holds a few files that pack well; a zip bomb holds one that packs absurdly well.
MAX_UNPACKED = 120 * 1024 * 1024
MAX_RATIO = 150
MAX_PARTS = 400

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(content: bytes, *, sheet: str = "", is_header: IsHeader | None = None) -> Table:
    """The Table in ``content`` (bytes). Raises Refused for whatever is not a fit file.

    ``sheet``: the title of one of ``sheet_titles``; without, the first of those. ``is_header``: see ``table``.
    """
    notes: list[str] = []
    if not _is_zip(content):
        text = _decoded(content)
        return table(_json_lines(text) if text.lstrip()[0] in "[{" else _csv_lines(text), is_header=is_header)
    with _Book(content) as book:
        titles = book.titles()
        if sheet not in titles:
            sheet = titles[0] if titles else ""
        lines = book.lines(sheet, notes) if titles else []
        return table(lines, is_header=is_header, notes=notes)


def sheet_titles(content: bytes) -> list[str]:
    """The sheets that a person sees and that have something in them; of a file without sheets, none."""
    if not _is_zip(content):
        return []
    with _Book(content) as book:
        return book.titles()


def _is_zip(content: bytes) -> bool:
    if len(content) > MAX_BYTES:
        raise Refused(_("Het bestand is groter dan 10 MB. Verdeel het over meer bestanden."))
    return content.startswith(b"PK")


class _Book:
    """A file of sheets: Excel or OpenDocument. Whatever is broken in it is Refused."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.opened: zipfile.ZipFile | None = None
        # Of an Excel file the path of a sheet, of OpenDocument its number.
        self.excel_sheets: list[tuple[str, str, bool]] = []
        self.ods_sheets: list[tuple[str, int, bool]] = []
        self.is_from_1904 = False

    @property
    def archive(self) -> zipfile.ZipFile:
        if self.opened is None:
            raise ValueError("The file is not open.")
        return self.opened

    def __enter__(self) -> Self:
        try:
            self.opened = zipfile.ZipFile(io.BytesIO(self.content))
            self._check_size()
            names = set(self.archive.namelist())
            if "content.xml" in names:
                self._check_password(names)
                self.ods_sheets = opendocument.sheets(self.archive)
            elif "xl/workbook.xml" in names:
                self.excel_sheets, self.is_from_1904 = excel.sheets(self.archive)
            else:
                raise Refused(_no_workbook(names))
        except Exception as wrong:
            self.__exit__(type(wrong), wrong, None)
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, wrong: BaseException | None, _trace: object
    ) -> None:
        if self.opened:
            self.opened.close()
        if isinstance(wrong, Exception) and not isinstance(wrong, Refused):
            # zipfile and the XML parsers each have a dozen ways to say that a file is broken.
            raise Refused(_("Dit bestand is beschadigd of geen werkblad. Sla het opnieuw op.")) from wrong

    def _check_size(self) -> None:
        parts = self.archive.infolist()
        if (
            len(parts) > MAX_PARTS
            or sum(part.file_size for part in parts) > MAX_UNPACKED
            or any(map(_is_bomb, parts))
        ):
            raise Refused(_("Dit bestand is uitgepakt veel te groot. Het is niet geopend."))

    def _check_password(self, names: set[str]) -> None:
        manifest = "META-INF/manifest.xml"
        if manifest in names and b"encryption-data" in self.archive.read(manifest):
            raise Refused(_password())

    def titles(self) -> list[str]:
        """What is hidden somebody put away: an old version, a list to choose from."""
        in_excel = [
            title
            for title, path, is_hidden in self.excel_sheets
            if not is_hidden and title != NOTES and excel.has_content(self.archive, path)
        ]
        in_ods = [
            title
            for title, number, is_hidden in self.ods_sheets
            if not is_hidden and title != NOTES and opendocument.has_content(self.archive, number)
        ]
        return in_excel + in_ods

    def lines(self, sheet: str, notes: list[str]) -> list[Line]:
        for title, path, _is_hidden in self.excel_sheets:
            if title == sheet:
                return excel.lines(self.archive, path, self.is_from_1904, notes)
        number = next(number for title, number, _is_hidden in self.ods_sheets if title == sheet)
        return opendocument.lines(self.archive, number, notes)


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    """By itself: another part that packs badly must not make up for it."""
    return part.file_size > max(MAX_BYTES, MAX_RATIO * part.compress_size)


def _password() -> str:
    return _("Dit bestand is met een wachtwoord beveiligd. Haal het wachtwoord eraf en sla het opnieuw op.")


def _no_workbook(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return _("Dit is een binaire Excel-map (.xlsb). Sla het in Excel op als ‘Excel-werkmap (.xlsx)’.")
    if "word/document.xml" in names:
        return _("Dit is een Word-document. Zet de tabel in een rekenblad en sla dat op als .xlsx of .ods.")
    if "Index/Document.iwa" in names:
        return _("Dit is een bestand van Numbers. Kies in Numbers ‘Exporteer naar’ en dan ‘Excel’.")
    return _("Dit is geen werkblad. Gebruik CSV, Excel (.xlsx), OpenDocument (.ods) of JSON.")


def _check_kind(content: bytes) -> None:
    """Refuse by its own name what people take for a spreadsheet or for text."""
    if content.startswith(_OLD_EXCEL):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Refused(_password())
        raise Refused(
            _(
                "Dit is een oud Excel-bestand (.xls). Open het in Excel en sla het op als ‘Excel-werkmap (.xlsx)’."
            )
        )
    if content.startswith(b"%PDF"):
        raise Refused(_("Dit is een pdf. Gebruik het rekenblad waar die van is gemaakt."))
    start = content[:2000].decode("utf-8", "ignore").lstrip("\ufeff \t\r\n").lower()
    if re.match(r"<(!doctype html|html|head|meta|table|body|style|div)", start):
        raise Refused(
            _(
                "Dit is een webpagina met de naam van een rekenblad. Open het in Excel of LibreOffice en sla het op als "
                "‘Excel-werkmap (.xlsx)’."
            )
        )
    if start.startswith(("<?xml", "<workbook")):
        raise Refused(
            _(
                "Dit is een XML-bestand. Open het in Excel of LibreOffice en sla het op als ‘Excel-werkmap (.xlsx)’."
            )
        )


def _decoded(content: bytes) -> str:
    """CSV and JSON come in UTF-8. To guess another encoding is to spoil names without a word."""
    _check_kind(content)
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeDecodeError as wrong:
        raise Refused(
            _(
                "Regel %(number)d is niet in UTF-8 opgeslagen. Kies in Excel bij ‘Opslaan als’ voor ‘CSV UTF-8’ "
                "of voor ‘Excel-werkmap (.xlsx)’."
            )
            % {"number": content[: wrong.start].count(b"\n") + 1}
        ) from wrong
    if "\0" in text:
        raise Refused(_("Dit is geen tekstbestand. Gebruik CSV, Excel (.xlsx), OpenDocument (.ods) of JSON."))
    # Two programs that each put a mark in front leave two.
    text = text.lstrip("\ufeff")
    if not text.strip():
        raise Refused(_("Het bestand is leeg."))
    return text


def _csv_lines(text: str) -> Iterator[Line]:
    first, _line_end, rest = text.partition("\n")
    if first.lower().startswith("sep="):  # Excel says so itself
        delimiter, text, number = first[4:5] or ";", rest, 1
    else:
        delimiter, number = _delimiter(text), 0
    reader, at = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1
    try:
        for number, row in enumerate(reader, number + 1):  # noqa: B020  (a line that says sep= is one too)
            at = reader.line_num + 1
            if any(row):
                yield number, [restored(cell) for cell in row]
    except csv.Error as wrong:
        raise Refused(
            _(
                "Dit CSV-bestand is niet te lezen vanaf regel %d. Controleer de aanhalingstekens daar, of gebruik Excel "
                "(.xlsx)."
            )
            % at
        ) from wrong


def _delimiter(text: str) -> str:
    """What parts the cells: it stands in most of the first lines, the title above the columns left aside."""
    lines = [line for line in re.split("\r\n|[\r\n]", text[:20_000])[:20] if line.strip()]
    if not lines:
        return ";"
    counts = {sign: sum(sign in line for line in lines) for sign in ";,\t"}
    here = [sign for sign in counts if sign in lines[0]] or [
        # Commas of a sentence stand in some lines, those of a table in all.
        sign
        for sign in counts
        if counts[sign] > 1 and counts[sign] >= len(lines) - 3 and sign in lines[-1]
    ]
    best = max(here or [";"], key=lambda sign: (counts[sign], lines[0].count(sign)))
    if counts[best] * 2 < len(lines):
        best = max(counts, key=counts.__getitem__)
    return best


def _json_lines(text: str) -> Iterator[Line]:
    try:
        records = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        line = _(" Kijk op regel %d.") % wrong.lineno if isinstance(wrong, json.JSONDecodeError) else ""
        raise Refused(_("Dit JSON-bestand is niet te lezen. Controleer het op fouten.") + line) from wrong
    if not isinstance(records, list) or not all(isinstance(row, dict) for row in records):
        raise Refused(_("Een JSON-bestand hoort een lijst van objecten te zijn: [{…}, {…}]."))
    headers = list(dict.fromkeys(key for row in records[: MAX_ROWS + 1] for key in row))
    yield 1, headers
    for number, row in enumerate(records, 2):
        yield number, [_json_cell(row.get(key)) for key in headers]


def _json_cell(value: object) -> str:
    if isinstance(value, list | dict):
        return Unfit(
            json.dumps(value, ensure_ascii=False)[:200], _("hier hoort één tekst of getal te staan.")
        )
    return as_text(value)
