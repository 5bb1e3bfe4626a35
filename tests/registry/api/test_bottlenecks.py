import pytest

from registry.models import Bottleneck, Status
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/api/v1/knelpunten"


def codes(client, **asked):
    response = client.get(LIST, asked)
    assert response.status_code == 200, response.content
    return [one["code"] for one in response.json()["knelpunten"]]


def test_by_municipality_gives_what_published_initiatives_there_link_to(client):
    lelystad, almere = factories.municipality("GM0995"), factories.municipality("GM0034")
    here, there = factories.initiative(municipality=lelystad), factories.initiative(municipality=almere)
    waiting = factories.initiative(municipality=lelystad, status=Status.SUBMITTED)
    hidden = factories.bottleneck("R4", status=Bottleneck.Status.CANDIDATE)
    pinches = [factories.bottleneck(code) for code in ("R1", "R2", "R3")]
    for entry, pinch in ((here, 0), (here, 1), (there, 1), (waiting, 2)):
        factories.link(entry, pinches[pinch], "pakt-aan")
    factories.link(here, pinches[0], "ervaart")
    factories.link(here, hidden)
    assert codes(client, gemeente="GM0995") == ["R1", "R2"]
    assert codes(client, gemeente="GM0034") == ["R2"]
    assert codes(client, gemeente=["GM0995", "GM0034"]) == ["R1", "R2"]
    assert codes(client) == ["R1", "R2", "R3"]


def test_a_municipality_that_is_none_is_said_to_be(client):
    (wrong,) = client.get(LIST, {"gemeente": "GM9999"}).json()["invalidParams"]
    assert wrong["reason"] == "De gemeente ‘GM9999’ bestaat niet. Kies een gemeente uit de lijst."
