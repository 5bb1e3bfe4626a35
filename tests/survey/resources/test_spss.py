"""What the programs of researchers read, is what we wrote: whole, and without a warning."""

import csv
import io
import shutil
import subprocess

import narwhals
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.foundation.errors import Refused
from registry.foundation.spreadsheets import harmless
from survey import resources
from survey.models import OpenAnswer
from survey.resources import spss
from survey.rounds import publications
from tests.survey import making
from tests.survey.counting import everybody, store

pytestmark = pytest.mark.django_db
needs_pspp = pytest.mark.skipif(
    not shutil.which("pspp"), reason="pspp was not found. On Debian: apt-get install pspp"
)
WORDS = [
    "Een regel\nnog een regel\r\n\r\nen \"aanhalingstekens\"; 'enkele' ook",
    "é" * 2000,
    "😀" * 2000,
    "a\n" * 1000,
    "=1+1",
]
LONG = "Het duurt te lang voordat er iets gebeurt; é" + " en dan nog wat langer" * 9


@pytest.fixture
def round():
    questionnaire = making.questionnaire(["M1", "R1"])
    questionnaire.items.filter(bottleneck="R1").update(wordings={"nl": {"version": 1, "text": LONG}})
    for key in ("m1", "all", "9-plus", "een-twee", "een_twee", "rol"):
        questionnaire.open_questions.create(key=key, kind="knelpunt", texts={"nl": f"Vraag ‘{key}’"})
    made = making.round(questionnaire=questionnaire, threshold=5)
    store(made, everybody(20, "R1", levels=(1, 4), role="inwoner") + everybody(11, "M1", levels=(1,)))
    for number, response in enumerate(made.responses.all()):
        words = WORDS[number % len(WORDS)]
        for key in ("knelpunt", "m1", "all"):
            OpenAnswer.objects.create(
                response=response,
                question=questionnaire.open_questions.get(key=key),
                text=words,
                quote=words,
                screening="besloten" if number % 2 else "openbaar",
            )
    return made


def pspp(folder, syntax, name, content):
    """The data and their meta-data, as PSPP reads the file ``name``."""
    (folder / name).write_bytes(content)
    (folder / "lees.sps").write_text(f"{syntax}\nSAVE OUTFILE='uit.sav'.\n", encoding="utf-8")
    ran = subprocess.run(
        ["pspp", "-o", "uit.txt", "lees.sps"], cwd=folder, capture_output=True, text=True, timeout=120
    )
    written = (folder / "uit.txt").read_text(encoding="utf-8") if (folder / "uit.txt").exists() else ""
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")
    assert [word for word in ("warning", "error", "note") if f"{word}:" in written.lower()] == []
    return rows_of(folder / "uit.sav")


def rows_of(path):
    frame, meta = pyreadstat.read_sav(path)
    rows = narwhals.from_native(frame).rows(named=True)
    return [{name: "" if value != value else value for name, value in row.items()} for row in rows], meta


def in_file(round):
    """The rows of the CSV, with numbers as numbers."""
    content = b"".join(resources.record_rows(round)).decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(content), delimiter=";", quoting=csv.QUOTE_NONNUMERIC)
    return [dict(row) for row in rows]


def is_whole(rows):
    words = [row["knelpunt"].removeprefix("[alleen voor onderzoek] ") for row in rows]
    assert {len(one) for one in words} >= {2000, 1000 * 4 - 3}
    assert [one for one in words if "\n" in one] == []


@needs_pspp
def test_pspp_reads_the_records_as_the_csv_has_them(round, tmp_path):
    rows, meta = pspp(
        tmp_path,
        resources.records_syntax(round),
        "festival-inzendingen.csv",
        b"".join(resources.record_rows(round)),
    )
    assert rows == in_file(round)
    is_whole(rows)
    assert len(LONG.encode()) > 120
    assert meta.column_names_to_labels["R1"] == LONG
    assert meta.variable_value_labels["M1"] == {0: "Niet aangekruist", 1: "Aangekruist"}


def test_the_spss_file_is_the_same_records(round, tmp_path):
    (tmp_path / "in.sav").write_bytes(resources.records_sav(round))
    rows, meta = rows_of(tmp_path / "in.sav")
    # Only a spreadsheet program runs what begins as a formula.
    in_csv = [dict(zip(row, cells, strict=True)) for row in rows for cells in harmless([row.values()])]
    assert in_csv == in_file(round)
    is_whole(rows)
    assert meta.column_names_to_labels["R1"] == LONG
    assert meta.variable_value_labels["R1"] == {0: "Niet aangekruist", 1: "Aangekruist"}
    assert len(meta.column_names) == len({name.upper() for name in meta.column_names})


@needs_pspp
def test_pspp_reads_the_spss_file_too(round, tmp_path):
    content = resources.records_sav(round)
    (tmp_path / "in.sav").write_bytes(content)
    rows, meta = pspp(tmp_path, "GET FILE='in.sav'.", "in.sav", content)
    assert rows == rows_of(tmp_path / "in.sav")[0]
    assert meta.column_names_to_labels["R1"] == LONG


def test_a_round_without_answers_has_a_file_too(tmp_path):
    (tmp_path / "leeg.sav").write_bytes(resources.records_sav(making.round()))
    assert rows_of(tmp_path / "leeg.sav")[0] == []


def test_more_than_fits_is_refused_in_words(round, monkeypatch):
    monkeypatch.setattr(resources.records, "MOST_IN_SAV", 30)
    with pytest.raises(Refused, match="Neem de CSV"):
        resources.records_sav(round)


@needs_pspp
def test_pspp_reads_the_results_as_the_csv_has_them(round, tmp_path):
    made = publications.freeze(making.close(round))
    found = resources.written(made, "csv")
    rows, meta = pspp(tmp_path, resources.written(made, "sps").decode(), "festival.csv", found)
    expected = csv.DictReader(
        io.StringIO(found.decode("utf-8-sig")), delimiter=";", quoting=csv.QUOTE_NONNUMERIC
    )
    assert rows == [dict(row) for row in expected]
    label = meta.variable_value_labels["code"]["R1"]
    assert (len(label.encode()) <= 120, label.endswith("…"), LONG.startswith(label[:-1])) == (
        True,
        True,
        True,
    )


@pytest.mark.once
@given(st.text(), st.integers(3, 255))
def test_a_label_is_cut_between_letters_and_shows_it(text, most):
    shown = spss.cut(text, most)
    whole = " ".join(text.split())
    assert len(shown.encode()) <= most
    assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))


@pytest.mark.once
@given(st.lists(st.from_regex(r"[-a-zA-Z0-9_]{1,40}", fullmatch=True), max_size=30))
def test_names_are_names_and_differ(wanted):
    found = spss.names(wanted)
    assert len({name.upper() for name in found}) == len(wanted)
    assert [
        name for name in found if not name.isidentifier() or len(name) > 64 or name.upper() in spss.RESERVED
    ] == []
