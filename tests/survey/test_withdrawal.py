"""A withdrawn edition keeps its page and counts nowhere: every reader of publications is walked."""

import json

import pytest

from registry.foundation.errors import Refused
from registry.models import ContentStamp
from survey import results
from survey.models import Publication, Round
from survey.results import coverage, shares
from survey.rounds import life, publications
from tests import factories
from tests.survey import making
from tests.survey.counting import everybody, store

pytestmark = pytest.mark.django_db
CODES = ["R1", "R2", "R3"]
WHY = "De helft van de stand was dubbel geteld."


def published(slug, *codes, previous=None):
    questionnaire = making.questionnaire(CODES, slug=f"lijst-{slug}")
    round = making.round(slug, questionnaire=questionnaire, previous=previous)
    store(round, everybody(37, *codes, levels=(4,)) + everybody(63, levels=(4,)))
    return publications.freeze(making.close(round))


@pytest.fixture
def first():
    return published("een", "R1")


@pytest.fixture
def second(first):
    return published("twee", "R1", "R2", previous=first.round)


def told(client):
    """Where the figure of 37 % stands, on every public address that tells figures."""
    addresses = [
        "/",
        "/resultaten/",
        "/resultaten/dekking/",
        "/resultaten/een/",
        "/resultaten/een/een.csv",
        "/resultaten/een/een.json",
        "/resultaten/een/?uitgave=1",
        "/knelpunten/",
        "/knelpunten/r1/",
        "/api/v1/metingen",
        "/api/v1/metingen/een",
        "/api/v1/metingen/een/resultaten",
        "/catalogus.ttl",
    ]
    found = []
    for address in addresses:
        text = client.get(address).text
        if "37 %" in text or ";37;" in text or '"count":37' in text or '"aantal":37' in text.replace(" ", ""):
            found.append(address)
    return found


def test_it_counts_nowhere_and_its_page_says_so(client, first):
    assert {"/resultaten/een/", "/knelpunten/r1/", "/resultaten/een/een.csv"} < set(told(client))
    stamp = ContentStamp.current()
    by = factories.person(name="Ans Beheer")
    publications.withdraw(first, f" {WHY}\n", by=by)
    assert told(client) == []
    assert ContentStamp.current() != stamp
    page = client.get("/resultaten/een/")
    assert (page.status_code, WHY in page.text, "Uitgave 1 is ingetrokken" in page.text) == (200, True, True)
    assert first.data_hash in page.text
    assert "Ans Beheer" not in page.text
    for name in ("een.csv", "een.xlsx", "een.ods", "een.json", "een.sps", "codeboek.csv"):
        gone = client.get(f"/resultaten/een/{name}")
        assert (gone.status_code, WHY in gone.text) == (410, True)
    for address in ("/api/v1/metingen/een", "/api/v1/metingen/een/resultaten"):
        gone = client.get(address)
        assert (gone.status_code, gone["Content-Type"]) == (410, "application/problem+json")
    assert "een" not in [one["slug"] for one in client.get("/api/v1/metingen").json()["metingen"]]
    kept = Publication.objects.get()
    assert (kept.data, kept.withdrawn_by, kept.withdrawal_reason) == (first.data, by, WHY)
    assert list(Round.objects.published()) == []
    assert shares.known_shares() == {}
    _round, known, _unknown = coverage.coverage()
    assert known == []


def test_another_round_no_longer_compares_with_it(client, first, second):
    asker = making.round("drie", questionnaire=making.questionnaire(CODES, slug="drie"), previous=first.round)
    assert shares.shares_of_previous(asker).shares["R1"].statement.percentage == 37
    assert results.read(second.data).comparison.changes
    before = second.data
    publications.withdraw(first, WHY)
    assert shares.shares_of_previous(asker) is None
    told = "De uitgave waarmee is vergeleken, is ingetrokken."
    page = client.get("/resultaten/twee/").text
    assert (told in page, "procentpunt" in page) == (True, False)
    assert results.results_for(asker).comparison.reason == "niet-vastgesteld"
    assert json.loads(client.get("/resultaten/twee/twee.json").content)["comparison"]["changes"] == []
    second.refresh_from_db()
    assert second.data == before


def test_an_earlier_edition_is_not_put_in_its_place_without_a_word(client, first):
    store(first.round, everybody(40, "R2", levels=(4,)))
    newer = publications.freeze(first.round)
    publications.withdraw(newer, WHY)
    page = client.get("/resultaten/een/").text
    assert ("Uitgave 2 is ingetrokken" in page, 'href="?uitgave=1"' in page) == (True, True)
    assert "37 van 100" in client.get("/resultaten/een/?uitgave=1").text
    assert client.get("/api/v1/metingen/een").json()["uitgave"] == 1
    # It was right after all: the same can be published again, as another edition.
    assert publications.freeze(first.round).edition == 3
    assert "Uitgave 2 is ingetrokken" in client.get("/resultaten/een/?uitgave=2").text


@pytest.mark.parametrize("then", ["open", "closed again"])
def test_the_page_of_what_was_withdrawn_stays_when_its_round_opens_again(client, first, then):
    publications.withdraw(first, WHY)
    life.open_now(first.round)
    store(first.round, everybody(40, "R2", levels=(4,)))
    if then == "closed again":
        life.close_now(first.round)
    for address in ("/resultaten/een/", "/resultaten/een/?uitgave=1"):
        page = client.get(address)
        assert (page.status_code, WHY in page.text) == (200, True)
    gone = ["/resultaten/een/een.csv", "/api/v1/metingen/een", "/api/v1/metingen/een/resultaten"]
    assert [client.get(address).status_code for address in gone] == [410] * 3
    assert told(client) == []
    assert "De resultaten zijn bekend" not in client.get("/enquete/een/").text


def test_what_never_was_published_is_not_found_rather_than_gone(client):
    making.round("vier", questionnaire=making.questionnaire(CODES, slug="vier"))
    assert client.get("/api/v1/metingen/vier").status_code == 404


def test_it_needs_a_reason_and_goes_once(first):
    for reason in ("", " \n"):
        with pytest.raises(Refused, match="Schrijf op waarom"):
            publications.withdraw(first, reason)
    publications.withdraw(first, WHY)
    with pytest.raises(Refused, match="al ingetrokken"):
        publications.withdraw(first, "Nog eens")
    assert Publication.objects.get().withdrawal_reason == WHY


def test_what_will_be_hidden_is_told_before(first):
    small = making.round("klein", questionnaire=making.questionnaire(CODES, slug="klein"))
    store(small, everybody(2, "R1", levels=(4,)))
    making.close(small)
    lost, hidden = publications.will_be_hidden(small)
    assert lost == ["R1", "R2", "R3"]
    assert ("Relationeel", "Niet getoond: te weinig mensen.") in hidden
