import re
from datetime import UTC, datetime
from html import unescape

import pytest

from registry.models import Status
from tests import factories

pytestmark = pytest.mark.django_db
NOT_PUBLIC = [status for status in Status if status not in (Status.PUBLISHED, Status.MERGED)]


def test_feed_gives_the_newest_first_with_the_filters_of_the_list(client):
    for day, name in enumerate(["Eerste", "Tweede"], start=1):
        factories.initiative(
            name, municipality=factories.municipality(), published_at=datetime(2026, 1, day, tzinfo=UTC)
        )
    factories.initiative("Elders", published_at=datetime(2026, 1, 3, tzinfo=UTC))
    for status in NOT_PUBLIC:
        factories.initiative("Geheim", status=status, municipality=factories.municipality())
    response = client.get("/initiatieven/feed.xml?gemeente=GM0995")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert re.findall(r"<entry><title>(.*?)</title>", response.text) == ["Tweede", "Eerste"]


@pytest.mark.parametrize("number", [1, 3])
def test_feed_asks_the_same_for_one_and_for_three(client, django_assert_num_queries, number):
    for _ in range(number):
        factories.initiative(published_at=datetime(2026, 1, 1, tzinfo=UTC))
    with django_assert_num_queries(6):
        client.get("/initiatieven/feed.xml")


def test_feed_with_an_unknown_value_is_a_bad_request(client):
    assert client.get("/initiatieven/feed.xml?soort=x").status_code == 400


def test_the_pages_of_the_feed_lead_through_all_of_it(client, monkeypatch):
    monkeypatch.setattr("registry.feeds.PAGE", 2)
    for day in range(1, 6):
        factories.initiative(
            f"Dag {day}",
            municipality=factories.municipality(),
            published_at=datetime(2026, 1, day, tzinfo=UTC),
        )
    factories.initiative("Elders")
    address, names, numbers, lists = "/initiatieven/feed.xml?gemeente=GM0995", [], [], set()
    while address:
        text = client.get(address).text
        names += re.findall(r"<entry><title>(.*?)</title>", text)
        pages = {rel: unescape(href) for href, rel in re.findall(r'<link href="([^"]*)" rel="(\w+)"', text)}
        lists.add(re.search(r"<id>(.*?)</id>", text)[1])
        numbers.append(sorted(pages.keys() & {"first", "previous", "next"}))
        address = pages.get("next")
    assert names == [f"Dag {day}" for day in range(5, 0, -1)]
    assert lists == {"http://testserver/initiatieven/?gemeente=GM0995"}
    assert numbers == [["first", "next"], ["first", "next", "previous"], ["first", "previous"]]


@pytest.mark.parametrize(
    ("page", "status"), [("2", 404), ("0", 400), ("-1", 400), ("x", 400), ("9" * 30, 400)]
)
def test_a_page_that_is_not_there_is_no_error_of_ours(client, page, status):
    factories.initiative()
    assert client.get("/initiatieven/feed.xml", {"pagina": page}).status_code == status
