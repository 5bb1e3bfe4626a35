import csv
import io
import json
import warnings
import zipfile

import openpyxl
from django.utils.translation import gettext as _

from registry.spreadsheets import opendocument
from registry.spreadsheets.cells import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    Refused,
    as_text,
    cell_problem,
    formula_refused,
    restored,
    table,
)

# A spreadsheet holds a few files that pack well; a zip bomb holds one that packs absurdly well.
MAX_UNPACKED = 120 * 1024 * 1024
MAX_RATIO = 150
MAX_PARTS = 400


def read(content):
    """The Table in ``content`` (bytes). Raises Refused for whatever is not a fit file."""
    if len(content) > MAX_BYTES:
        raise Refused(_("Het bestand is groter dan 10 MB. Verdeel het over meer bestanden."))
    if content.startswith(b"PK"):
        return table(_zipped_rows(content))
    text = _decoded(content)
    if not text.strip():
        raise Refused(_("Het bestand is leeg."))
    return table(_json_rows(text) if text.lstrip()[0] in "[{" else _csv_rows(text))


def _decoded(content):
    """CSV and JSON come in UTF-8. To guess another encoding is to spoil names without a word."""
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
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
    return text


def _csv_rows(text):
    first, _line_end, rest = text.partition("\n")
    if first.lower().startswith("sep="):  # Excel says so itself
        delimiter, text = first[4:5] or ";", rest
    else:
        delimiter = max(";,\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [restored(cell) for cell in row]
    except csv.Error as wrong:
        raise Refused(
            _("Dit CSV-bestand is niet te lezen. Controleer de aanhalingstekens, of gebruik Excel (.xlsx).")
        ) from wrong


def _json_rows(text):
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise Refused(_("Dit JSON-bestand is niet te lezen. Controleer het op fouten.")) from wrong
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Refused(_("Een JSON-bestand hoort een lijst van objecten te zijn: [{…}, {…}]."))
    headers = list(dict.fromkeys(key for row in found[: MAX_ROWS + 1] for key in row))
    yield headers
    for number, row in enumerate(found, 2):
        for key, value in row.items():
            if isinstance(value, (list, dict)):
                raise Refused(cell_problem(number, key, _("hier hoort één tekst of getal te staan.")))
        yield [as_text(row.get(key)) for key in headers]


def _is_bomb(part):
    """By itself: another part that packs badly must not make up for it."""
    return part.file_size > max(MAX_BYTES, MAX_RATIO * part.compress_size)


def _zipped_rows(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if (
                len(parts) > MAX_PARTS
                or sum(part.file_size for part in parts) > MAX_UNPACKED
                or any(map(_is_bomb, parts))
            ):
                raise Refused(_("Dit bestand is uitgepakt veel te groot. Het is niet geopend."))
            names = {part.filename for part in parts}
            if "content.xml" in names:
                yield from opendocument.rows(archive)
            elif "xl/workbook.xml" in names:
                yield from _xlsx_rows(content)
            else:
                raise Refused(
                    _("Dit is geen werkblad. Gebruik CSV, Excel (.xlsx), OpenDocument (.ods) of JSON.")
                )
    except Refused:
        raise
    except Exception as wrong:
        # zipfile, the XML parsers and openpyxl each have a dozen ways to say that a file is broken.
        raise Refused(_("Dit bestand is beschadigd of geen werkblad. Sla het opnieuw op.")) from wrong


def _xlsx_rows(content):
    with warnings.catch_warnings():
        # openpyxl warns about styles and checks in the file, which are of no use here.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        found = sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1)
        headers = []
        for number, row in enumerate(found, 1):
            for position, cell in enumerate(row):
                if cell.data_type == "f":
                    raise formula_refused(number, headers, position)
            cells = [restored(as_text(cell.value)) for cell in row]
            headers = headers or cells
            yield cells
        book.close()
