import csv
import io
import json
import re

import openpyxl
import pytest
from django.urls import reverse

from registry.foundation.spreadsheets import harmless
from survey.api import representation
from survey.models import Publication
from survey.resources import tables, written
from survey.results import read
from survey.rounds import publications
from survey.sample import deck
from tests import factories
from tests.reading import tight
from tests.survey import making
from tests.survey.counting import anybody, everybody, store
from tests.survey.sheets import rows_of_sheet

pytestmark = pytest.mark.django_db
CODES = ["M1", "M2", "B1", "R1", "R2", "R3"]


@pytest.fixture
def publication():
    for code in ("GM0034", "GM0995", "GM0184"):
        factories.municipality(code)
    round = making.round(questionnaire=making.questionnaire(CODES))
    store(round, anybody(CODES, 200, 1))
    return publications.freeze(making.close(round))


def number(text):
    return int(text.replace(".", "")) if text else None


def on_page(client):
    """Code to (count, n, percentage, low, high), read from the bars and again from the tables."""
    page = tight(client.get("/resultaten/festival/").content.decode())
    bars = re.findall(
        r'id="([A-Z]\d+)">.*?([\d.]+) van ([\d.]+) \((\d+) %, marge (\d+)–(\d+) %\)', page, re.DOTALL
    )
    rows = re.findall(
        r'<th scope="row">([A-Z]\d+)</th><td [^>]*>[^<]*(?:<(?!/td)[^>]*>[^<]*)*</td><td>([\d.]+)</td><td>([\d.]+)</td><td>(\d+) %</td><td>(\d+)–(\d+) %</td>',
        page,
    )
    read = [{code: tuple(map(number, figures)) for code, *figures in found} for found in (bars, rows)]
    assert read[0] == read[1]
    return read[0]


def in_rows(rows):
    names = ("aantal", "n", "percentage", "marge_van", "marge_tot")
    return {row["code"]: tuple(int(float(row[name])) for name in names) for row in rows}


def download(client, kind):
    return client.get(f"/resultaten/festival/festival.{kind}").content


def test_page_and_files_tell_the_same_figures(client, publication):
    shown = on_page(client)
    assert sorted(shown) == sorted(CODES)
    assert (
        in_rows(csv.DictReader(io.StringIO(download(client, "csv").decode("utf-8-sig")), delimiter=";"))
        == shown
    )
    header, *rows = openpyxl.load_workbook(io.BytesIO(download(client, "xlsx")))["Stellingen"].values
    assert in_rows(dict(zip(header, row, strict=True)) for row in rows) == shown
    assert in_rows(rows_of_sheet(download(client, "ods"), "Stellingen")) == shown
    assert {
        one["code"]: (one["count"], one["n"], one["percentage"], *one["interval"])
        for level in json.loads(download(client, "json"))["levels"]
        for one in level["statements"]
    } == shown


def test_the_breakdown_is_the_same_in_page_and_file(client, publication):
    page = tight(client.get("/resultaten/festival/").content.decode())
    _header, *rows = openpyxl.load_workbook(io.BytesIO(download(client, "xlsx")))["Uitsplitsing"].values
    in_file = sorted((row[4], row[6]) for row in rows if row[4] is not None)
    cells = re.findall(r'</svg>(\d+) %<span class="cijfers__n">([\d.]+)</span></td>', page)
    assert sorted((int(count), int(share)) for share, count in cells) == in_file
    found = read(publication.data)
    assert sorted({row[2] for row in rows}) == sorted(
        {", ".join(block.groups) for one in found.breakdowns for block in one.blocks}
    )


def test_what_is_not_shown_says_why_in_every_file(client):
    round = making.round(questionnaire=making.questionnaire(["M1", "R1"]))
    store(round, everybody(12, "R1", levels=(4,)) + everybody(4, "M1", levels=(1,)))
    publications.freeze(making.close(round))
    why = "Niet getoond: te weinig mensen."
    rows = list(csv.DictReader(io.StringIO(download(client, "csv").decode("utf-8-sig")), delimiter=";"))
    hidden = next(row for row in rows if row["code"] == "M1")
    assert (hidden["aantal"], hidden["n"], hidden["percentage"], hidden["toelichting"]) == ("", "", "", why)
    book = openpyxl.load_workbook(io.BytesIO(download(client, "xlsx")))
    assert [row[-1] for row in book["Samenhang"].values][1:] == [why]
    assert {row[-1] for row in list(book["Uitsplitsing"].values)[1:]} == {
        "Niet getoond: er is maar één groep die groot genoeg is."
    }
    data = json.loads(download(client, "json"))
    assert (data["levels"][0]["n"], data["levels"][0]["reason"]) == (None, "te-weinig")
    assert why in client.get("/resultaten/festival/").content.decode()


