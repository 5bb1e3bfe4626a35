from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from registry.foundation.errors import Refused
from registry.models import Bottleneck, Wording
from survey.design import questionnaires
from survey.fieldwork import intake
from survey.models import PaperForm, Questionnaire, Round
from survey.rounds import life, publications
from tests import factories
from tests.survey import making

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def draft():
    return making.round(is_open=False)


def test_opening_lets_people_in_and_fixes_the_questionnaire(draft):
    life.open_now(draft)
    fresh = Round.objects.get()
    assert (fresh.is_open, fresh.questionnaire.is_locked) == (True, True)
    with pytest.raises(ValidationError, match="Maak een kopie"):
        fresh.questionnaire.items.first().delete()


def test_a_planned_round_fixes_the_questionnaire_at_once(draft):
    draft.opens_at = timezone.now() + timedelta(days=3)
    life.keep(draft)
    assert (draft.state, draft.questionnaire.is_locked) == (Round.State.PLANNED, True)


def test_a_draft_that_is_saved_leaves_the_questionnaire_free(draft):
    life.keep(draft)
    assert not Questionnaire.objects.get().is_locked


def test_a_planned_round_can_open_sooner(draft):
    draft.opens_at = timezone.now() + timedelta(days=3)
    life.keep(draft)
    life.open_now(draft)
    assert draft.is_open


def test_closing_and_opening_again_until_the_results_stand(draft):
    life.open_now(draft)
    opened = draft.opens_at
    life.close_now(draft)
    assert Round.objects.get().state == Round.State.CLOSED
    life.open_now(draft)
    assert (Round.objects.get().is_open, draft.opens_at) == (True, opened)
    life.close_now(draft)
    making.publish(draft)
    with pytest.raises(Refused, match="staan vast"):
        life.open_now(draft)
    assert Round.objects.get().state == Round.State.CLOSED


@pytest.mark.parametrize(("act", "is_open"), [(life.close_now, False), (life.open_now, True)])
def test_what_is_so_already_is_told(act, is_open):
    with pytest.raises(Refused, match=r"niet open|al open"):
        act(making.round(is_open=is_open))


def test_a_round_without_statements_does_not_open(draft):
    questionnaires.arrange(draft.questionnaire, [])
    with pytest.raises(Refused, match="nog geen stellingen"):
        life.open_now(draft)
    assert Round.objects.get().state == Round.State.DRAFT


@pytest.fixture
def candidate():
    """A questionnaire that would make a candidate public, and give a text its number in the register."""
    questionnaire = making.questionnaire(["R1"])
    factories.bottleneck("R2", status=Bottleneck.Status.CANDIDATE)
    questionnaire.items.create(bottleneck_id="R2", level_id="relationeel", bit=1, wordings={"nl": WORDING})
    return questionnaire


WORDING = {"version": None, "text": "Zo is het nooit gevraagd."}


def standing(questionnaire):
    questionnaire.refresh_from_db()
    status = Bottleneck.objects.get(pk="R2").status
    return status, questionnaire.is_locked, Wording.objects.filter(text=WORDING["text"]).count()


@pytest.mark.parametrize("back", ["unplan", "empty", "delete"])
def test_what_was_planned_is_unplanned(candidate, back):
    before = standing(candidate)
    round = making.round(questionnaire=candidate, is_open=False)
    round.opens_at = timezone.now() + timedelta(days=3)
    life.keep(round)
    assert standing(candidate) == ("actief", True, 1)
    if back == "unplan":
        life.unplan(round)
    elif back == "delete":
        life.remove(round)
    else:
        round.opens_at = None
        life.keep(round)
    assert standing(candidate) == before == ("kandidaat", False, 0)
    assert candidate.items.get(bottleneck="R2").wordings == {"nl": WORDING}
    questionnaires.lock(candidate)
    assert standing(candidate) == ("actief", True, 1)
    history = Bottleneck.history.filter(code="R2").values_list("history_change_reason", flat=True)
    assert list(history)[:3] == [
        "Gevraagd in: Knelpunten, versie 1",
        "Toch niet gevraagd in: Knelpunten, versie 1",
        "Gevraagd in: Knelpunten, versie 1",
    ]


def planned(slug, questionnaire):
    round = making.round(slug, questionnaire=questionnaire, is_open=False)
    round.opens_at = timezone.now() + timedelta(days=3)
    life.keep(round)
    return round


def test_what_another_round_needs_stays(candidate):
    round, other = planned("een", candidate), planned("ander", candidate)
    life.unplan(round)
    assert standing(candidate) == ("actief", True, 1)
    life.open_now(other)
    making.response(other, "R1")
    with pytest.raises(Refused, match="al open geweest"):
        life.unplan(other)
    assert (other.is_open, standing(candidate)) == (True, ("actief", True, 1))


