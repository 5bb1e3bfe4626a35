"""What is suggested finds something, begins as what was typed, and is public."""

import pytest
from django.urls import reverse

from registry.models import Everyday, Initiative, Status
from registry.search import search, suggest
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def some(db):
    Everyday.objects.create(said="eenzaam\neenhoorn", means="maatje")
    Everyday.objects.create(said="eenmaal", means="niets van dit alles")
    factories.term("eettafel", equal=["Eén tafel"])
    haven = factories.place()
    factories.initiative("Moestuin De Eend", summary="Een maatje met een eendenkooi", place=haven)
    factories.initiative("Aan tafel", summary="Eettafel in de buurt")


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("een", ["Eén tafel", "eenhoorn", "eenzaam"]),
        ("EENZ", ["eenzaam"]),
        ("koffie eend", ["koffie eend", "koffie eendenkooi"]),
        ("almere h", ["Almere Haven"]),
        ("moestuin de", ["Moestuin De Eend"]),
        ("8", []),
        ("", []),
        ("\0%_", []),
    ],
)
def test_what_is_suggested_begins_as_what_was_typed(some, typed, suggested):
    assert suggest(typed) == suggested


def test_each_suggestion_finds_something(some):
    for typed in ("ee", "een", "mo", "alm", "ta", "koffie maa"):
        for suggestion in suggest(typed):
            assert search(suggestion).total, suggestion


def test_nothing_is_suggested_of_what_is_public_no_more(some):
    assert suggest("eendenk") == ["eendenkooi"]
    Initiative.objects.update(status=Status.WITHDRAWN)
    assert (suggest("eendenk"), suggest("moestuin")) == ([], [])


@pytest.mark.parametrize(("number", "options"), [(1, 3), (4, 8)])
def test_a_suggestion_costs_the_same_questions(client, django_assert_max_num_queries, number, options):
    for index in range(number):
        factories.initiative(f"Tuinkring {index}", summary=f"tuinman{index}")
    address = reverse("registry:search-suggestions")
    client.get(address, {"zoek": "tuin"})
    with django_assert_max_num_queries(3):
        response = client.get(address, {"zoek": "tuin"})
    assert response.text.count("<option") == options


def test_a_hostile_beginning_is_text(client, some):
    factories.initiative('Eend "<script>')
    assert "<script>" not in client.get(reverse("registry:search-suggestions"), {"zoek": "eend"}).text
