import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.foundation.spreadsheets import (
    FORMATS,
    csv_parts,
    harmless,
    read,
    sheet_titles,
    write,
    write_book,
)
from registry.foundation.spreadsheets.cells import neutralised, restored
from registry.foundation.text import clean_text

pytestmark = pytest.mark.once

# All that a person can type; line ends are the same everywhere after a visit to XML.
TYPED = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\n\t;,\"'=+-@'"), max_size=30
).map(lambda text: text if text.strip() else "")  # a cell of only spaces is an empty one
NASTY = [
    "=1+1",
    "'=1+1",
    "''=x",
    "+31 6 1234",
    "-",
    "@a",
    "\t=x",
    "\n=x",
    "007",
    'a;b,c\n"d"',
    "'t Huis",
    "🧡",
    "  x  y ",
    "a_x000D_b",
    "_x0041_x0041__x005F_",
]


def cleaned(rows):
    """As the reader gives them: text is cleaned at the door, and rows with nothing in them are none."""
    rows = [tuple(clean_text(cell) for cell in row) for row in rows]
    return [row for row in rows if any(row)]


def rows_of(name, rows):
    return [cells for _number, cells in read(write(name, ["a", "b"], rows, title="Proef")).rows]


@pytest.mark.parametrize("name", FORMATS)
@given(rows=st.lists(st.tuples(TYPED, TYPED), min_size=1, max_size=6))
def test_what_goes_out_comes_back(name, rows):
    if kept := cleaned(rows):
        assert rows_of(name, rows) == kept


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_comes_back(name, text):
    assert rows_of(name, [[text, "x"]]) == cleaned([[text, "x"]])


@given(text=st.text())
def test_neutralising_loses_nothing(text):
    assert restored(neutralised(text)) == text
    assert not re.match(r"[=+\-@\t\r\n＝＋－＠]", neutralised(text))


@pytest.mark.parametrize("name", ["csv", "xlsx", "ods"])
def test_a_formula_goes_out_as_text(name, tmp_path):
    content = write(name, ["a"], [['=HYPERLINK("http://kwaad")']], title="Proef")
    if name == "csv":
        assert content.decode("utf-8-sig").splitlines()[1] == '"\'=HYPERLINK(""http://kwaad"")"'
    elif name == "xlsx":
        (tmp_path / "a.xlsx").write_bytes(content)
        cell = openpyxl.load_workbook(tmp_path / "a.xlsx").active["A2"]
        assert (cell.data_type, cell.value) == ("s", '\'=HYPERLINK("http://kwaad")')
    else:
        assert b"formula" not in content


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff", "utf-16"])
def test_csv_of_any_make_is_read(delimiter, mark):
    text = f'adres{delimiter}naam\r\nhof{delimiter}"Café; één, twee"\r\n\r\n'
    content = text.encode("utf-16") if mark == "utf-16" else (mark + text).encode()
    assert read(content).rows == ((2, ("hof", "Café; één, twee")),)
    assert read(f"sep={delimiter}\r\n{text}".encode()).headers == ("adres", "naam")


def test_notes_stand_on_a_second_sheet_that_is_not_read_back():
    for name in ("xlsx", "ods"):
        content = write(name, ["a"], [["1"]], title="Proef", notes=[["kolom", "uitleg"], ["a", "iets"]])
        assert read(content).rows == ((2, ("1",)),)


def test_a_long_list_with_many_empty_cells_is_no_zip_bomb():
    headers = [f"kolom {number}" for number in range(27)]
    rows = [(f"hof-{number}", *[""] * 26) for number in range(5000)]
    assert [cells for _number, cells in read(write("ods", headers, rows, title="a")).rows] == rows


@pytest.mark.parametrize("name", ["xlsx", "ods"])
def test_a_number_stays_a_number_and_what_is_not_known_is_empty(name):
    rows = [["naam", "aantal", "p"], ["=1+1", 24, 1e-06], ["'t Huis", None, None]]
    content = write_book(name, [("Een", rows), ("Twee", [["a"], ["b"]])])
    assert sheet_titles(content) == ["Een", "Twee"]
    assert [cells for _number, cells in read(content, sheet="Een").rows] == [
        ("=1+1", "24", "0.000001"),
        ("'t Huis", "", ""),
    ]
    if name == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content))["Een"]
        assert [[cell.value for cell in row[1:]] for row in sheet][1:] == [[24, 1e-06], [None, None]]
    else:
        inside = zipfile.ZipFile(io.BytesIO(content)).read("content.xml").decode()
        assert re.findall(r'value-type="float" office:value="([^"]*)"', inside) == ["24", "1e-06"]


def test_a_csv_in_parts_has_one_mark_and_quotes_texts_alone():
    parts = [harmless([["naam", "aantal"]]), harmless([["@x", 3], [None, -1.5]])]
    assert b"".join(csv_parts(parts)).decode() == '\ufeff"naam";"aantal"\r\n"\'@x";3\r\n"";-1.5\r\n'
