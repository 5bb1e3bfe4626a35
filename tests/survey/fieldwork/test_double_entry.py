from datetime import timedelta

import pytest
from django.utils import timezone

from registry.foundation.errors import Refused
from survey.fieldwork import double_entry, intake
from survey.models import PaperForm, Response
from tests.survey import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return making.round()


def test_a_form_is_stored_once_both_times_agree_and_what_was_typed_goes(round):
    first = double_entry.key_in(round, 12, ["M1", "R2"], {"voorbeeld": "HavenHart  in Urk "})
    assert (Response.objects.count(), first.is_done) == (0, False)
    second = double_entry.key_in(round, 12, ["M1", "R2"], {"voorbeeld": " HavenHart in Urk", "knelpunt": " "})
    kept = PaperForm.objects.get()
    assert (second.is_done, kept.is_done, kept.first, kept.second) == (True, True, None, None)
    stored = Response.objects.get()
    assert (stored.channel, [answer.text for answer in stored.open_answers.all()]) == (
        "papier",
        ["HavenHart in Urk"],
    )


def test_a_number_that_is_done_takes_nothing_more(round):
    for _time in range(2):
        double_entry.key_in(round, 1, ["R1"], {})
    with pytest.raises(Refused, match="al klaar"):
        double_entry.key_in(round, 1, ["R1"], {})
    assert Response.objects.count() == 1


def test_two_ways_of_typing_are_compared_field_by_field(round):
    double_entry.key_in(round, 3, ["M1"], {"knelpunt": "De bus", "voorbeeld": "HavenHart"})
    form = double_entry.key_in(round, 3, ["M2"], {"knelpunt": "De bus", "voorbeeld": "Havenhart"})
    found = double_entry.differences(form)
    assert [(one.key, one.first, one.second) for one in found] == [
        ("codes", "M1", "M2"),
        ("voorbeeld", "HavenHart", "Havenhart"),
    ]
    with pytest.raises(Refused, match="al twee keer"):
        double_entry.key_in(round, 3, ["M1"], {})
    assert Response.objects.count() == 0


def test_a_choice_for_each_difference_is_what_is_stored(round):
    double_entry.key_in(round, 3, ["M1"], {"knelpunt": "De bus", "voorbeeld": "HavenHart"})
    form = double_entry.key_in(round, 3, ["M2"], {"voorbeeld": "Havenhart"})
    with pytest.raises(Refused, match="bij elk verschil"):
        double_entry.settle(form, {"codes": "1", "voorbeeld": "2"})
    double_entry.settle(form, {"codes": "2", "voorbeeld": "1", "knelpunt": "2"})
    stored = Response.objects.get()
    bits = {item.code: item.bit for item in round.questionnaire.items.all()}
    assert stored.ticks == 1 << bits["M2"]
    assert [answer.text for answer in stored.open_answers.all()] == ["HavenHart"]
    assert PaperForm.objects.get().first is None
    with pytest.raises(Refused, match="al klaar"):
        double_entry.settle(form, {})


def test_a_form_can_be_typed_in_anew_until_it_is_stored(round):
    form = double_entry.key_in(round, 3, ["M1"], {})
    double_entry.start_over(form)
    double_entry.key_in(round, 3, ["M2"], {})
    done = double_entry.key_in(round, 3, ["M2"], {})
    with pytest.raises(Refused, match="al klaar"):
        double_entry.start_over(done)
    assert PaperForm.objects.get().is_done


def test_the_lists_say_what_stands_where(round):
    for number, codes in [(1, ["M1"]), (1, ["M1"]), (2, ["M1"]), (2, ["M2"]), (7, ["M1"])]:
        double_entry.key_in(round, number, codes, {})
    lists = double_entry.lists(round)
    assert [form.number for form in lists["once"]] == [7]
    assert [form.number for form in lists["differing"]] == [2]
    assert (lists["done"], lists["next"]) == (1, 8)


@pytest.mark.parametrize("state", ["draft", "published"])
def test_a_round_that_takes_no_paper_says_so_at_once(state):
    round = making.round(is_open=state != "draft")
    if state == "published":
        making.publish(making.close(round))
    with pytest.raises(Refused, match="neemt geen papier aan"):
        double_entry.key_in(round, 1, ["M1"], {})
    assert PaperForm.objects.count() == 0


def test_paper_counts_on_the_day_it_was_filled_in(round):
    """The limit was reached online, and the round is closed: who filled in a paper before had a place."""
    day = timezone.localdate()
    round.limit = 3
    round.opens_at = timezone.now() - timedelta(days=3)
    round.save()
    for _person in range(3):
        making.response(round, "R1")
    for when in (day - timedelta(days=1), day):
        for _time in range(2):
            form = double_entry.key_in(round, 10 + (day - when).days, ["M1"], {}, filled_in_on=when)
        assert form.is_done
    assert set(Response.objects.filter(channel="papier").values_list("answered_on", flat=True)) == {
        day - timedelta(days=1),
        day,
    }
    with pytest.raises(intake.NotTaken, match="vol"):
        making.response(round, "R1")


def test_paper_of_after_the_last_place_is_refused(round):
    round.limit = 2
    round.opens_at = timezone.now() - timedelta(days=3)
    round.save()
    for _person in range(2):
        making.response(round, "R1")
    Response.objects.update(answered_on=timezone.localdate() - timedelta(days=2))
    double_entry.key_in(round, 1, ["M1"], {})
    with pytest.raises(intake.NotTaken, match="vol"):
        double_entry.key_in(round, 1, ["M1"], {})
    assert PaperForm.objects.get().second is None


@pytest.mark.parametrize(("days", "is_taken"), [(-4, False), (-3, True), (-1, True), (0, False), (1, False)])
def test_a_day_on_which_the_round_was_not_open_is_told(round, days, is_taken):
    round.opens_at, round.closes_at = (timezone.now() - timedelta(days=number) for number in (3, 1))
    round.save()
    day = timezone.localdate() + timedelta(days=days)
    if is_taken:
        assert (
            double_entry.key_in(round, 1, ["M1"], {}, filled_in_on=day).first["filled_in_on"]
            == day.isoformat()
        )
        return
    with pytest.raises(Refused, match="Op die dag was de meting niet open"):
        double_entry.key_in(round, 1, ["M1"], {}, filled_in_on=day)
    assert PaperForm.objects.count() == 0


def test_another_day_or_language_is_a_difference_and_what_was_typed_before_had_no_day(round):
    round.opens_at = timezone.now() - timedelta(days=3)
    round.save()
    day = timezone.localdate()
    double_entry.key_in(round, 3, ["M1"], {}, filled_in_on=day - timedelta(days=1), language="en")
    form = double_entry.key_in(round, 3, ["M1"], {}, filled_in_on=day)
    assert [one.key for one in double_entry.differences(form)] == ["filled_in_on", "language"]
    double_entry.settle(form, {"filled_in_on": "1", "language": "2"})
    stored = Response.objects.get()
    assert (stored.answered_on, stored.language) == (day - timedelta(days=1), "nl")
    PaperForm.objects.create(round=round, number=4, first={"codes": ["M1"], "words": {}, "language": "nl"})
    assert double_entry.key_in(round, 4, ["M1"], {}).is_done
