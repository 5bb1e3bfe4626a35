import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from survey import retention
from survey.fieldwork import double_entry, stands
from survey.models import (
    AccessCode,
    AnswerDigests,
    Coding,
    OpenAnswer,
    PaperForm,
    Publication,
    Response,
    RetentionRun,
    StepCount,
    Unit,
)
from survey.open_answers import themes
from tests.survey import coded, making

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    made = coded.frozen("De bus rijdt niet meer", "Ans is boos")
    OpenAnswer.objects.filter(text="Ans is boos").update(screening="besloten", quote="A. is boos")
    made.keep_answers_days, made.keep_responses_days, made.late_days = 30, 100, 0
    made.save()
    stands.make_codes(made, 2)
    StepCount.objects.create(round=made, step=1, number=5)
    double_entry.key_in(made, 4, ["R1"], {"knelpunt": "Piet is ziek"})
    AnswerDigests.objects.create(publication=making.publish(made), digests=b"12345678")
    return made


def later(days):
    return timezone.now() + timedelta(days=days)


def words():
    return {(answer.text, answer.quote) for answer in OpenAnswer.objects.all()}


def test_nothing_goes_before_its_time(round):
    assert retention.apply(now=later(29)) == []
    assert ("Ans is boos", "A. is boos") in words()


def test_open_words_go_and_public_quotes_and_numbers_stay(round):
    before = themes.themes_of(round)
    assert retention.apply(now=later(31)) == [(round, "antwoorden", 3)]
    assert words() == {("", "De bus rijdt niet meer"), ("", "")}
    # What may be public stays where it is quoted too.
    assert set(Unit.objects.values_list("text", flat=True)) == {"", "De bus rijdt niet meer"}
    assert set(OpenAnswer.objects.values_list("screening", flat=True)) == {"openbaar", "gewist"}
    assert PaperForm.objects.count() == 0
    assert (themes.themes_of(round), Response.objects.count()) == (before, 2)
    assert retention.apply(now=later(32)) == []
    log = RetentionRun.objects.get()
    assert (log.what, log.number, log.ran_on) == ("antwoorden", 3, timezone.localdate(later(31)))


def test_the_mark_of_an_edited_quote_outlives_the_first_words(round):
    OpenAnswer.objects.filter(screening="openbaar").update(is_edited=True)
    retention.apply(now=later(31))
    assert OpenAnswer.objects.get(screening="openbaar").is_edited


def test_after_the_last_day_only_what_was_published_stays(round):
    assert retention.apply(now=later(101)) == [(round, "inzendingen", 2)]
    left = [
        model.objects.count()
        for model in (Response, OpenAnswer, Unit, Coding, AccessCode, PaperForm, StepCount, AnswerDigests)
    ]
    assert (left, Publication.objects.count()) == ([0] * 8, 1)
    assert RetentionRun.objects.get().what == "inzendingen"


def test_a_round_that_is_open_keeps_everything():
    making.response(making.round(keep_answers_days=0, keep_responses_days=0), "R1", words={"knelpunt": "Ans"})
    assert retention.apply(now=later(9999)) == []
    assert words() == {("Ans", "")}


def test_a_dry_run_only_counts(round):
    round.opens_at, round.closes_at = later(-32), later(-31)
    round.save()
    out = io.StringIO()
    call_command("apply_survey_retention", "--dry-run", stdout=out)
    assert out.getvalue() == "Zou wissen:\n  Meting festival, open antwoorden gewist: 3\n"
    assert (("Ans is boos", "A. is boos") in words(), RetentionRun.objects.count()) == (True, 0)
    out = io.StringIO()
    call_command("apply_survey_retention", stdout=out)
    assert out.getvalue() == "Gewist:\n  Meting festival, open antwoorden gewist: 3\n"
    assert ("Ans is boos", "A. is boos") not in words()


def test_the_longest_period_is_what_may_be_promised(round):
    making.round("later", questionnaire=round.questionnaire, keep_answers_days=60, keep_responses_days=90)
    assert retention.longest() == (60, 100)


@pytest.mark.parametrize("late", [0, 7, 90])
@pytest.mark.parametrize("days", [0, 1, 30, 119])
def test_nothing_goes_before_the_last_late_answer_could_be_looked_at(days, late):
    """Day by day, whatever was filled in."""
    round = making.round(keep_answers_days=days, keep_responses_days=days, late_days=late)
    making.response(round, "R1", words={"knelpunt": "Ans"})
    making.close(round)
    least = max(days, late + 30)
    for day in range(least):
        assert retention.apply(now=later(day)) == []
    assert retention.apply(now=later(least + 1)) == [(round, "inzendingen", 1)]
    assert retention.longest() == (least, least)
