from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from registry import keys
from registry.models import PartnerKey
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/api/v1/initiatieven"


def issued(**fields):
    given = {"name": "Windesheim", "email": "data@voorbeeld.nl", "expires_on": date(2099, 1, 1)}
    return keys.issue(**given | {"by": factories.person()} | fields)


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
    keys.revoke(key, by=factories.person())
    response = client.get(LIST, headers=bearer(token) | {"if-none-match": tag})
    assert response.status_code == 401
    assert "ingetrokken" in response.json()["detail"]
    PartnerKey.objects.update(revoked_at=None, expires_on=timezone.localdate() - timedelta(days=1))
    assert "verlopen" in client.get(LIST, headers=bearer(token)).json()["detail"]


def test_a_key_in_the_address_is_no_key(client):
    _key, token = issued()
    assert client.get(LIST, {"key": token}).status_code == 400


def test_what_a_key_may_read_is_never_kept_for_who_has_none(client):
    _key, token = issued(may_read_details=True)
    address = "/api/v1/metingen/x/resultaten?expand=samenhang"
    with_key = client.get(LIST, headers=bearer(token))
    assert with_key["ETag"] != client.get(LIST)["ETag"]
    assert client.get(address).status_code == client.get(address, headers=bearer(token)).status_code == 404


def test_details_of_results_are_for_who_may_read_them(client):
    call_command("load_deck", verbosity=0)
    call_command("load_deck_round", verbosity=0)
    address = "/api/v1/metingen/verbindingsfestival/resultaten?expand=samenhang,themas&velden=slug"
    tokens = [issued(name=f"P{may}", may_read_details=may)[1] for may in (False, True)]
    answers = [client.get(address), *(client.get(address, headers=bearer(token)) for token in tokens)]
    assert [one.status_code for one in answers] == [403, 403, 200]
    assert "Vraag de provincie erom" in answers[0].json()["detail"]
    found = answers[2].json()
    assert (found["slug"], found["_embedded"].keys()) == ("verbindingsfestival", {"samenhang", "themas"})
    # What was answered to one is not given to another.
    assert client.get(address, headers={"if-none-match": answers[2]["ETag"]}).status_code == 403


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
