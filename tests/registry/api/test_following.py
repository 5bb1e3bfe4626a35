"""A client that takes everything and then follows the changes ends equal to one that takes everything anew."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection, connections
from django.test import Client, override_settings
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from registry.models import Bottleneck, Initiative, Link, Municipality, Status
from tests import factories

ALL = "/api/v1/initiatieven?cursor=*&pageSize=2"


class Follower:
    """Keeps a copy. It does what the documentation says, one page at a time."""

    def __init__(self, query=""):
        self.client, self.copy = Client(), {}
        self.start = self.next = ALL + query

    def step(self):
        """Take one page; True when it was the last of a traversal."""
        answer = self.client.get(self.next).json()
        assert "invalidParams" not in answer, answer
        for item in answer["initiatieven"]:
            self.copy[item["id"]] = item
        for gone in answer.get("verwijderd", ()):
            self.copy.pop(gone["id"], None)
        links = answer["_links"]
        self.next = (links.get("next") or links["wijzigingen"])["href"]
        return "next" not in links

    def finish(self):
        """To the end of this traversal, and once more for what changed during it."""
        for _traversal in range(2):
            while not self.step():
                pass

    def anew(self):
        fresh = Follower(self.start.removeprefix(ALL))
        while not fresh.step():
            pass
        return fresh.copy


def _entry(number):
    return Initiative.objects.filter(slug=f"nummer-{number}")


def _appear(number, on):
    if not _entry(number).exists():
        factories.initiative(f"Nummer {number}", slug=f"nummer-{number}", municipality_id="GM0995")


def _publish(number, on):
    _entry(number).update(status=Status.PUBLISHED if on else Status.WITHDRAWN)


def _edit(number, on):
    for entry in _entry(number):
        entry.summary = f"{entry.summary}."
        entry.save()


def _move(number, on):
    _entry(number).update(municipality_id="GM0034" if on else "GM0995")


def _link(number, on):
    for entry in _entry(number):
        if on:
            Link.objects.get_or_create(initiative=entry, bottleneck_id="R1", role="ervaart")
        else:
            Link.objects.filter(initiative=entry).delete()


def _delete(number, on):
    _entry(number).delete()


def _bottleneck(number, on):
    state = Bottleneck.Status.ACTIVE if on else Bottleneck.Status.CANDIDATE
    Bottleneck.objects.filter(pk="R1").update(status=state)


def _rename(number, on):
    Municipality.objects.filter(pk="GM0995").update(name=f"Lelystad {number}{on}")


ACTS = [_appear, _publish, _edit, _move, _link, _delete, _bottleneck, _rename]


class Following(TestCase):
    @override_settings(API_REQUESTS_A_MINUTE=10**6)
    @settings(max_examples=30)
    @given(
        st.lists(
            st.one_of(
                st.just(None),
                st.tuples(st.sampled_from([_appear, *ACTS]), st.integers(1, 5), st.booleans()),
            ),
            max_size=30,
        )
    )
    def test_ends_equal_to_a_full_download(self, steps):
        # The last example was rolled back: its versions are given again.
        caches["figures"].clear()
        factories.municipality("GM0995"), factories.municipality("GM0034"), factories.bottleneck("R1")
        for number in (1, 2, 3):
            _appear(number, True)
        everything, of_one_place = Follower(), Follower("&gemeente=GM0995")
        for step in steps:
            if step is None:
                everything.step()
                of_one_place.step()
            else:
                act, number, on = step
                act(number, on)
        for follower in (everything, of_one_place):
            follower.finish()
            assert follower.copy == follower.anew()
        assert len(everything.copy) == Initiative.objects.published().count()


@pytest.mark.django_db(transaction=True)
def test_ends_equal_while_others_write(settings):
    settings.API_REQUESTS_A_MINUTE = 10**6
    factories.municipality("GM0995"), factories.municipality("GM0034"), factories.bottleneck("R1")
    done, faults = threading.Event(), []

    def write(first):
        try:
            for number in range(first, first + 12):
                for act, on in ((_appear, True), (_link, True), (_move, True), (_edit, True), (_link, False)):
                    act(number, on)
                _publish(number, number % 3 > 0)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=(first,)) for first in (1, 101)]
    follower = Follower()
    for writer in writers:
        writer.start()
    watch = threading.Thread(target=lambda: ([writer.join() for writer in writers], done.set()))
    watch.start()
    while not done.is_set():
        follower.step()
    watch.join()
    follower.finish()
    assert faults == []
    assert follower.copy == follower.anew()
    assert len(follower.copy) == 16
    connection.close()


@pytest.mark.django_db
def test_what_left_the_selection_is_named():
    factories.municipality("GM0034")
    entry = factories.initiative(municipality=factories.municipality("GM0995"))
    since = (timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    Initiative.objects.update(municipality="GM0034")
    answer = Client().get(f"/api/v1/initiatieven?gewijzigdSinds={since}&gemeente=GM0995").json()
    assert answer["initiatieven"] == []
    assert [gone["id"] for gone in answer["verwijderd"]] == [str(entry.public_id)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment", ["gisteren", "2026-11-01", "2026-11-01T10:00:00", "", "9999999", "2026-13-01T00:00:00Z"]
)
def test_a_moment_without_a_zone_is_no_moment(client, moment):
    response = client.get("/api/v1/initiatieven", {"gewijzigdSinds": moment})
    assert (response.status_code, [one["name"] for one in response.json()["invalidParams"]]) == (
        400,
        ["gewijzigdSinds"],
    )


@pytest.mark.django_db
def test_all_that_does_not_go_together_is_said_at_once(client):
    asked = {
        "gewijzigdSinds": "2026-11-01T10:00:00Z",
        "zoek": "x",
        "sorteer": "naam",
        "page": "1",
        "cursor": "=",
    }
    response = client.get("/api/v1/initiatieven", asked)
    assert response.status_code == 400
    assert {one["name"] for one in response.json()["invalidParams"]} == asked.keys() - {"gewijzigdSinds"}
