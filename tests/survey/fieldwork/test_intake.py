import uuid
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from survey.fieldwork import intake, stands
from survey.models import AccessCode, OpenAnswer, Response, Round
from tests.survey import making

pytestmark = pytest.mark.django_db


def test_an_answer_is_ticks_and_the_levels_that_were_answered():
    round = making.round()
    stored = making.response(round, "M2", "R1", none=["bestuurlijk"], words={"voorbeeld": " HavenHart "})
    bits = {item.code: item.bit for item in round.questionnaire.items.all()}
    assert stored.ticks == 1 << bits["M2"] | 1 << bits["R1"]
    assert stored.answered == 1 << 0 | 1 << 1 | 1 << 2
    assert [answer.text for answer in stored.open_answers.all()] == ["HavenHart"]


def test_a_skipped_level_is_not_answered():
    assert making.response(making.round(), "M1").answered == 1 << 0


def test_sending_twice_stores_once():
    round = making.round()
    key, answers = uuid.uuid4(), intake.Answers(frozenset(["R1"]), words={"voorbeeld": "HavenHart"})
    assert intake.record(round, answers, key=key)
    assert not intake.record(round, answers, key=key)
    assert (Response.objects.count(), OpenAnswer.objects.count()) == (1, 1)


def test_a_retry_is_answered_alike_after_the_round_closed():
    round = making.round()
    key, answers = uuid.uuid4(), intake.Answers(frozenset(["R1"]))
    intake.record(round, answers, key=key)
    assert not intake.record(making.close(round), answers, key=key)


def test_a_known_key_tells_nothing_of_what_is_stored_under_it():
    """Guesses under a key: the right one, others, and through the door of another round."""
    round, key = making.round(), uuid.uuid4()
    stored = intake.Answers(frozenset(["R1"]), words={"voorbeeld": "HavenHart"}, role="inwoner")
    intake.record(round, stored, key=key)
    other = making.round("ander", questionnaire=round.questionnaire)
    guesses = [
        stored,
        replace(stored, ticks=frozenset(["R2"])),
        replace(stored, none=frozenset(["maatschappelijk"])),
        replace(stored, words={}),
        replace(stored, words={"voorbeeld": "Iets anders"}),
        replace(stored, role="overheid"),
    ]
    costs = set()
    for where in (round, other):
        for guess in guesses:
            with CaptureQueriesContext(connection) as queries:
                assert not intake.record(where, guess, key=key)
            costs.add(len(queries))
    assert len(costs) == 1
    assert (Response.objects.count(), OpenAnswer.objects.get().text) == (1, "HavenHart")


@pytest.mark.parametrize("fields", [{"is_open": False}, {"limit": 1}])
def test_what_is_not_open_or_full_takes_nothing(fields):
    round = making.round(**fields)
    if fields.get("limit"):
        making.response(round, "R1")
    stored = Response.objects.count()
    with pytest.raises(intake.NotTaken, match="niet opgeslagen"):
        intake.record(round, intake.Answers(frozenset(["R1"])), key=uuid.uuid4())
    assert Response.objects.count() == stored


def test_an_access_code_lets_in_once_and_a_refused_answer_spends_none():
    round = making.round(access=Round.Access.CODES)
    AccessCode.objects.create(round=round, digest=intake.digest(round, "abcd-1234"))
    answers, key = intake.Answers(frozenset(["R1"])), uuid.uuid4()
    with pytest.raises(intake.NotTaken, match="code klopt niet"):
        intake.record(round, answers, key=key, code="verkeerd")
    assert intake.record(round, answers, key=key, code=" ABCD-1234 ")
    assert not intake.record(round, answers, key=key, code="abcd-1234")
    with pytest.raises(intake.NotTaken, match="al gebruikt"):
        intake.record(round, answers, key=uuid.uuid4(), code="abcd-1234")
    assert Response.objects.count() == 1


@pytest.mark.parametrize("keys_since", [1, 2])
def test_a_printed_code_outlives_the_key_it_was_made_under(db, settings, keys_since):
    round = making.round(access=Round.Access.CODES)
    code, other = stands.make_codes(round, 2)
    for number in range(keys_since):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        settings.SECRET_KEY = f"another key {number}"
    answers = intake.Answers(frozenset(["R1"]))
    assert intake.record(round, answers, key=uuid.uuid4(), code=code)
    with pytest.raises(intake.WrongCode):
        intake.record(round, answers, key=uuid.uuid4(), code=code)
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(intake.WrongCode):
        intake.record(round, answers, key=uuid.uuid4(), code=other)
