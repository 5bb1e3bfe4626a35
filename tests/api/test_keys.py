from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from registry.models import PartnerKey, Role
from registry.partners import api_keys
from survey.rounds import publications
from tests import factories
from tests.survey import making
from tests.survey.counting import anybody, store

pytestmark = pytest.mark.django_db
LIST = "/api/v1/initiatieven"


def issued(**fields):
    given = {"name": "Windesheim", "email": "data@voorbeeld.nl", "expires_on": date(2099, 1, 1)}
    return api_keys.issue(**given | {"by": factories.person()} | fields)


def bearer(token):
    return {"authorization": f"Bearer {token}"}


def test_a_key_has_a_limit_of_its_own(client, settings):
    settings.API_REQUESTS_A_MINUTE = 1
    _key, token = issued(requests_per_minute=3)
    assert [client.get(LIST).status_code for _number in range(2)] == [200, 429]
    answers = [client.get(LIST, headers=bearer(token)) for _number in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["2", "1", "0", "0"]
    assert {one["RateLimit-Limit"] for one in answers} == {"3"}
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer x", "Bearer sb_x_y", "Basic dTpw", "sb_x_y", "Bearer é", "Bearer " + "s" * 9000],
)
def test_what_is_no_key_is_refused_not_passed_over(client, header):
    response = client.get(LIST, headers={"authorization": header})
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert response["Content-Type"] == "application/problem+json"


def test_an_ended_key_is_told_so_also_for_a_known_answer(client):
    key, token = issued()
    tag = client.get(LIST, headers=bearer(token))["ETag"]
    api_keys.revoke(key, by=factories.person())
    response = client.get(LIST, headers=bearer(token) | {"if-none-match": tag})
    assert response.status_code == 401
    assert "ingetrokken" in response.json()["detail"]
    PartnerKey.objects.update(revoked_at=None, expires_on=timezone.localdate() - timedelta(days=1))
    assert "verlopen" in client.get(LIST, headers=bearer(token)).json()["detail"]


def test_a_key_in_the_address_is_no_key(client):
    _key, token = issued()
    assert client.get(LIST, {"key": token}).status_code == 400


@pytest.mark.parametrize("first", ["details", "anonymous"])
def test_what_a_key_may_read_reaches_nobody_else(client, first):
    """Not by what is kept, and not by the tag of somebody who may."""
    round = making.round()
    store(round, anybody(["M1", "M2", "R1"], 60, seed=1))
    publications.freeze(making.close(round))
    address = f"/api/v1/metingen/{round.slug}/resultaten?expand=samenhang"
    may = bearer(issued(may_read_details=True)[1])
    others = {
        "anonymous": (client, {}),
        "another key": (client, bearer(issued(name="Ander")[1])),
        "staff": (Client(), {}),
    }
    others["staff"][0].force_login(factories.person(role=Role.MANAGER))
    if first == "anonymous":
        assert client.get(address).status_code == 403
    answer = client.get(address, headers=may)
    assert (answer.status_code, "samenhang" in answer.json()["_embedded"]) == (200, True)
    for who, (browser, headers) in others.items():
        for tag in ({}, {"if-none-match": answer["ETag"]}, {"if-none-match": "*"}):
            refused = browser.get(address, headers=headers | tag)
            assert (who, refused.status_code, "ETag" in refused) == (who, 403, False)
            assert refused.json()["title"] == "Dit mag niet met deze sleutel"
    assert client.get(address, headers=may).content == answer.content


def test_staff_who_are_logged_in_read_what_everybody_reads(client):
    factories.initiative("Openbaar", contact_email="zq@geheim.example")
    factories.initiative("Geheim", slug="geheim", status="ingediend")
    staff = Client()
    staff.force_login(factories.person(role=Role.MANAGER))
    for address in (LIST, f"{LIST}/geheim", "/hsds/services?full=true", "/open-data/initiatieven.csv"):
        ours, theirs = staff.get(address), client.get(address)
        bodies = [b"".join(one) for one in (ours, theirs)]
        assert (ours.status_code, bodies[0], ours.get("ETag")) == (
            theirs.status_code,
            bodies[1],
            theirs.get("ETag"),
        )
        assert b"zq@" not in bodies[0]


def test_the_day_of_use_is_written_once(client, django_assert_num_queries):
    key, token = issued()
    client.get(LIST, headers=bearer(token))
    assert PartnerKey.objects.get(pk=key.pk).last_used_on == timezone.localdate()
    with django_assert_num_queries(2):
        client.get(LIST, headers=bearer(token))


def test_no_cookie_and_no_session_whatever_is_sent(client):
    client.cookies["sessionid"] = "x"
    for address in (LIST, "/api/v1", "/api/v1/nee", f"{LIST}?x=1"):
        response = client.get(address)
        assert not response.cookies
        assert "Set-Cookie" not in response
