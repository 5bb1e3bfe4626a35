"""What a device may take for a receipt, and what is still taken in after a round closed."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from survey.fieldwork import intake, stands
from survey.models import Response, Round
from tests.survey import making
from tests.survey.sending import address, sent

pytestmark = pytest.mark.django_db

THANKED = {"X-Bewaard": "1"}


def verdict(page):
    return page.headers.get("X-Inzending", "").split(" ")


def begun(round, **fields):
    return sent(begonnen=intake.proof_of_begin(round), **fields)


def closed(round, *, ago):
    round.opens_at, round.closes_at = (timezone.now() - ago - day for day in (timedelta(1), timedelta(0)))
    round.save()
    return round


def test_a_receipt_names_the_key_and_is_given_only_for_what_is_stored(client):
    making.round()
    given = sent(sleutel=str(uuid.uuid4()).upper())
    key = given["sleutel"].lower()
    assert verdict(client.post(address(), given | {"rol": "x"})) == ["geweigerd", key, "invulling"]
    assert verdict(client.post(address(), given | {"controle": "1"})) == [""]
    assert not Response.objects.exists()
    assert [verdict(client.post(address(), given)) for _time in range(2)] == [["ontvangen", key]] * 2
    assert str(Response.objects.get().pk) == key
    assert [verdict(client.get(address(name))) for name in ("respond", "kept", "device")] == [[""]] * 3
    elsewhere = client.post(address(), sent(), headers={"Origin": "https://elders.example"})
    assert (elsewhere.status_code, verdict(elsewhere)) == (403, [""])


def test_what_waited_on_a_device_gets_the_verdict_without_a_page(client, settings):
    round = making.round(limit=2)

    def outcomes(fields):
        pages = [client.post(address(), fields, headers=headers) for headers in ({}, THANKED)]
        assert [bool(page.content) for page in pages] == [True, False]
        assert len({(page.status_code, page["Cache-Control"]) for page in pages}) == 1
        return pages[0].status_code, *map(verdict, pages)

    known = sent()
    client.post(address(), known)
    received = ["ontvangen", known["sleutel"]]
    assert outcomes(known) == (200, received, received)
    wrong = sent(rol="x")
    assert outcomes(wrong)[0] == 422
    assert client.post(address(), sent(), headers=THANKED).content == b""
    assert outcomes(sent())[0] == 409
    assert round.responses.count() == 2
    settings.ANSWERS_A_MINUTE = 0
    pages = [client.post(address(), sent(), headers=headers) for headers in ({}, THANKED)]
    assert [(page.status_code, bool(page.content), page["Retry-After"]) for page in pages] == [
        (429, True, "60"),
        (429, False, "60"),
    ]


def test_who_is_asked_to_wait_gets_no_verdict(client, settings):
    making.round()
    settings.ANSWERS_A_MINUTE = 0
    page = client.post(address(), sent(), REMOTE_ADDR="10.4.0.1")
    assert (page.status_code, verdict(page)) == (429, [""])


def test_a_preview_gives_no_receipt(client):
    preview = reverse("survey:preview", args=[making.questionnaire().preview_key])
    assert verdict(client.post(preview, sent())) == [""]


def test_the_device_hears_why_it_is_refused(client):
    round = making.round(access=Round.Access.CODES, limit=1)
    (code,) = stands.make_codes(round, 1)
    assert verdict(client.post(address(), sent(code="ABC")))[2] == "code"
    client.post(address(), sent(code=code))
    assert verdict(client.post(address(), sent(code=code)))[2] == "vol"
    making.close(round)
    assert verdict(client.post(address(), sent(code=code)))[2] == "gesloten"


def test_what_was_begun_before_closing_is_taken_in_as_long_as_the_round_says(client):
    round = closed(making.round(late_days=3), ago=timedelta(days=2, hours=23))
    assert client.post(address(), begun(round)).status_code == 200
    statuses = [
        client.post(address(), sent(begonnen=proof)).status_code for proof in ("", "x", f"{round.pk}:x")
    ]
    other = making.round("ander", questionnaire=round.questionnaire)
    assert [*statuses, client.post(address(), begun(other)).status_code] == [409] * 4
    closed(round, ago=timedelta(days=3, hours=1))
    page = client.post(address(), begun(round))
    assert (page.status_code, verdict(page)[2]) == (409, "gesloten")
    assert round.responses.count() == 1


@pytest.mark.parametrize("fields", [{"late_days": 0}, {}])
def test_results_that_stand_or_no_late_days_end_it(client, fields):
    round = closed(making.round(**fields), ago=timedelta(minutes=1))
    if not fields:
        making.publish(round)
    assert client.post(address(), begun(round)).status_code == 409
    assert not Response.objects.exists()


def test_a_draft_takes_nothing_whatever_is_proven(client):
    round = making.round(is_open=False, opens_at=timezone.now() + timedelta(days=1))
    assert client.post(address(), begun(round)).status_code == 409


def test_a_page_that_is_given_out_while_it_is_open_carries_the_proof(client):
    round = making.round(closes_at=timezone.now() + timedelta(hours=1))
    field = f'name="begonnen" value="{intake.proof_of_begin(round)}"'
    assert field in client.get(address()).text
    # It is the same for everybody and at every moment: it tells nobody apart.
    assert field in client.get(address()).text
    # Kept through a mistake.
    assert field in client.post(address(), begun(round, rol="x")).text
    making.close(round)
    assert [field in client.get(address(name)).text for name in ("respond", "device")] == [False, False]
    # A mistake that is told after closing may still be mended.
    assert field in client.post(address(), begun(round, rol="x")).text


def test_a_full_round_takes_what_a_device_had_thanked_for_already(client):
    round = making.round(limit=1)
    making.response(round, "R1")
    assert client.post(address(), begun(round)).status_code == 409
    assert client.post(address(), sent(), headers=THANKED).status_code == 409
    assert client.post(address(), begun(round), headers=THANKED).status_code == 200
    making.close(round)
    assert client.post(address(), begun(round), headers=THANKED).status_code == 200
    assert client.post(address(), begun(round)).status_code == 409
    assert round.responses.count() == 3


def test_the_page_of_the_device_stays_and_shows_no_questions_before_they_are_put(client):
    round = making.round()
    assert 'value="R1"' in client.get(address("device")).text
    making.close(round)
    assert 'value="R1"' in client.get(address("device")).text
    questionnaire = round.questionnaire
    making.round("concept", is_open=False, questionnaire=questionnaire)
    making.round(
        "later", is_open=False, questionnaire=questionnaire, opens_at=timezone.now() + timedelta(days=1)
    )
    assert [client.get(address("device", slug)).status_code for slug in ("concept", "later")] == [404, 404]


def test_the_form_and_the_page_of_thanks_say_until_when(client):
    when = timezone.now().replace(year=2040, month=3, day=9, hour=11, minute=5)
    making.round(closes_at=when, late_days=2)
    assert "U kunt meedoen tot 9 maart 2040 om 12.05 uur." in client.get(address()).text
    kept = client.get(address("kept")).text
    assert ("nog 2 dagen aan" in kept, "Dat is tot 11 maart 2040 om 12.05 uur." in kept) == (True, True)
