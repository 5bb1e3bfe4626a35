import pytest

from survey import results
from survey.results import LevelResult, results_for
from survey.results.levels import level_from_shares
from tests import factories
from tests.survey import making
from tests.survey.counting import everybody, store

pytestmark = pytest.mark.django_db


def level(found, slug="relationeel"):
    return next(one for one in found.levels if one.level == slug)


def shown(level):
    return [(one.code, one.count, one.n, one.percentage, one.rank, one.band) for one in level.statements]


def test_the_base_is_who_answered_the_level():
    round = making.round(threshold=5)
    store(round, everybody(36, "R1") + everybody(2, "M1", levels=(1,)) + everybody(12, levels=(4,)))
    found = results_for(round)
    assert (found.responses, level(found).n, level(found, "maatschappelijk").n) == (50, 48, 38)
    assert shown(level(found))[0] == ("R1", 36, 48, 75, 1, 1)


def test_among_few_people_nearly_nobody_and_nearly_everybody_are_ranges():
    """Neither order, rank, band nor sentence tells more: nothing changes when the counts do within their range."""
    round = making.round()
    store(round, everybody(15, "R1", "R2") + everybody(7, "R1") + everybody(1) + everybody(1, "R3"))
    found = level(results_for(round))
    assert shown(found) == [
        ("R1", None, 24, None, None, None),
        ("R2", 15, 24, 63, 2, None),
        ("R3", None, 24, None, None, None),
    ]
    assert [one.reason for one in found.statements] == ["op-2-na", "", "hoogstens-2"]
    assert [results.counted(one) for one in (found.statements[0], found.statements[2])] == [
        "op 2 na of meer (22 of meer van 24)",
        "2 of minder van 24",
    ]
    assert found.bands_reason == "niet-alle-aantallen"
    assert results.sentence(found) == "Het meest herkend is R1: op 2 na of meer (22 of meer van 24)."
    round.responses.all().delete()
    store(round, everybody(15, "R1", "R2") + everybody(9, "R1"))
    assert level(results_for(round)) == found


def test_a_level_of_which_hardly_anything_was_ticked_says_so():
    round = making.round()
    store(round, everybody(24))
    assert (
        results.sentence(level(results_for(round))) == "Bij elke stelling kruisten hooguit 2 mensen haar aan."
    )
    assert {one.reason for one in level(results_for(round)).statements} == {"hoogstens-2"}


def test_a_level_that_few_answered_is_not_shown():
    round = making.round()
    store(round, everybody(12, "R1", levels=(4,)) + everybody(9, "M1", "R1", levels=(1, 4)))
    found = results_for(round)
    hidden = level(found, "maatschappelijk")
    assert (hidden.n, hidden.reason) == (None, "te-weinig")
    assert {(one.count, one.n) for one in hidden.statements} == {(None, None)}
    assert level(found).n == 21


def test_equal_shares_share_a_rank_and_stand_in_the_order_of_their_code():
    round = making.round()
    store(round, everybody(30, "R3", "R2") + everybody(30, "R3", "R2", "R1") + everybody(40))
    assert [(one[0], one[4]) for one in shown(level(results_for(round)))] == [("R2", 1), ("R3", 1), ("R1", 3)]


def test_a_band_goes_down_to_the_last_that_cannot_be_told_apart_from_its_top():
    round = making.round()
    store(round, everybody(30, "R1", "R2") + everybody(4, "R1") + everybody(2, "R2") + everybody(6, "R3"))
    assert [(one[0], one[1], one[5]) for one in shown(level(results_for(round)))] == [
        ("R1", 34, 1),
        ("R2", 32, 1),
        ("R3", 6, 2),
    ]


def test_the_sentence_says_what_the_bars_say():
    round = making.round()
    store(round, everybody(30, "R1", "R2") + everybody(4, "R1") + everybody(2, "R2") + everybody(6, "R3"))
    assert results.sentence(level(results_for(round))) == (
        "Het meest herkend is R1: 34 van 42 (81 %, marge 67–90 %). "
        "Van R1 zijn R2 in deze meting niet te onderscheiden."
    )


def test_of_shares_alone_a_count_is_found_back_only_where_one_fits():
    made = making.questionnaire(["R1", "R2", "R3"])
    items = list(made.items.select_related("level"))
    found = level_from_shares(factories.level(), items, 300, {"R1": 50, "R2": 0})
    assert [(one.code, one.count, one.reason) for one in found.statements] == [
        ("R1", None, "niet-bekend"),
        ("R2", None, "niet-bekend"),
        ("R3", None, "niet-bekend"),
    ]
    found = level_from_shares(factories.level(), items, 77, {"R1": 31, "R2": 69})
    assert [(one.code, one.count, one.is_derived, one.rank) for one in found.statements] == [
        ("R2", 53, True, 1),
        ("R1", 24, True, 2),
        ("R3", None, False, None),
    ]
    with pytest.raises(ValueError, match="R1: 69 % cannot occur at 76"):
        level_from_shares(factories.level(), items, 76, {"R1": 69})


def test_what_is_not_known_is_said_and_is_never_zero():
    unknown = LevelResult("relationeel", "R", "Relationeel", "Wat?", 77, ())
    assert results.sentence(unknown) == (
        "Van dit niveau is alleen bekend hoeveel mensen meededen. De aandelen zijn niet bekend."
    )
    assert results.number(None) == "niet bekend"
    assert results.number(1000000) == "1.000.000"
