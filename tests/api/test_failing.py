"""What breaks outside the views is told as a problem too."""

import pytest
from django.db import ConnectionHandler, connections
from django.test import Client

from registry.models import ContentStamp
from samenbuurten.api import VERSION

LIST = "/api/v1/initiatieven"
KEY = {"authorization": "Bearer sb_abcdefgh_0123456789"}


@pytest.fixture
def refusing(django_db_blocker):
    """A database server that refuses every connection: nothing listens on that port."""
    dead = {"ENGINE": "django.db.backends.postgresql", "NAME": "x", "HOST": "127.0.0.1", "PORT": "1"}
    usual = connections["default"]
    connections["default"] = ConnectionHandler({"default": dead})["default"]
    with django_db_blocker.unblock():
        yield
    connections["default"] = usual


@pytest.mark.parametrize("address", ["/api/v1", LIST, f"{LIST}/x", "/api/v1/crss", "/hsds", "/hsds/services"])
@pytest.mark.parametrize("headers", [{}, KEY, {"if-none-match": '"x"'}, {"origin": "https://elders.example"}])
def test_a_database_that_is_gone_is_a_problem(refusing, address, headers):
    response = Client(raise_request_exception=False).get(address, headers=headers)
    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
    assert response.json() == {
        "type": "about:blank",
        "status": 503,
        "title": "Nu even niet",
        "detail": "Stuur dezelfde vraag nog eens na de tijd in Retry-After.",
    }
    assert response["Retry-After"] == "15"
    assert (response["API-Version"], response["Cache-Control"]) == (VERSION, "no-store")
    assert response.get("Access-Control-Allow-Origin") == ("*" if "origin" in headers else None)


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_a_problem(settings):
    settings.SECURE_SSL_REDIRECT = True
    for address in (LIST, "/hsds"):
        response = Client().get(address, headers={"host": "elders.example"})
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
        assert "elders" not in response.text


@pytest.mark.django_db
def test_the_site_keeps_its_own_words_for_what_goes_wrong(client):
    assert client.get("/bestaat-niet/")["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.django_db
def test_without_a_stamp_there_is_still_an_answer_and_everything_is_to_come(client):
    ContentStamp.objects.all().delete()
    for query in ("", "?cursor=*", "?gewijzigdSinds=2020-01-01T00:00:00Z"):
        response = client.get(LIST + query)
        assert (response.status_code, response.json()["initiatieven"]) == (200, [])
    assert response.json()["_links"]["wijzigingen"]["href"].endswith(
        "gewijzigdSinds=1970-01-01T00:00:00.000000Z"
    )
    assert client.get(response.json()["_links"]["wijzigingen"]["href"]).status_code == 200
