import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from registry.models import Role
from survey.models import Erratum, OpenAnswer, Publication
from survey.results import read
from survey.rounds import publications
from survey.sample import deck
from tests import factories
from tests.reading import tight
from tests.survey import making
from tests.survey.counting import anybody, store

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CODES = ["M1", "M2", "B1", "R1", "R2", "R3"]
FILES = ["festival.csv", "festival.xlsx", "festival.ods", "festival.json", "festival.sps", "codeboek.csv"]
DOORS = ["/resultaten/festival/", *(f"/resultaten/festival/{name}" for name in FILES)]


def published(slug="festival", seed=1, number=60, **fields):
    fields.setdefault("questionnaire", None)
    fields["questionnaire"] = fields["questionnaire"] or making.questionnaire(CODES, slug=f"lijst-{slug}")
    round = making.round(slug, **fields)
    store(round, anybody(CODES, number, seed))
    publications.freeze(making.close(round))
    return round


def in_state(state):
    """A round with answers in this state."""
    if state == "published":
        return published()
    round = making.round()
    store(round, anybody(CODES, 60, 1))
    now = timezone.now()
    if state == "draft":
        round.opens_at = None
    elif state == "planned":
        round.opens_at = now + timedelta(days=1)
    elif state == "closed":
        making.close(round)
    elif state == "reopened":
        publications.freeze(making.close(round))
        round.closes_at = now + timedelta(days=1)
    round.save()
    return round


@pytest.mark.parametrize("person", ["nobody", "staff"])
@pytest.mark.parametrize("state", ["draft", "planned", "open", "closed", "reopened", "published"])
def test_only_what_is_fixed_of_a_closed_round_is_seen_through_any_door(client, state, person):
    in_state(state)
    if person == "staff":
        client.force_login(factories.person(role=Role.MANAGER))
    expected = 200 if state == "published" else 404
    assert {door: client.get(door).status_code for door in DOORS} == dict.fromkeys(DOORS, expected)
    listed = "/resultaten/festival/" in client.get("/resultaten/").content.decode()
    assert listed == (state == "published")


@pytest.mark.parametrize("state", ["open", "closed", "reopened"])
def test_nothing_of_the_answers_is_on_a_page_that_waits(client, state):
    in_state(state)
    page = client.get("/resultaten/festival/").content.decode()
    assert "staan nog niet vast" in page
    assert re.findall(r"\d+ van \d+|\d+ %", page) == []
    assert "niet gemeten" in client.get("/knelpunten/r1/").content.decode().lower()


def test_a_draft_is_not_named(client):
    in_state("draft")
    assert "Meting festival" not in client.get("/resultaten/festival/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_for_one_and_for_three(client, django_assert_num_queries, number):
    for one in range(number):
        published(f"meting-{one}", questionnaire=making.questionnaire(CODES, slug=f"lijst-{one}"))
    with django_assert_num_queries(1):
        client.get("/resultaten/")


@pytest.mark.parametrize("number", [40, 4000])
def test_a_page_costs_the_same_whatever_the_number_of_responses(client, django_assert_num_queries, number):
    published(number=number)
    # The publication, its errata, its editions.
    with django_assert_num_queries(3):
        page = client.get("/resultaten/festival/")
    assert page.status_code == 200


def test_the_page_says_what_the_round_found(client):
    published()
    found = read(Publication.objects.get().data)
    page = client.get("/resultaten/festival/").content.decode()
    for one in found.statements.values():
        assert (
            f"{one.count} van {one.n} ({one.percentage} %, marge {one.interval[0]}–{one.interval[1]} %)"
            in page
        )
    assert "Zelfgekozen deelnemers; de marge dekt alleen toeval, niet wie wel of niet meedeed." in page
    assert Publication.objects.get().data_hash in page


def test_no_style_and_no_script_is_in_the_pictures(client):
    published()
    page = client.get("/resultaten/festival/").content.decode()
    assert re.findall(r"<svg[^>]*>.*?(?:style=|<style|<script| on\w+=).*?</svg>", page) == []


def test_an_example_says_so_everywhere(client):
    published(is_sample=True)
    assert "Verzonnen voorbeeld" in client.get("/resultaten/").content.decode()
    assert "Verzonnen voorbeeld" in client.get("/resultaten/festival/").content.decode()


def test_the_round_of_the_presentation_shows_what_is_not_known(client):
    for code in [*(f"M{one}" for one in range(1, 9)), *(f"B{one}" for one in range(1, 11))]:
        factories.bottleneck(code)
    for code in [*(f"P{one}" for one in range(1, 8)), *(f"R{one}" for one in range(1, 10))]:
        factories.bottleneck(code)
    deck.load()
    page = tight(client.get("/resultaten/verbindingsfestival/").content.decode())
    assert "53 van 77 (69 %, marge 58–78 %), afgeleid" in page
    assert page.count('<p class="staaf__getal zacht">Niet bekend.</p>') == 25
    assert page.count("Niet te bepalen: alleen de aandelen zijn bekend.") == 3
    assert re.findall(r"\b0 van|>0 %<", page.replace('<text x="0" y="12">0 %</text>', "")) == []
    assert "69 % herkent dit</strong> (53 van 77), afgeleid" in client.get("/knelpunten/").content.decode()
    share = tight(client.get("/knelpunten/r1/").content.decode())
    assert (
        '<a class="nl-link" href="/resultaten/verbindingsfestival/?uitgave=1#R1">Verbindingsfestival</a>'
        in share
    )
    assert "is niet bekend" in client.get("/knelpunten/m1/").content.decode()


def test_an_older_edition_and_its_files_stay(client):
    round = published()
    first = Publication.objects.get().data
    store(round, anybody(CODES, 40, 2))
    publications.freeze(round)
    assert "100 inzendingen" in client.get("/resultaten/festival/").content.decode()
    assert "60 inzendingen" in client.get("/resultaten/festival/?uitgave=1").content.decode()
    assert client.get("/resultaten/festival/festival.json?uitgave=1").content.decode() == first


@pytest.mark.parametrize("edition", ["3", "0", "-1", "x", "²", "9" * 30, "1\0"])
def test_an_edition_that_is_not_there_is_not_found(client, edition):
    published()
    assert client.get("/resultaten/festival/", {"uitgave": edition}).status_code == 404


@pytest.mark.parametrize("name", ["ander.csv", "festival.exe", "codeboek.json"])
def test_a_file_that_is_not_there_is_not_found(client, name):
    published()
    assert client.get(f"/resultaten/festival/{name}").status_code == 404


def test_errata_stand_on_the_page_and_change_no_figure(client):
    published()
    before = Publication.objects.get().data
    publication = Publication.objects.get()
    Erratum.objects.create(publication=publication, noted_on=date(2026, 11, 2), text="De stand stond fout.")
    page = client.get("/resultaten/festival/").content.decode()
    assert ("De stand stond fout." in page, "2 november 2026" in page) == (True, True)
    assert Publication.objects.get().data == before


def test_words_of_people_are_on_no_page(client):
    round = published()
    for screening in OpenAnswer.Screening.values:
        OpenAnswer.objects.create(
            response=round.responses.first(),
            question=round.questionnaire.open_questions.first(),
            text=f"geheim-{screening}",
            screening=screening,
        )
    store(round, anybody(CODES, 30, 5))
    publications.freeze(round)
    for door in DOORS:
        assert b"geheim" not in client.get(door).content
