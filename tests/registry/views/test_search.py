import pytest

from registry.models import SearchMiss, Status
from tests import factories

pytestmark = pytest.mark.usefixtures("province")


@pytest.mark.parametrize("number", [1, 3])
def test_search_asks_the_same_for_one_and_for_three(client, django_assert_num_queries, number):
    for index in range(number):
        factories.initiative(f"Buurttuin {index}")
        factories.case(f"Buurttuin {index}")
    with django_assert_num_queries(19):
        client.get("/zoeken/?zoek=buurttuin")


def test_search_keeps_the_visitors_own_word(client):
    factories.term("opbouwwerker", equal=["buurtverbinder"])
    factories.initiative("Buurtverbinder Urk")
    text = client.get("/zoeken/?zoek=opbouwwerker").text
    assert 'value="opbouwwerker"' in text
    assert "gevonden onder ‘buurtverbinder’" in text
    assert "bedoelde u" not in text.lower()


def test_search_without_results_says_what_to_do_and_is_counted(client):
    factories.initiative("Zwaardvis", status=Status.SUBMITTED)
    text = client.get("/zoeken/?zoek=zwaardvis").text
    assert "Niets gevonden voor ‘zwaardvis’" in text
    assert "Probeer een ander woord" in text
    assert list(SearchMiss.objects.values_list("words", "count")) == [("zwaardvis", 1)]


@pytest.mark.parametrize("query", ["", "?zoek=", "?zoek=%20"])
def test_search_without_a_word_shows_the_field_only(client, query):
    response = client.get(f"/zoeken/{query}")
    assert response.context["results"] is None
    assert not SearchMiss.objects.exists()


def test_search_escapes_what_was_asked(client):
    assert "<b>" not in client.get("/zoeken/?zoek=<b>x").text


@pytest.mark.parametrize("words", ["%00", "a" * 5000, "%25_'\"", "💧"])
def test_search_stands_whatever_is_asked(client, words):
    assert client.get(f"/zoeken/?zoek={words}").status_code == 200
