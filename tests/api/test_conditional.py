"""304 and what is kept: right after every kind of change, for the price of one indexed read."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone

from registry.models import Initiative
from samenbuurten.api import VERSION
from survey.models import Round
from survey.rounds import publications
from tests import factories
from tests.registry import changing
from tests.survey import making

pytestmark = pytest.mark.django_db
LIST = "/api/v1/initiatieven"


@pytest.mark.parametrize("what", changing.CHANGES)
def test_every_change_gives_a_new_tag_and_a_new_answer(client, what):
    world = changing.world(client)
    item = f"{LIST}/{world.entry.public_id}"
    before = {address: client.get(address) for address in (f"{LIST}?sorteer=naam", f"{LIST}?cursor=*", item)}
    changing.CHANGES[what](world)
    for address, old in before.items():
        asked = client.get(address, headers={"if-none-match": old["ETag"]})
        assert asked.status_code != 304
        caches["figures"].clear()
        fresh = client.get(address)
        assert (asked.content, asked.get("ETag")) == (fresh.content, fresh.get("ETag"))
        assert fresh.content != old.content


@pytest.mark.parametrize("what", changing.SILENT)
def test_a_change_that_nobody_sees_gives_neither_a_new_tag_nor_a_new_answer(client, what):
    world = changing.world(client)
    old = client.get(f"{LIST}?cursor=*")
    changing.SILENT[what](world)
    caches["figures"].clear()
    new = client.get(f"{LIST}?cursor=*")
    assert (new["ETag"], new.content) == (old["ETag"], old.content)


def test_not_modified_costs_one_read_also_in_another_process(client, django_assert_num_queries):
    factories.initiative()
    tag = client.get(LIST)["ETag"]
    caches["figures"].clear()
    with django_assert_num_queries(1):
        response = client.get(LIST, headers={"if-none-match": f'"anders", {tag}'})
    assert (response.status_code, response.content, response["ETag"], response["API-Version"]) == (
        304,
        b"",
        tag,
        VERSION,
    )


@pytest.mark.parametrize(
    "address", [LIST, f"{LIST}?sorteer=naam", "/api/v1/initiatieven/niets", "/hsds/services"]
)
def test_any_tag_will_do_for_what_is_there(client, address):
    factories.initiative()
    for _time in ("new", "known"):
        plain = client.get(address)
        for _again in range(2):
            asked = client.get(address, headers={"if-none-match": "*"})
            assert asked.status_code == (304 if plain.status_code == 200 else 404)
            if plain.status_code == 200:
                assert (asked.content, asked["ETag"]) == (b"", plain["ETag"])
        caches["figures"].clear()


def test_a_known_answer_costs_one_read(client, django_assert_num_queries):
    factories.initiative()
    first = client.get(f"{LIST}?sorteer=naam")
    with django_assert_num_queries(1):
        again = client.get(f"{LIST}?sorteer=naam")
    assert again.content == first.content
    assert {**again.headers, "RateLimit-Remaining": ""} == {**first.headers, "RateLimit-Remaining": ""}


def test_each_address_form_and_host_has_a_tag_of_its_own(client):
    factories.initiative()
    tags = [
        client.get(LIST)["ETag"],
        client.get(f"{LIST}?page=1")["ETag"],
        client.get(LIST, headers={"accept": "application/*"})["ETag"],
        client.get(LIST, headers={"host": "localhost"})["ETag"],
    ]
    assert len(set(tags)) == 4


def test_the_neutral_order_has_a_new_tag_each_day_and_another_order_not(client, monkeypatch):
    factories.initiative()
    first = {query: client.get(LIST + query)["ETag"] for query in ("", "?sorteer=naam", "?cursor=*")}
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: tomorrow)
    later = {query: client.get(LIST + query)["ETag"] for query in first}
    assert [first[query] == later[query] for query in first] == [False, True, True]


def test_results_come_out_when_their_round_closes_though_nobody_writes(client, monkeypatch):
    round = making.round()
    making.response(round, "R1")
    publications.freeze(making.close(round))
    closes_at = timezone.now() + timedelta(hours=1)
    Round.objects.update(closes_at=closes_at)
    before = client.get("/api/v1/metingen")
    later = closes_at + timedelta(microseconds=1)
    for moment, status, number in ((timezone.now(), 304, 0), (later, 200, 1)):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        response = client.get("/api/v1/metingen", headers={"if-none-match": before["ETag"]})
        assert response.status_code == status
        assert client.get("/api/v1/metingen").json()["aantal"] == number


def test_nobody_can_make_a_tag_last(client, monkeypatch):
    factories.initiative()
    tag = client.get(LIST)["ETag"]
    base, _dash, until = tag.strip('"').partition("-")
    for made_up in (f'"{base}-{int(until) + 10**6}"', f'"{base}"', f'"{base}-later"', f'"{base}-"'):
        assert client.get(LIST, headers={"if-none-match": made_up}).status_code == 200
    assert client.get(LIST, headers={"if-none-match": tag}).status_code == 304


def test_an_error_has_no_tag_and_is_not_kept(client):
    assert "ETag" not in client.get(f"{LIST}?x=1")
    assert client.get(f"{LIST}/nieuw").status_code == 404
    factories.initiative("Nieuw", slug="nieuw")
    assert client.get(f"{LIST}/nieuw").status_code == 200
    Initiative.objects.all().delete()
    assert client.get(f"{LIST}/nieuw").status_code == 404
