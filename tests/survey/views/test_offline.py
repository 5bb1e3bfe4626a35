import pytest

from survey.models import StepCount
from tests.survey import making
from tests.survey.sending import address

pytestmark = pytest.mark.django_db


def test_a_screen_that_is_reached_is_a_number_and_nothing_else(client):
    round = making.round()
    sent_steps = ["0", "1", "1", "99", "-1", "x", "", "²", "1.0"]
    statuses = [client.post(address("count-step"), {"stap": step}).status_code for step in sent_steps]
    assert statuses == [204, 204, 204, 400, 400, 400, 400, 400, 400]
    assert list(StepCount.objects.values_list("step", "number")) == [(0, 1), (1, 2)]
    assert client.get(address("count-step")).status_code == 405
    making.close(round)
    # It says so, so that the page does not take itself for counted.
    assert client.post(address("count-step"), {"stap": "1"}).status_code == 409
    assert StepCount.objects.get(step=1).number == 2
    making.round("concept", is_open=False, questionnaire=round.questionnaire)
    assert client.post(address("count-step", "concept"), {"stap": "1"}).status_code == 404


def test_the_manifest_makes_an_app_of_the_round(client):
    making.round(name="Meting in Almere 2026", languages=["nl", "en"])
    page = client.get(f"{address('manifest')}?taal=en")
    assert page["Content-Type"] == "application/manifest+json"
    made = page.json()
    assert (made["lang"], made["dir"], made["scope"]) == ("en", "ltr", "/enquete/")
    assert made["start_url"] == "/enquete/festival/?taal=en"
    # What fits under an icon.
    assert (made["name"], made["short_name"]) == ("Meting in Almere 2026 · Samen Buurten", "Meting in Al")


def test_the_service_worker_stands_above_the_questions(client):
    page = client.get("/enquete/dienst.js")
    assert page["Content-Type"] == "text/javascript"
    assert "addEventListener" in page.text
