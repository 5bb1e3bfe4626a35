"""What people looked for and was not there is counted, and nothing of who looked."""

import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from registry.models import Role, SearchMiss
from registry.search import record_miss
from tests import factories

pytestmark = pytest.mark.django_db


def test_record_miss_counts_and_says_nothing_about_the_visitor():
    for query in ("Zwembad Urk", "zwembad-urk", "piet@voorbeeld.nl", "06 12 34 56 78", "8232 AB", "", "%"):
        record_miss(query)
    assert list(SearchMiss.objects.values_list("words", "count", "last_on")) == [
        ("zwembad urk", 2, timezone.localdate())
    ]


def test_record_miss_stops_at_its_limit_but_still_counts_what_it_knows(monkeypatch):
    monkeypatch.setattr("registry.search.misses.ROWS", 2)
    for query in ("een", "twee", "drie", "een"):
        record_miss(query)
    assert list(SearchMiss.objects.values_list("words", "count")) == [("een", 2), ("twee", 1)]


def test_record_miss_cuts_long_words():
    record_miss("a" * 200)
    assert SearchMiss.objects.get().words == "a" * 60


@pytest.mark.django_db(transaction=True)
def test_record_miss_counts_everyone_who_looks_at_the_same_time():
    together = threading.Barrier(6)

    def look():
        together.wait()
        record_miss("zwembad")
        connection.close()

    visitors = [threading.Thread(target=look) for _visitor in range(6)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert list(SearchMiss.objects.values_list("words", "count")) == [("zwembad", 6)]


def test_what_only_comes_close_was_not_found(client):
    factories.initiative("Tuin", summary="Een tuin in Urk")
    client.get("/zoeken/", {"zoek": "tuin met zwembad"})
    assert list(SearchMiss.objects.values_list("words", flat=True)) == ["tuin met zwembad"]
    factories.initiative("Zwembad", summary="Met tuin")
    call_command("sweep_search_misses", stdout=StringIO())
    assert not SearchMiss.objects.exists()


def test_staff_say_with_one_click_what_a_miss_means(client):
    SearchMiss.objects.create(words="zielig", count=3, last_on=timezone.localdate())
    client.force_login(factories.person("redacteur@flevoland.example", role=Role.EDITOR))
    page = client.get("/beheer/registry/searchmiss/").text
    address = "/beheer/registry/everyday/add/?said=zielig"
    assert f'href="{address}"' in page
    assert "zielig</textarea>" in client.get(address).text