@pytest.mark.parametrize("then", ["open", "closed", "opened again", "by its moment"])
def test_a_round_that_was_open_is_never_a_concept_again(then):
    """Nothing is stored, and on a device something may wait."""
    round = planned("een", making.questionnaire())
    if then == "by its moment":
        Round.objects.update(opens_at=timezone.now() - timedelta(minutes=1))
        round.refresh_from_db()
    else:
        life.open_now(round)
    if then in ("closed", "opened again"):
        life.close_now(round)
    if then == "opened again":
        life.open_now(round)
    with pytest.raises(Refused, match="al open geweest"):
        life.unplan(round)
    round.opens_at = round.closes_at = None
    with pytest.raises(Refused, match="al open geweest"):
        life.keep(round)
    assert Round.objects.get().has_opened


HOURS = timedelta(hours=1)
TAKEN_BACK = {
    "opens_at": [None, timezone.now() + HOURS, timezone.now() + 48 * HOURS],
    "closes_at": [timezone.now() - 20 * 24 * HOURS],
    "slug": ["ander"],
    "access": [Round.Access.CODES],
    "languages": [["nl"]],
    "late_days": [0, 6],
    "keep_answers_days": [366, 999],
    "keep_responses_days": [1826],
}
KEPT = {
    "closes_at": [timezone.now() + 48 * HOURS],
    "languages": [["nl", "en"]],
    "late_days": [8, 90],
    "keep_answers_days": [40],
    "name": ["Anders"],
    "limit": [1, 900],
}


@pytest.mark.parametrize("is_closed", [False, True])
@pytest.mark.parametrize(
    ("field", "value", "is_refused"),
    [
        (field, value, refused)
        for fields, refused in ((TAKEN_BACK, True), (KEPT, False))
        for field, values in fields.items()
        for value in values
    ],
)
def test_an_opened_round_keeps_what_its_pages_promised(field, value, is_refused, is_closed):
    """Each door: the check of the form and the act."""
    languages = ["nl", "en"]
    questionnaire = making.questionnaire(languages=languages)
    opened = timezone.now() - 30 * 24 * HOURS
    round = making.round(questionnaire=questionnaire, opens_at=opened, languages=languages)
    making.response(round, "R1")
    if is_closed:
        making.close(round)
    setattr(round, field, value)
    if field == "opens_at" and is_closed and value:
        round.closes_at = value + HOURS
    if is_refused:
        with pytest.raises(ValidationError) as told:
            round.clean()
        assert list(told.value.message_dict) == [field]
        with pytest.raises(Refused):
            life.keep(round)
    else:
        round.clean()
        if field != "languages":
            life.keep(round)


def test_what_a_form_that_shows_no_microseconds_sends_back_is_no_change():
    round = making.close(making.round())
    for name in ("opens_at", "closes_at"):
        setattr(round, name, getattr(round, name).replace(microsecond=0))
    round.clean()


def test_paper_that_was_typed_once_keeps_its_round():
    long_ago = timezone.now() - 60 * 24 * HOURS
    round = making.round(opens_at=long_ago, closes_at=long_ago + HOURS)
    assert life.may_go(round)
    PaperForm.objects.create(round=round, number=1, first={"codes": ["R1"], "words": {}})
    assert not life.may_go(round)


def test_a_candidate_that_another_questionnaire_asks_stays_public(candidate):
    copied = questionnaires.copy(candidate)
    copied.items.create(bottleneck_id="R2", level_id="relationeel", bit=1, wordings={"nl": WORDING})
    first, second = (
        making.round(f"ronde-{one.version}", questionnaire=one, is_open=False) for one in (candidate, copied)
    )
    for round in (first, second):
        round.opens_at = timezone.now() + timedelta(days=3)
        life.keep(round)
    life.unplan(first)
    assert standing(candidate) == ("actief", False, 1)
    assert [item.code for item in copied.items.all()] == ["R1", "R2"]


@pytest.mark.parametrize("channel", ["papier", "eigen"])
def test_after_publishing_nothing_comes_in_until_staff_open_again(channel):
    """Withdrawing opens nothing by itself: who did not close it again decides nothing about late answers."""
    round = making.close(making.round())

    def takes():
        return intake.takes(Round.objects.get(), channel, has_begun=True)

    assert takes()
    published = making.publish(round)
    assert not takes()
    publications.withdraw(published, "Er lag nog papier")
    assert not takes()
    life.open_now(round)
    assert (round.is_open, takes()) == (True, True)
    life.close_now(round)
    assert takes()
