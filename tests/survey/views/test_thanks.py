import hashlib
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from survey.models import Publication, Round
from tests.survey import making
from tests.survey.sending import address, sent

pytestmark = pytest.mark.django_db


def frozen(round, *shares, n=77, edition=1):
    statements = [
        {"code": code, "count": count, "percentage": percentage} for code, count, percentage in shares
    ]
    data = json.dumps({"levels": [{"level": "relationeel", "n": n, "statements": statements}]})
    return Publication.objects.create(
        round=round, edition=edition, data=data, data_hash=hashlib.sha256(data.encode()).hexdigest()
    )


def test_thanks_set_own_ticks_beside_the_frozen_round_and_never_the_live_one(client):
    now = timezone.now()
    round = making.round(name="Nu")
    past = {
        "questionnaire": round.questionnaire,
        "opens_at": now - timedelta(days=9),
        "closes_at": now - timedelta(days=8),
    }
    earlier = making.round("deck", name="Verbindingsfestival", **past)
    frozen(earlier, ("R1", 50, 65), ("R2", None, None))
    frozen(earlier, ("R1", 53, 69), ("R2", None, None), edition=2)
    frozen(
        making.round("verzonnen", is_sample=True, **past | {"opens_at": now - timedelta(days=8, hours=1)}),
        ("R1", 1, 1),
    )
    frozen(round, ("R1", 70, 91))
    making.response(round, "R1")
    page = client.post(address(), sent())
    assert "Verbindingsfestival" in page.text
    assert "eerder: 69 % (53 van 77)" in page.text
    assert page.text.count("eerder: niet bekend") == 1
    assert "91" not in page.text
    chosen = making.round("ander", name="Het andere", **past)
    frozen(chosen, ("R1", 8, 40), n=20)
    Round.objects.filter(pk=round.pk).update(previous=chosen)
    assert "eerder: 40 % (8 van 20)" in client.post(address(), sent()).text


def test_thanks_pass_over_a_round_that_is_open_again(client):
    now = timezone.now()
    round = making.round(name="Nu")
    past = {"questionnaire": round.questionnaire, "closes_at": now - timedelta(days=5)}
    frozen(making.round("eerst", name="Eerst", opens_at=now - timedelta(days=9), **past), ("R1", 53, 69))
    again = making.round("later", name="Later", opens_at=now - timedelta(days=6), **past)
    frozen(again, ("R1", 8, 40), n=20)
    assert client.post(address(), sent()).context["earlier"].round == again
    Round.objects.filter(pk=again.pk).update(closes_at=None)
    assert client.post(address(), sent()).context["earlier"].round.name == "Eerst"


def test_a_closed_round_leads_to_its_results_once_there_are_any(client):
    round = making.close(making.round())
    assert [round.get_absolute_url() in client.get(address()).text, frozen(round, ("R1", 5, 50)).edition] == [
        False,
        1,
    ]
    assert f'href="{round.get_absolute_url()}"' in client.get(address()).text


def test_thanks_without_an_earlier_round_show_own_ticks(client):
    making.round()
    page = client.post(address(), sent())
    assert page.context["earlier"] is None
    assert "Dit herkende u" in page.text


def test_thanks_read_the_round_of_the_deck(client):
    call_command("load_deck", verbosity=0)
    call_command("load_deck_round", verbosity=0)
    making.round(questionnaire=making.questionnaire(["R1", "M1"], slug="nieuw"))
    page = client.post(address(), sent(**{"niveau-maatschappelijk": "M1", "niveau-relationeel": "R1"}))
    assert page.context["earlier"].round.name == "Verbindingsfestival"
    assert "eerder: 69 % (53 van 77)" in page.text
    assert page.text.count("eerder: niet bekend") == 1
