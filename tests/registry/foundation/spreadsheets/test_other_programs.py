"""What other programs make of a file: rows without content, escapes, formats, hidden sheets, another dress."""

import datetime
import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import PatternFill

from registry.foundation.errors import Refused
from registry.foundation.spreadsheets import MAX_ROWS, Unfit, read, sheet_titles
from registry.foundation.spreadsheets.excel import decoded
from registry.foundation.spreadsheets.numberformats import plain, shown

pytestmark = pytest.mark.once


def book(*rows, change=None, **sheets):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for title, more in sheets.items():
        sheet = made.create_sheet(title)
        for row in more:
            sheet.append(row)
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_parts(content, change):
    """The workbook with each part changed by ``change`` (name, bytes)."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in good.namelist():
            made.writestr(name, change(name, good.read(name)))
    return out.getvalue()


def cells_of(content):
    return [cells for _number, cells in read(content).rows]


def formatted(value, code):
    def change(made):
        made.active["A2"].number_format = code

    return cells_of(book(["a"], [value], change=change))[0][0]


def far_height(made):
    made.active.row_dimensions[1_048_576].height = 20


def white(made):
    for number in range(3, 20_110):
        made.active.cell(number, 1).fill = PatternFill("solid", fgColor="FFFFFF")


@pytest.mark.parametrize("change", [far_height, white])
def test_rows_without_content_count_for_nothing_in_excel(change):
    assert read(book(["a", "b"], ["x", "y"], change=change)).rows == ((2, ("x", "y")),)


def test_rows_without_content_count_for_nothing_in_csv():
    assert read(b"a;b\n" + b";\n" * 20_100 + b"x;y\n" + b" ; \n" * 20_100).rows == ((20_102, ("x", "y")),)


@pytest.mark.parametrize("number", [MAX_ROWS, MAX_ROWS + 1])
def test_only_rows_with_content_are_too_many(number):
    content = book(["a"], *[[str(row)] for row in range(number)])
    if number > MAX_ROWS:
        with pytest.raises(Refused, match=r"meer dan 20\.000 regels"):
            read(content)
    else:
        assert len(read(content).rows) == number


def test_escapes_of_excel_are_read():
    content = book(["a"], ["Regel een_x000D_\nRegel twee"], ["een _x005F_x000D_ twee"], ["Woord_x000b_plak"])
    assert cells_of(content) == [("Regel een\nRegel twee",), ("een _x000D_ twee",), ("Woord\nplak",)]


@given(text=st.text(alphabet="ab_x0D5F\r\n"))
def test_what_is_escaped_comes_back(text):
    escaped = re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text).replace("\r", "_x000D_")
    assert decoded(escaped) == (text.replace("\r\n", "\n") if "_x" in escaped else text)


@pytest.mark.parametrize(
    ("value", "code", "seen"),
    [
        (320123456, "0000000000", "0320123456"),
        (0, "00000000", "00000000"),
        (1234567, "00000000", "01234567"),
        (320123456, "0000-000000", "0320-123456"),
        (0.5, "0%", "50%"),
        (0.125, "0.0%", "12,5%"),
        (2.5, '"€" #,##0.00', "€ 2,50"),
        (1250, "[$€-413] #,##0.00", "€ 1.250,00"),
        (-2.5, '#,##0.00 "EUR"', "-2,50 EUR"),
        (2.5, r'_-"€"\ * #,##0.00_-;"€"\ * \-#,##0.00_-', "€ 2,50"),
        (datetime.time(19, 30), "h:mm", "19:30"),
        (datetime.time(19, 30, 5), "h:mm:ss", "19:30:05"),
        (datetime.datetime(2026, 11, 23), "d-m-yyyy", "2026-11-23"),
        (datetime.datetime(2026, 11, 23, 19, 30), "d-m-yyyy h:mm", "2026-11-23 19:30"),
        (datetime.timedelta(hours=26, minutes=5), "[h]:mm", "26:05"),
        (5.471412, "0.00", "5.471412"),
        (12345, "#,##0", "12345"),
        (320123456, "0.00E+00", "320123456"),
        (3.2e8, "General", "320000000"),
        (0.1 + 0.2, "General", "0.3"),
        (7, '0 "jaar"', "7 jaar"),
        (True, "General", "ja"),
    ],
)
def test_a_number_reads_as_it_is_seen(value, code, seen):
    assert formatted(value, code) == seen


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(alphabet='0#?.,%;"€[]_*\\ -EhmdyAP/@', max_size=12),
)
def test_any_format_gives_some_text(number, code):
    assert isinstance(shown(repr(number), code), str)


@given(st.integers(-(10**14), 10**14) | st.floats(-1e6, 1e6).map(lambda number: round(number, 6)))
def test_a_plain_number_says_the_same_number(number):
    assert "e" not in plain(repr(number)).lower()
    assert float(plain(repr(number))) == float(number)


@pytest.mark.parametrize(
    "text", ["#N/A", "#N/B", "#VERW!", "#REF!", "Err:502", "3,2E+08", "3.20123E+08", "########"]
)
def test_what_a_program_could_not_show_is_unfit(text):
    for content in (f"a;b\n{text};x\n".encode(), book(["a", "b"], [text, "x"])):
        (cell, other) = cells_of(content)[0]
        assert isinstance(cell, Unfit), content
        assert (cell, other) == (text, "x")


@pytest.mark.parametrize("text", ["#1", "E3", "1E5", "# buurt", "fout:1"])
def test_what_only_looks_like_it_is_text(text):
    assert [isinstance(cell, Unfit) for cell in cells_of(f"a\n{text}\n".encode())[0]] == [False]


def hide_first(made):
    made.worksheets[0].sheet_state = "hidden"


def test_a_hidden_sheet_is_not_there():
    content = book(["a"], ["oud"], change=hide_first, Nieuw=[["a"], ["nieuw"]])
    assert sheet_titles(content) == ["Nieuw"]
    assert cells_of(content) == [("nieuw",)]


def test_sheets_with_something_in_them_are_named_and_each_can_be_read():
    content = book(["a"], ["een"], Twee=[["a"], ["twee"]], Leeg=[], Uitleg=[["kolom"], ["a"]])
    assert sheet_titles(content) == ["Sheet", "Twee"]
    assert read(content, sheet="Twee").rows == ((2, ("twee",)),)


def test_hidden_rows_are_told():
    def change(made):
        made.active.row_dimensions[3].hidden = True

    (note,) = read(book(["a"], ["x"], ["y"], change=change)).notes
    assert note == "Verborgen regels tellen mee (3). Wilt u dat niet? Haal ze weg uit het bestand."


def test_merged_cells_hold_for_each_of_their_rows():
    def change(made):
        made.active.merge_cells("B2:B3")

    table = read(book(["a", "b"], ["x", "Almere"], ["y", None], ["z", None], change=change))
    assert [cells for _number, cells in table.rows] == [("x", "Almere"), ("y", "Almere"), ("z", "")]
    assert table.notes == (
        "In regel 3 zijn cellen samengevoegd. Wat erin staat, geldt voor elke regel ervan.",
    )


@pytest.mark.parametrize("lines", ["Overzicht 2026;;\n;;\n", "Overzicht, van alles\n"])
def test_lines_above_the_names_are_no_rows(lines):
    table = read(f"{lines}Naam;Gemeente;Website\nHof;Almere;\nHeg;;x\n".encode())
    assert table.headers == ("naam", "gemeente", "website")
    assert len(table.rows) == 2
    assert "Boven de namen van de kolommen" in table.notes[0]


def strict(name, content):
    for was, now in (
        (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    ):
        content = content.replace(was, now)
    return content


def test_the_strict_form_of_excel_is_read():
    assert cells_of(with_parts(book(["a", "b"], ["Hof", 7]), strict)) == [("Hof", "7")]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (OLE + "Workbook".encode("utf-16-le"), "oud Excel-bestand"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "wachtwoord"),
        (
            zipped(content_xml="x", META__INF_xml="", **{"META-INF/manifest.xml": "<encryption-data/>"}),
            "wachtwoord",
        ),
        (b"<html><table><tr><td>adres</td></tr></table></html>", "webpagina"),
        (b'\xef\xbb\xbf<!DOCTYPE html PUBLIC "x"><table>', "webpagina"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>', "XML-bestand"),
        (b"%PDF-1.7", "pdf"),
        (zipped(xl__workbook_bin="x"), ".xlsb"),
        (zipped(word__document_xml="x"), "Word-document"),
        (b'a;b\nx;"y"\nz;"open\n\n', "niet te lezen vanaf regel 3"),
        (b'a;b\nx;y\nz;"een"twee\n', "niet te lezen vanaf regel 3"),
        (b'[{"a": 1},\n{"a": }]', "regel 2"),
    ],
)
def test_what_it_is_is_said(content, message):
    with pytest.raises(Refused) as refused:
        read(content)
    assert message in refused.value.messages[0]


def test_a_double_mark_is_no_part_of_a_name():
    assert read("\ufeff\ufeffadres;naam\nx;y\n".encode()).headers == ("adres", "naam")


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    '<office:automatic-styles><style:style style:name="t1"><style:table-properties table:display="false"/></style:style>'
    '</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="Oud" table:style-name="t1">'
    "<table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row></table:table>"
    '<table:table table:name="Nieuw">%s</table:table></office:spreadsheet></office:body></office:document-content>'
)


def opendocument(*rows):
    return zipped(content_xml=ODS % "".join(f"<table:table-row{row}</table:table-row>" for row in rows))


def odf_cell(text, **attributes):
    said = " ".join(
        f'{name.replace("__", "-").replace("_", ":", 1)}="{value}"' for name, value in attributes.items()
    )
    return f"<table:table-cell {said}><text:p>{text}</text:p></table:table-cell>"


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        (odf_cell("0320123456", office_value__type="float", office_value="320123456"), "0320123456"),
        (odf_cell("3,20E+08", office_value__type="float", office_value="320123456"), "320123456"),
        (odf_cell("50,00%", office_value__type="percentage", office_value="0.5"), "50%"),
        (odf_cell("€ 2,50", office_value__type="currency", office_value="2.5"), "€ 2,50"),
        (odf_cell("19:30:00", office_value__type="time", office__time__value="x"), "19:30:00"),
        (odf_cell("23-11-26", office_value__type="date", office_date__value="2026-11-23"), "2026-11-23"),
    ],
)
def test_a_cell_of_opendocument_reads_as_it_is_seen(cell, seen):
    content = opendocument(f">{odf_cell('a')}", f">{cell}")
    assert sheet_titles(content) == ["Nieuw"]
    assert cells_of(content) == [(seen,)]


def test_opendocument_tells_of_hidden_and_merged_cells_too():
    content = opendocument(
        f">{odf_cell('a')}{odf_cell('b')}",
        f">{odf_cell('x')}{odf_cell('Almere', table_number__rows__spanned=2)}",
        f' table:visibility="filter">{odf_cell("y")}<table:covered-table-cell/>',
    )
    table = read(content)
    assert [cells for _number, cells in table.rows] == [("x", "Almere"), ("y", "Almere")]
    assert [note.split()[0] for note in table.notes] == ["Verborgen", "In"]
