import pytest

from survey import keying
from survey.models import PaperForm, Response
from tests.survey import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return making.round()


def test_a_form_is_stored_once_both_times_agree_and_what_was_typed_goes(round):
    first = keying.key_in(round, 12, ["M1", "R2"], {"voorbeeld": "HavenHart  in Urk "})
    assert (Response.objects.count(), first.is_done) == (0, False)
    second = keying.key_in(round, 12, ["M1", "R2"], {"voorbeeld": " HavenHart in Urk", "knelpunt": " "})
    kept = PaperForm.objects.get()
    assert (second.is_done, kept.is_done, kept.first, kept.second) == (True, True, None, None)
    stored = Response.objects.get()
    assert (stored.channel, [answer.text for answer in stored.open_answers.all()]) == (
        "papier",
        ["HavenHart in Urk"],
    )


def test_a_number_that_is_done_takes_nothing_more(round):
    for _time in range(2):
        keying.key_in(round, 1, ["R1"], {})
    with pytest.raises(keying.Refused, match="al klaar"):
        keying.key_in(round, 1, ["R1"], {})
    assert Response.objects.count() == 1


def test_two_ways_of_typing_are_compared_field_by_field(round):
    keying.key_in(round, 3, ["M1"], {"knelpunt": "De bus", "voorbeeld": "HavenHart"})
    form = keying.key_in(round, 3, ["M2"], {"knelpunt": "De bus", "voorbeeld": "Havenhart"})
    found = keying.differences(form)
    assert [(one.key, one.first, one.second) for one in found] == [
        ("codes", "M1", "M2"),
        ("voorbeeld", "HavenHart", "Havenhart"),
    ]
    with pytest.raises(keying.Refused, match="al twee keer"):
        keying.key_in(round, 3, ["M1"], {})
    assert Response.objects.count() == 0


def test_a_choice_for_each_difference_is_what_is_stored(round):
    keying.key_in(round, 3, ["M1"], {"knelpunt": "De bus", "voorbeeld": "HavenHart"})
    form = keying.key_in(round, 3, ["M2"], {"voorbeeld": "Havenhart"})
    with pytest.raises(keying.Refused, match="bij elk verschil"):
        keying.settle(form, {"codes": "1", "voorbeeld": "2"})
    keying.settle(form, {"codes": "2", "voorbeeld": "1", "knelpunt": "2"})
    stored = Response.objects.get()
    bits = {item.code: item.bit for item in round.questionnaire.items.all()}
    assert stored.ticks == 1 << bits["M2"]
    assert [answer.text for answer in stored.open_answers.all()] == ["HavenHart"]
    assert PaperForm.objects.get().first is None
    with pytest.raises(keying.Refused, match="al klaar"):
        keying.settle(form, {})


def test_a_form_can_be_typed_in_anew_until_it_is_stored(round):
    form = keying.key_in(round, 3, ["M1"], {})
    keying.start_over(form)
    keying.key_in(round, 3, ["M2"], {})
    done = keying.key_in(round, 3, ["M2"], {})
    with pytest.raises(keying.Refused, match="al klaar"):
        keying.start_over(done)
    assert PaperForm.objects.get().is_done


def test_the_lists_say_what_stands_where(round):
    for number, codes in [(1, ["M1"]), (1, ["M1"]), (2, ["M1"]), (2, ["M2"]), (7, ["M1"])]:
        keying.key_in(round, number, codes, {})
    lists = keying.lists(round)
    assert [form.number for form in lists["once"]] == [7]
    assert [form.number for form in lists["differing"]] == [2]
    assert (lists["done"], lists["next"]) == (1, 8)


@pytest.mark.parametrize("state", ["draft", "published"])
def test_a_round_that_takes_no_paper_says_so_at_once(state):
    round = making.round(is_open=state != "draft")
    if state == "published":
        making.publish(making.close(round))
    with pytest.raises(keying.Refused, match="neemt geen papier aan"):
        keying.key_in(round, 1, ["M1"], {})
    assert PaperForm.objects.count() == 0
