from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from survey import questionnaires, rounds
from survey.models import Questionnaire, Round
from tests.survey import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return making.round(is_open=False)


def test_opening_lets_people_in_and_fixes_the_questionnaire(draft):
    rounds.open_now(draft)
    fresh = Round.objects.get()
    assert (fresh.is_open, fresh.questionnaire.is_locked) == (True, True)
    with pytest.raises(ValidationError, match="Maak een kopie"):
        fresh.questionnaire.items.first().delete()


def test_a_planned_round_fixes_the_questionnaire_at_once(draft):
    draft.opens_at = timezone.now() + timedelta(days=3)
    rounds.keep(draft)
    assert (draft.state, draft.questionnaire.is_locked) == (Round.State.PLANNED, True)


def test_a_draft_that_is_saved_leaves_the_questionnaire_free(draft):
    rounds.keep(draft)
    assert not Questionnaire.objects.get().is_locked


def test_a_planned_round_can_open_sooner(draft):
    draft.opens_at = timezone.now() + timedelta(days=3)
    rounds.keep(draft)
    rounds.open_now(draft)
    assert draft.is_open


def test_closing_and_opening_again_until_the_results_stand(draft):
    rounds.open_now(draft)
    opened = draft.opens_at
    rounds.close_now(draft)
    assert Round.objects.get().state == Round.State.CLOSED
    rounds.open_now(draft)
    assert (Round.objects.get().is_open, draft.opens_at) == (True, opened)
    rounds.close_now(draft)
    making.publish(draft)
    with pytest.raises(rounds.Refused, match="staan vast"):
        rounds.open_now(draft)
    assert Round.objects.get().state == Round.State.CLOSED


@pytest.mark.parametrize(("act", "is_open"), [(rounds.close_now, False), (rounds.open_now, True)])
def test_what_is_so_already_is_told(act, is_open):
    with pytest.raises(rounds.Refused, match=r"niet open|al open"):
        act(making.round(is_open=is_open))


def test_a_round_without_statements_does_not_open(draft):
    questionnaires.arrange(draft.questionnaire, [])
    with pytest.raises(rounds.Refused, match="nog geen stellingen"):
        rounds.open_now(draft)
    assert Round.objects.get().state == Round.State.DRAFT
