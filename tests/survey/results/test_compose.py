from dataclasses import replace

import pytest

from survey.fieldwork import progress as steps
from survey.models import StepCount
from survey.results import Step, as_data, canonical, change_text, read, results_for, tally
from survey.results.audit import auditor
from survey.rounds import publications
from survey.statistics import percentage
from tests import factories
from tests.survey import making
from tests.survey.counting import anybody, everybody, store
from tests.survey.sending import address, sent

pytestmark = pytest.mark.django_db
CODES = ["M1", "M2", "B1", "R1", "R2", "R3"]


def test_results_are_written_down_and_read_back_the_same():
    for code in ("GM0034", "GM0995", "GM0184"):
        factories.municipality(code)
    earlier = making.round("eerder")
    store(earlier, anybody(CODES, 60, 1))
    publications.freeze(making.close(earlier))
    round = making.round("nu", questionnaire=earlier.questionnaire, previous=earlier)
    store(round, anybody(CODES, 300, 2))
    found = results_for(round)
    assert read(canonical(found)) == found
    assert canonical(results_for(round)) == canonical(found)
    assert (
        as_data(found)["levels"][0]["statements"][0]["percentage"] == found.levels[0].statements[0].percentage
    )


def test_pairs_are_of_different_levels_and_of_those_who_answered_both():
    round = making.round(questionnaire=making.questionnaire(["M1", "R1", "R2"]))
    people = everybody(38, "M1", "R1", "R2") + everybody(15, "M1") + everybody(8, "R1") + everybody(16)
    store(round, people + everybody(10, "M1", levels=(1,)))
    first, second = results_for(round).pairs
    assert (first.first, first.second, second.second) == ("M1", "R1", "R2")
    assert (first.n, first.both, first.only_first, first.only_second, first.neither) == (77, 38, 15, 8, 16)
    assert (first.phi, first.jaccard, first.lift) == (0.3623, 0.623, 1.2002)
    assert (first.p, first.is_demonstrable, second.reason) == (0.002373, True, "kleine-cel")


def test_a_pair_with_a_small_cell_is_not_told():
    round = making.round(questionnaire=making.questionnaire(["M1", "R1"]))
    store(round, everybody(4, "M1", "R1") + everybody(20, "M1") + everybody(20, "R1") + everybody(20))
    (pair,) = results_for(round).pairs
    assert (pair.reason, pair.n, pair.both, pair.phi) == ("kleine-cel", None, None, None)


PEOPLE = everybody(38, "M1", "R1") + everybody(15, "M1") + everybody(8, "R1") + everybody(16)


@pytest.mark.parametrize(("few", "is_told"), [(0, True), (1, False), (9, False), (10, True)])
def test_nothing_is_told_of_pairs_when_few_skipped_a_level(few, is_told):
    round = making.round(questionnaire=making.questionnaire(["M1", "R1"]))
    store(round, PEOPLE + everybody(few, "M1", levels=(1,)))
    found = results_for(round)
    assert ([pair.n for pair in found.pairs], found.pairs_n, found.pairs_reason) == (
        ([77], 77, "") if is_told else ([], None, "scheelt-weinig")
    )


def test_all_pairs_stand_on_who_answered_all_levels():
    """57 of 77 went on after the first level, and one of them stopped after the second: nothing tells of that one."""
    round = making.round(questionnaire=making.questionnaire(["M1", "B1", "P1", "R1"]))
    everything, two = (1, 2, 3, 4), (1, 2)
    store(
        round,
        everybody(10, "M1", "B1", "P1", "R1", levels=everything)
        + everybody(12, "M1", "B1", levels=everything)
        + everybody(15, "P1", "R1", levels=everything)
        + everybody(20, levels=everything)
        + everybody(1, "M1", "B1", levels=two)
        + everybody(19, "M1", levels=(1,)),
    )
    found = results_for(round)
    assert [level.n for level in found.levels] == [77, 58, 57, 57]
    assert {(pair.first, pair.second): (pair.n, pair.reason) for pair in found.pairs} == {
        ("M1", "B1"): (None, "scheelt-weinig"),
        ("M1", "P1"): (57, ""),
        ("M1", "R1"): (57, ""),
        ("B1", "P1"): (None, "scheelt-weinig"),
        ("B1", "R1"): (None, "scheelt-weinig"),
        ("P1", "R1"): (None, "kleine-cel"),
    }
    assert {
        value for pair in found.pairs if pair.reason for value in (pair.both, pair.phi, pair.p, pair.lift)
    } == {None}


def published(slug, count, n, questionnaire):
    round = making.round(slug, questionnaire=questionnaire)
    store(round, everybody(count, "R1", levels=(4,)) + everybody(n - count, levels=(4,)))
    publications.freeze(making.close(round))
    return round


def test_a_round_is_compared_with_what_was_published_before():
    questionnaire = making.questionnaire(["R1", "R2"])
    earlier = published("eerder", 52, 95, questionnaire)
    round = making.round("nu", questionnaire=questionnaire, previous=earlier)
    store(round, everybody(53, "R1", levels=(4,)) + everybody(24, levels=(4,)))
    comparison = results_for(round).comparison
    first, second = comparison.changes
    assert (comparison.slug, comparison.edition) == ("eerder", 1)
    assert (first.code, first.points, first.interval) == ("R1", 14, (-1, 28))
    # Two comparisons: p .059446 times two.
    assert (first.p, first.is_demonstrable, change_text(first)) == (0.118892, False, "niet aantoonbaar")
    assert (second.points, change_text(second)) == (0, "niet aantoonbaar")


