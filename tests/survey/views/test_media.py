"""What is not told is told in no medium: a walk over all of them."""

import csv
import io
import json
import re
from dataclasses import replace

import openpyxl
import pytest

from survey import resources
from survey.api import representation
from survey.models import Publication
from survey.results import read, tally
from survey.rounds import publications
from tests import factories
from tests.survey import making
from tests.survey.counting import everybody, store
from tests.survey.results.before import results_of_before
from tests.survey.sending import sent
from tests.survey.sheets import rows_of_sheet

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CODES = ["M1", "M2", "B1", "R1", "R2", "R3"]


def few(r1):
    """24 people, of whom so many ticked R1."""
    people = everybody(r1, "R1", "R3", levels=(1, 4)) + everybody(12 - r1, "R3", levels=(1, 4))
    return people + everybody(8, "R2", levels=(1, 4)) + everybody(4, "B1", "R2", levels=(1, 2, 4))


def published(people, slug="festival", questionnaire=None):
    round = making.round(slug, questionnaire=questionnaire or making.questionnaire(CODES))
    store(round, people)
    return publications.freeze(making.close(round))


def values(data):
    """Each (name, value) somewhere in JSON."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield name, value
            yield from values(value)
    elif isinstance(data, list):
        for value in data:
            yield from values(value)


def api(client, path="festival/resultaten"):
    return client.get(f"/api/v1/metingen/{path}")


def test_the_base_of_what_is_not_shown_is_null_in_every_medium(client):
    made = published(everybody(24, "R1", levels=(4,)) + everybody(4, "B1", levels=(2,)))
    data = json.loads(made.data)
    hidden = [level for level in data["levels"] if level["reason"] == "te-weinig"]
    assert {level["level"] for level in hidden} == {"maatschappelijk", "bestuurlijk"}
    assert {one["n"] for level in hidden for one in [level, *level["statements"]]} == {None}
    body = api(client).json()
    hidden = [level for level in body["niveaus"] if level["onderdrukt"]]
    assert {one["n"] for level in hidden for one in [level, *level["stellingen"]]} == {None}
    wanted = {"M1", "M2", "B1"}
    rows = list(
        csv.DictReader(io.StringIO(resources.written(made, "csv").decode("utf-8-sig")), delimiter=";")
    )
    assert {(row["n"], row["aantal"], row["percentage"]) for row in rows if row["code"] in wanted} == {
        ("", "", "")
    }
    book = openpyxl.load_workbook(io.BytesIO(resources.written(made, "xlsx")))["Stellingen"].values
    header = next(book)
    assert {row[header.index("n")] for row in book if row[header.index("code")] in wanted} == {None}
    rows = rows_of_sheet(resources.written(made, "ods"), "Stellingen")
    assert {row["n"] for row in rows if row["code"] in wanted} == {""}
    page = client.get("/resultaten/festival/").content.decode()
    assert re.findall(r"\b0 van|n = 0\b|van 0\b", page) == []


@pytest.mark.parametrize("source", ["json", "api"])
def test_nothing_that_is_not_known_is_zero(client, source):
    made = published(everybody(24, "R1", levels=(4,)) + everybody(4, "B1", levels=(2,)))
    data = json.loads(made.data) if source == "json" else api(client).json()
    zeros = {name for name, value in values(data) if value == 0 and value is not False}
    # The margin of a share may well begin at 0; nothing else is 0 here.
    assert zeros <= {"interval", "van"}


@pytest.mark.parametrize("r1", [0, 2])
def test_media_are_the_same_whatever_the_count_within_its_range(client, r1):
    """0, 1 or 2 of 24 people ticked R1: every public answer is the same to the byte, but for the hash of the answers."""

    def answers(r1):
        made = published(few(r1))
        pages = [
            "/resultaten/festival/",
            "/resultaten/",
            "/resultaten/dekking/",
            "/knelpunten/",
            "/knelpunten/r1/",
        ]
        found = {page: client.get(page).content.decode() for page in pages}
        found |= {kind: resources.written(made, kind) for kind in ("csv", "json", "sps")}
        found["api"] = api(client).content.decode()
        secret = made.responses_hash
        Publication.objects.all().delete()
        made.round.responses.all().delete()
        made.round.delete()
        made.round.questionnaire.delete()
        return {
            name: text.replace(secret, "") if isinstance(text, str) else text for name, text in found.items()
        }

    def tidy(found):
        return {
            name: re.sub(r'nonce="[^"]*"', "", text) if isinstance(text, str) else text
            for name, text in found.items()
        }

    assert tidy(answers(r1)) == tidy(answers(1))


def test_a_range_is_told_with_its_base_and_the_reason_on_every_page(client):
    made = published(few(1))
    found = read(made.data)
    assert (found.statements["R1"].count, found.statements["R1"].percentage) == (None, None)
    page = client.get("/resultaten/festival/").content.decode()
    assert "2 of minder van 24" in page
    assert "zodat niet te zien is wat een paar mensen antwoordden" in page
    assert '<rect class="balk__bereik" x="0%" width="8%" height="100%" />' in page
    for address in ("/resultaten/dekking/", "/knelpunten/", "/knelpunten/r1/"):
        assert "2 of minder van 24" in client.get(address).content.decode()
    told = {one["code"]: one for level in api(client).json()["niveaus"] for one in level["stellingen"]}["R1"]
    assert (told["aantal"], told["n"], told["percentage"], told["interval"], told["rang"], told["band"]) == (
        None,
        24,
        None,
        None,
        None,
        None,
    )
    assert (told["onderdrukt"], told["reden"][:11]) == (True, "2 of minder")
    rows = csv.DictReader(io.StringIO(resources.written(made, "csv").decode("utf-8-sig")), delimiter=";")
    row = next(row for row in rows if row["code"] == "R1")
    assert (row["aantal"], row["n"], row["toelichting"][:11]) == ("", "24", "2 of minder")
    # Who answers the next round reads no more.
    making.round("nu", questionnaire=made.round.questionnaire, previous=made.round)
    thanks = client.post("/enquete/nu/", sent() | {"niveau-relationeel": ["R1"]}).content.decode()
    assert "eerder: 2 of minder van 24" in thanks


def test_ranges_of_groups_are_in_page_file_and_api(client):
    for code in ("GM0034", "GM0171", "GM0995"):
        factories.municipality(code)
    people = everybody(15, "R1", "R3", levels=(4,), municipality="GM0034")
    people += everybody(15, levels=(4,), municipality="GM0034")
    people += everybody(31, "R2", levels=(4,), municipality="GM0995")
    people += everybody(24, "R3", levels=(4,), municipality="GM0171")
    made = published(people)
    cells = {
        (block.label, share.code): (share.count, share.band)
        for block in read(made.data).breakdowns[0].blocks
        for share in block.shares
    }
    assert cells["GM0171", "R1"] == (None, "hoogstens-2")
    assert cells["GM0171", "R3"] == (None, "op-2-na")
    assert {band for (_label, code), (_count, band) in cells.items() if code == "R1"} == {
        "hoogstens-2",
        "naast-een-band",
        "",
    }
    page = client.get("/resultaten/festival/").content.decode()
    assert ("op 2 na of meer (22 of meer van 24)" in page, ">niet getoond<" in page) == (True, True)
    rows = list(openpyxl.load_workbook(io.BytesIO(resources.written(made, "xlsx")))["Uitsplitsing"].values)
    row = next(row for row in rows if row[2] == "GM0171" and row[3] == "R1")
    assert (row[4:7], row[7], row[8][:11]) == ((None, 24, None), "2 of minder van 24", "2 of minder")
    told = representation.details(made, list(representation.DETAILS))["uitsplitsingen"][0]["blokken"]
    (share,) = [
        share
        for block in told
        for share in block["aandelen"]
        if (block["naam"], share["code"]) == ("GM0171", "R1")
    ]
    assert share == {"code": "R1", "aantal": None, "n": 24, "percentage": None, "band": "hoogstens-2"}


def test_what_was_fixed_by_older_rules_is_shown_as_it_was(client):
    """Its bytes stay; only a base that was not shown is null in the API, where it stood as 0."""
    for code in ("GM0034", "GM0171"):
        factories.municipality(code)
    round = making.round(questionnaire=making.questionnaire(CODES))
    people = everybody(20, "R1", "R2", levels=(1, 4), municipality="GM0034")
    people += everybody(20, "R3", "M1", levels=(1, 4), municipality="GM0034")
    store(
        round, people + everybody(24, "R3", levels=(1, 4), municipality="GM0171") + everybody(3, levels=(2,))
    )
    before = results_of_before(making.close(round), tally.recount(round))
    levels = [
        replace(level, statements=tuple(replace(one, n=one.n or 0) for one in level.statements))
        for level in before.levels
    ]
    made = publications.write(round, replace(before, levels=tuple(levels)), published_on=None)
    assert '"n":0' in made.data
    page = client.get("/resultaten/festival/").content.decode()
    assert ("&lt; 5 %" in page, "&gt; 95 %" in page) == (True, True)
    cells = openpyxl.load_workbook(io.BytesIO(resources.written(made, "xlsx")))["Uitsplitsing"].values
    assert {"<5 %", ">95 %"} <= {row[7] for row in cells}
    assert resources.written(made, "json").decode() == made.data
    assert 0 not in {value for name, value in values(api(client).json()) if name == "n"}
    told = representation.details(made, list(representation.DETAILS))
    assert {
        share["band"] for block in told["uitsplitsingen"][0]["blokken"] for share in block["aandelen"]
    } >= {"<5"}


def test_a_round_of_few_people_tells_not_even_how_many(client):
    published(everybody(7, "R1", levels=(4,)))
    page = client.get("/resultaten/festival/").content.decode()
    assert "minder dan 10 inzendingen" in page
    assert "minder dan 10 inzendingen" in client.get("/resultaten/").content.decode()
    assert (api(client, "festival").json()["n"], re.findall(r"\b7\b", re.sub(r"<[^>]*>", "", page))) == (
        None,
        [],
    )
    about = dict(
        row[:2]
        for row in openpyxl.load_workbook(io.BytesIO(resources.written(Publication.objects.get(), "xlsx")))[
            "Toelichting"
        ].values
    )
    assert about["inzendingen"] == "minder dan 10"
