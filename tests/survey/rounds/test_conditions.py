"""The life of a round, walked from every state: no step can be taken after which another, still needed, is refused for ever."""

from dataclasses import fields, replace
from itertools import product

import pytest

from registry.foundation.errors import Refused
from survey.admin.life import address
from survey.coding import double_coding
from survey.fieldwork import double_entry
from survey.models import PaperForm
from survey.open_answers import screening, themes
from survey.rounds import checklist, conditions, life, publications
from survey.rounds.conditions import STEPS, Facts
from tests.survey import coded, making
from tests.survey.counting import anybody, everybody, store

pytestmark = pytest.mark.once

EMPTY = {bool: False, int: 0, str: ""}
DONE = Facts(**{field.name: EMPTY.get(field.type, ()) for field in fields(Facts)})
DONE = replace(DONE, is_closed=True, has_statements=True, responses=40, has_opened=True)


def told(step, now):
    return [point.explanation for point in STEPS[step](now) if point.is_needed and not point.is_met]


def test_a_round_that_is_done_can_be_published_frozen_and_after_that_promoted():
    assert {step: told(step, DONE) for step in ("publish", "freeze")} == {"publish": [], "freeze": []}
    assert told("promote", replace(DONE, is_frozen=True)) == []


@pytest.mark.parametrize("form", [{"once": (77,)}, {"differing": (5,)}])
def test_what_stops_the_freeze_of_the_coding_stops_publishing_too(form):
    now = replace(DONE, **form)
    assert told("publish", now) == told("freeze", now) != []
    assert "77" in told("publish", now)[0] or "5" in told("publish", now)[0]


def test_every_condition_that_is_not_met_has_a_way_out_or_is_about_the_step_itself():
    """Over all facts, each made worse in its turn, and all of them two by two."""
    worse = {
        "is_closed": False,
        "is_open": True,
        "has_statements": False,
        "untranslated": 3,
        "responses": 0,
        "is_published": True,
        "shows_themes": True,
        "once": (1,),
        "differing": (2,),
        "to_screen": 2,
        "uncounted": 1,
        "units": 4,
        "drawn": 2,
        "to_compare": 1,
        "differences": 1,
        "rest": 1,
        "is_frozen": True,
        "promoted": 1,
        "was_withdrawn": True,
        "barred": "Te weinig veranderd.",
    }
    without = set()
    for one, other in product(worse, worse):
        now = replace(DONE, **{one: worse[one], other: worse[other]})
        for step, asks in STEPS.items():
            without |= {
                (step, point.explanation) for point in asks(now) if not point.is_met and not point.ways
            }
    # Nothing to go back to: there is nothing that is in the way.
    assert {step for step, _told in without} <= {"thaw", "unplan"}
    assert len(without) <= 2


@pytest.mark.django_db
def test_each_way_out_is_a_page_that_answers(admin_client):
    round = coded.frozen(*coded.SAID)
    publications.freeze(round)
    pages = set()
    for step in STEPS:
        for now in (DONE, replace(DONE, is_closed=False, once=(1,), to_screen=1, is_frozen=True, promoted=1)):
            pages |= {page for point in STEPS[step](now) for _words, page, _args in point.ways}
    for page in sorted(pages):
        assert (page, admin_client.get(address(round, page)).status_code) in {(page, 200), (page, 302)}


@pytest.fixture
def round(db):
    made = making.round()
    store(made, anybody(["M1", "M2", "B1", "R1", "R2", "R3"], 40, 1))
    return made


def test_a_form_typed_once_is_told_before_publishing_and_can_go_either_way(round):
    double_entry.key_in(round, 77, ["M1"], {"knelpunt": "De bus"})
    making.close(round)
    with pytest.raises(Refused, match="nummer 77"):
        publications.freeze(round)
    with pytest.raises(Refused, match="nummer 77"):
        double_coding.freeze(round)
    double_entry.start_over(PaperForm.objects.get())
    publications.freeze(round)
    double_coding.plan_of(round)
    double_coding.freeze(round)
    assert checklist.lacking(round, "promote") == []


def test_a_form_of_before_can_be_thrown_away_after_publishing(round):
    """As it could happen before the checklist: it must not be in the way for ever."""
    making.close(round)
    publications.freeze(round)
    form = PaperForm.objects.create(round=round, number=77, first={"codes": ["M1"], "words": {}})
    with pytest.raises(Refused):
        double_coding.freeze(round)
    double_entry.start_over(form)
    double_coding.plan_of(round)
    double_coding.freeze(round)


@pytest.mark.django_db
def test_what_comes_after_the_coding_was_fixed_can_be_read_and_coded_in_the_end():
    round = coded.frozen(*coded.SAID)
    for _time in range(2):
        double_entry.key_in(round, 9, ["M1"], {"knelpunt": "Te laat"})
    answer = screening.waiting(round).get()
    screening.decide(answer, "openbaar", words="Te laat\nen nog iets")
    assert (answer.units.count(), checklist.facts(round).uncounted) == (0, 1)
    double_coding.thaw(round)
    assert [unit.text for unit in answer.units.order_by("position")] == ["Te laat", "en nog iets"]
    with pytest.raises(Refused, match="eerste codeur deed"):
        double_coding.freeze(round)
    for unit in answer.units.all():
        double_coding.give(unit, "bus", coder=1)
        double_coding.give(unit, "R1", coder=2)
    double_coding.compare(round)
    for unit in answer.units.all():
        double_coding.give(unit, "bus", coder=3)
    double_coding.freeze(round)
    assert themes.themes_of(round)[0].respondents == 5


def test_planning_refuses_what_is_not_there_in_a_language(db):
    questionnaire = making.questionnaire(["R1", "R2"], languages=["nl", "en"])
    round = making.round(questionnaire=questionnaire, is_open=False)
    with pytest.raises(Refused, match="niet in alle talen"):
        life.open_now(round)
    round.languages = ["nl"]
    life.keep(round)
    life.open_now(round)
    assert round.is_open


def test_the_told_numbers_are_dutch_for_one_and_for_more():
    assert conditions.told_untranslated(1).startswith("Eén tekst")
    assert conditions.told_untranslated(15).startswith("15 teksten")


def steps_that_can_be_taken(round):
    """As the page with the steps says it."""
    return {
        step
        for step in STEPS
        if not any(one.is_needed and not one.is_met for one in checklist.points(round, step))
    }


@pytest.mark.parametrize("number", [0, 1, 9, 10])
@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_the_page_says_beforehand_what_disclosure_control_would_refuse(round, number, is_withdrawn):
    """A step that the page says can be taken is not refused for what the page could know."""
    edition = publications.freeze(making.close(round))
    if is_withdrawn:
        publications.withdraw(edition, "Fout")
    store(round, everybody(number, "M1", "R1"))
    may = "publish" in steps_that_can_be_taken(round)
    assert may == (number == 10 or (number == 0 and is_withdrawn))
    if may:
        publications.freeze(round)
    else:
        told = next(one.explanation for one in checklist.points(round, "publish") if not one.is_met)
        with pytest.raises(Refused, match=told[:40]):
            publications.freeze(round)


def test_opening_what_was_withdrawn_says_what_may_follow(round):
    edition = publications.freeze(making.close(round))
    publications.withdraw(edition, "Fout")
    told = " ".join(one.explanation for one in checklist.points(round, "open") if not one.is_met)
    assert "minder dan 10" in told
    assert "open" in steps_that_can_be_taken(round)