def test_unknown_is_an_empty_cell_and_not_zero(client):
    for letter, most in (("M", 8), ("B", 10), ("P", 7), ("R", 9)):
        for one in range(1, most + 1):
            factories.bottleneck(f"{letter}{one}")
    deck.load()
    content = client.get("/resultaten/verbindingsfestival/verbindingsfestival.csv").content.decode(
        "utf-8-sig"
    )
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    unknown = [row for row in rows if row["toelichting"] == "Niet bekend."]
    assert (len(rows), len(unknown)) == (34, 25)
    assert {(row["aantal"], row["percentage"], row["rang"]) for row in unknown} == {("", "", "")}
    assert {row["afgeleid"] for row in rows if row["aantal"]} == {"ja"}


def test_no_cell_is_a_formula(client):
    factories.bottleneck("R1", statement='=HYPERLINK("http://x")')
    round = making.round(questionnaire=making.questionnaire(["R1", "R2"]))
    store(round, everybody(20, "R1", levels=(4,)))
    publications.freeze(making.close(round))
    rows = list(csv.DictReader(io.StringIO(download(client, "csv").decode("utf-8-sig")), delimiter=";"))
    assert rows[0]["stelling"] == '\'=HYPERLINK("http://x")'
    sheet = openpyxl.load_workbook(io.BytesIO(download(client, "xlsx")))["Stellingen"]
    assert [cell.value for row in sheet for cell in row if cell.data_type == "f"] == []
    assert list(harmless([["＝1+1", -12]])) == [["'＝1+1", -12]]


def test_the_codebook_and_the_syntax_name_every_column(client, publication):
    header = download(client, "csv").decode("utf-8-sig").splitlines()[0]
    columns = header.replace('"', "").split(";")
    book = client.get("/resultaten/festival/codeboek.csv").content.decode("utf-8-sig")
    named = [row["kolom"] for row in csv.DictReader(io.StringIO(book), delimiter=";")]
    assert set(columns) <= set(named)
    syntax = download(client, "sps").decode()
    declared = re.search(r"/VARIABLES=\n(.*?)\n  \.", syntax, re.DOTALL)[1]
    assert [line.split()[0] for line in declared.splitlines()] == columns
    assert "'R1' 'Er wordt te weinig geluisterd.'" in syntax
    assert "'festival.csv'" in syntax


def test_a_quote_in_a_statement_does_not_end_the_syntax(client):
    factories.bottleneck("R1", statement="Er zijn geen 'toevallige'\nplekken.")
    round = making.round(questionnaire=making.questionnaire(["R1"]))
    store(round, everybody(20, "R1", levels=(4,)))
    publications.freeze(making.close(round))
    assert "'R1' 'Er zijn geen ''toevallige'' plekken.'" in download(client, "sps").decode()


def test_json_is_what_was_fixed_to_the_letter(client, publication):
    assert download(client, "json").decode() == Publication.objects.get().data


def test_a_p_is_never_nothing_in_any_file_nor_in_the_api():
    """However large the difference, and in what was published when it was still rounded to 0."""
    questionnaire = making.questionnaire(["M1", "R1"], slug="lijst")
    earlier = making.round("eerder", questionnaire=questionnaire)
    store(earlier, everybody(3000, levels=(1, 4)))
    publications.freeze(making.close(earlier))
    round = making.round("nu", questionnaire=questionnaire, previous=earlier)
    store(round, everybody(1500, "M1", "R1", levels=(1, 4)) + everybody(1500, levels=(1, 4)))
    store(round, everybody(20, "M1", levels=(1, 4)) + everybody(20, "R1", levels=(1, 4)))
    made = publications.freeze(making.close(round))
    assert publications.rebuild(made) == made.data
    of_before = made.data.replace('"p":1e-06,"p_is_below":true', '"p":0.0')
    assert of_before != made.data
    for data in (made.data, of_before):
        Publication.objects.filter(pk=made.pk).update(data=data)
        made.refresh_from_db()
        found = read(data)
        assert {row[-2] for row in list(tables.comparison(found))[1:]} == {"<0,000001"}
        assert {row[-3] for row in list(tables.pairs(found))[1:]} == {"<0,000001"}
        told = representation.details(made, ["samenhang", "vergelijking"])
        ps = [*told["samenhang"], *told["vergelijking"]["verschillen"]]
        assert {(one["p"], one["pKleinerDan"]) for one in ps} == {(0.000001, True)}


def test_a_level_that_is_hidden_has_no_base_anywhere(client):
    round = making.round(questionnaire=making.questionnaire(["M1", "R1"], slug="lijst"))
    store(round, everybody(30, "M1", levels=(1,)) + everybody(9, "R1", levels=(4,)))
    made = publications.freeze(making.close(round))
    for levels in (
        json.loads(written(made, "json"))["levels"],
        client.get(f"{reverse('api:root')}/metingen/festival/resultaten").json()["niveaus"],
    ):
        hidden = levels[1]
        statements = hidden.get("statements", hidden.get("stellingen"))
        assert (hidden["n"], [one["n"] for one in statements]) == (None, [None])
    rows = list(tables.statements(read(made.data), 1))
    base = rows[0].index("n")
    assert [row[base] for row in rows[1:]] == [30, None]
