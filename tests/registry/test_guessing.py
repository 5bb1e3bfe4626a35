"""Wrong passwords: who guesses is stopped, from one place and from many, and whoever is meant still gets in."""

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from registry.accounts import adapter
from registry.models import Role
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PASSWORD = "een-lang-wachtwoord"


@pytest.fixture(autouse=True)
def _nothing_known():
    cache.clear()


@pytest.fixture
def clock(monkeypatch):
    now = {"seconds": 1_800_000_000.0}
    monkeypatch.setattr("registry.foundation.ratelimit.time.time", lambda: now["seconds"])
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: now["seconds"])
    return now


@pytest.fixture
def editor():
    return factories.person("redacteur@flevoland.example", role=Role.EDITOR)


def tries(email, password="fout", place="10.0.0.1"):  # noqa: S107  made up
    """What the page says."""
    browser = Client()
    answer = browser.post("/account/login/", {"login": email, "password": password}, REMOTE_ADDR=place)
    if "_auth_user_id" in browser.session:
        return "in"
    for said in ("Het is te vaak misgegaan", "horen niet bij elkaar"):
        if said in answer.text:
            return said
    return answer.text


@pytest.mark.parametrize("place", ["10.9.9.9", "2001:db8:1::7"])
def test_who_is_somewhere_else_is_not_shut_out(editor, place):
    for _try in range(12):
        tries(editor.email)
    assert tries(editor.email, PASSWORD) == "Het is te vaak misgegaan"
    assert tries(editor.email, PASSWORD, place) == "in"


def test_a_guesser_at_one_place_is_stopped(editor, clock):
    said = [tries(editor.email) for _try in range(8)]
    assert said == ["horen niet bij elkaar"] * 5 + ["Het is te vaak misgegaan"] * 3
    looked = 5
    for _round in range(11):
        clock["seconds"] += 301
        looked += sum(tries(editor.email) == "horen niet bij elkaar" for _try in range(8))
    assert looked == adapter.TRIES_FROM_A_NEW_PLACE


def test_guessers_at_many_places_are_bounded_and_whoever_was_here_before_gets_in(editor, clock):
    assert tries(editor.email, PASSWORD, "10.7.0.1") == "in"
    said = [tries(editor.email, place=f"10.2.{number}.1") for number in range(80)]
    # The first time from the place that is known now was one of them.
    assert said.count("horen niet bij elkaar") == adapter.TRIES_FROM_NEW_PLACES - 1
    assert tries(editor.email, PASSWORD, "10.8.0.1") == "Het is te vaak misgegaan"
    assert tries(editor.email, PASSWORD, "10.7.0.1") == "in"
    clock["seconds"] += 3700
    assert tries(editor.email, PASSWORD, "10.8.0.1") == "in"


def test_one_place_uses_up_no_more_than_a_part(editor, clock):
    for _round in range(11):
        for _try in range(8):
            tries(editor.email)
        clock["seconds"] += 301
    assert tries(editor.email, PASSWORD, "10.8.0.1") == "in"


def test_it_does_not_tell_who_has_an_account(editor):
    def said(email, net):
        return [tries(email, place=f"10.{net}.{number // 6}.1") for number in range(72)]

    assert said(editor.email, 3) == said("wie@voorbeeld.nl", 4)


def test_where_somebody_was_cannot_be_read(editor):
    tries(editor.email, PASSWORD, "10.7.0.1")
    (key,) = adapter._place_keys(RequestFactory().get("/", REMOTE_ADDR="10.7.0.1"), editor.email)
    assert cache.get(key)
    assert "10.7" not in key
    assert "redacteur" not in key