def test_a_change_that_chance_does_not_explain_has_a_direction():
    questionnaire = making.questionnaire(["R1"])
    earlier = published("eerder", 10, 100, questionnaire)
    round = making.round("nu", questionnaire=questionnaire, previous=earlier)
    store(round, everybody(60, "R1", levels=(4,)) + everybody(40, levels=(4,)))
    (change,) = results_for(round).comparison.changes
    assert (change.points, change_text(change)) == (50, "hoger")


def test_what_was_not_asked_or_not_published_is_not_compared():
    earlier = published("eerder", 10, 100, making.questionnaire(["R1"]))
    newer = making.questionnaire(["R1", "R2"], slug="nieuw")
    round = making.round("nu", questionnaire=newer, previous=earlier)
    store(round, everybody(50, "R1", levels=(4,)))
    changes = {one.code: one.reason for one in results_for(round).comparison.changes}
    assert changes == {"R1": "", "R2": "nieuw"}
    other = making.round("anders", questionnaire=newer, previous=making.round("open", questionnaire=newer))
    assert results_for(other).comparison.reason == "niet-vastgesteld"


def test_drop_off_is_of_the_pages_of_which_the_beginning_was_counted():
    """20 began on a counted page and 10 of them sent; of the others 30 came without a network and 10 on paper."""
    round = making.round()
    store(round, everybody(50, "R1"))
    assert (results_for(round).started, results_for(round).drop_off) == (None, None)
    StepCount.objects.create(round=round, step=0, number=20)
    StepCount.objects.create(round=round, step=1, number=15)
    # Before that was counted, it is not known: what was sent may come from anywhere.
    assert (results_for(round).started, results_for(round).drop_off) == (20, None)
    StepCount.objects.create(round=round, step=steps.sent(round.questionnaire), number=10)
    found = results_for(round)
    assert (found.started, found.responses, found.drop_off) == (20, 50, 50)
    assert [(step.name, step.number) for step in found.steps] == [("Welkom", 20), ("Maatschappelijk", 15)]


@pytest.mark.parametrize("begun", [True, False])
def test_what_is_sent_counts_when_its_beginning_did(client, begun):
    round = making.round()
    given = sent(geteld="1" if begun else "")
    for _time in range(3):  # a retry is the same answer
        client.post(address(), given)
    found = round.step_counts.filter(step=steps.sent(round.questionnaire)).values_list("number", flat=True)
    assert list(found) == ([1] if begun else [])


def counted_screens(round, *numbers):
    round.step_counts.all().delete()
    StepCount.objects.bulk_create(
        StepCount(round=round, step=step, number=number) for step, number in enumerate(numbers) if number
    )
    return results_for(round)


@pytest.mark.once  # what was counted is composed without the database
@pytest.mark.parametrize("hidden", ["M", "B", "P", "R"])
@pytest.mark.parametrize("few", [0, 1, 9])
@pytest.mark.parametrize("after", [0, 1, 9, 30])
def test_no_screen_tells_how_few_answered_a_level_that_is_hidden(hidden, few, after):
    """From that level on no number stands there, whatever it is; and elsewhere none of a few."""
    codes = ["M1", "B1", "P1", "R1"]
    round, first = making.round(questionnaire=making.questionnaire(codes)), "MBPR".index(hidden)
    levels = tuple(position for position in (1, 2, 3, 4) if position != first + 1)
    store(round, everybody(30, levels=levels) + everybody(few, levels=(first + 1,)))
    told = [50, *[45] * first]
    found = counted_screens(round, *told, *[after] * (7 - len(told)))
    steps = [step.number for step in found.steps]
    assert (steps, len(steps) > len(told)) == ([*told, *[None] * (len(steps) - len(told))], True)
    assert {step.reason for step in found.steps if step.number is None} == {"te-weinig"}
    assert auditor.audit([found]) == ()
    # What is worked out from the screens follows.
    few_began = counted_screens(round, *[9] * 7)
    assert {step.number for step in few_began.steps} == {None}
    assert (few_began.started, few_began.drop_off) == (None, None)


def test_screens_that_give_a_hidden_level_away_are_found():
    round = making.round(questionnaire=making.questionnaire(["M1", "P1"]))
    store(round, everybody(13, levels=(1,)))
    found = counted_screens(round, 13, 13, 13)
    assert auditor.audit([found]) == ()
    told = tuple(Step(step.name, 1 if step.number is None else step.number) for step in found.steps)
    assert [(one.inside, one.size) for one in auditor.audit([replace(found, steps=told)])] == [
        ("Professioneel", (0, 1))
    ]


@pytest.mark.once  # what was counted is composed without the database
@pytest.mark.parametrize("others", range(41))
def test_the_drop_off_tells_of_no_few_who_came_otherwise_nor_by_screen(others):
    round, numbers = making.round(), [50, 45]
    store(round, everybody(40, "R1"))
    last = steps.sent(round.questionnaire)
    found = counted_screens(round, *numbers, *[0] * (last - 2), 40 - others)
    is_told = others == 0 or 10 <= others <= 30
    is_counted = others < 40
    assert (found.drop_off is not None, found.drop_off_reason) == (
        is_told,
        "" if is_told or not is_counted else "weinig-op-papier",
    )
    assert auditor.audit([found]) == ()
    # As it was before, it is found where it left fewer than three numbers of a few.
    was = replace(found, drop_off=percentage(1 - (40 - others) / 50), drop_off_reason="")
    assert bool(auditor.audit([was])) == (0 < others < 10)


def test_live_results_are_those_of_a_recount():
    round = making.round()
    store(round, anybody(CODES, 80, 3))
    tally.catch_up(round)
    store(round, anybody(CODES, 20, 4))
    assert results_for(round, tally=tally.live(round)) == results_for(round)
