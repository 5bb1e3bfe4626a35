"""Blind stays blind: by the data, and not by a plan that staff can edit."""

import re

import pytest
from django.contrib.admin import site
from django.db import IntegrityError, transaction
from django.urls import NoReverseMatch, reverse

from registry.foundation.errors import Refused
from registry.models import Role
from survey.coding import double_coding
from survey.fieldwork import double_entry
from survey.models import Coding, OpenAnswer, Round, Seat
from survey.open_answers import screening, themes
from tests import factories
from tests.seeds import seeds
from tests.survey import coded, making

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FIRST = dict(zip(coded.SAID, ["bus", "R1", "bus", "geen"], strict=True))
SECOND = {"Niemand luistert": "R2", "HavenHart is mooi": "nieuw"}


@pytest.fixture
def round():
    made = making.round()
    coded.answers(made, *coded.SAID)
    coded.read(made)
    coded.planned(made)
    double_coding.add_code(made, "bus", "Slecht vervoer")
    return made


@pytest.fixture
def people(round):
    return round.coding_plan.first_coder, round.coding_plan.second_coder


def code_all(round, people):
    for unit in double_coding.units_of(round):
        double_coding.give(unit, FIRST[unit.text], coder=1, by=people[0])
        double_coding.give(unit, {**FIRST, **SECOND}[unit.text], coder=2, by=people[1])


def figures(round):
    return {one.code.key: (one.n, one.share, one.kappa) for one in double_coding.agreement_of(round)}


def test_coders_do_not_swap_and_somebody_new_sees_no_code_of_before(client, round, people):
    code_all(round, people)
    plan = round.coding_plan
    with pytest.raises(Refused, match="ruilen niet"):
        double_coding.assign(plan, people[1], people[0], plan.share)
    new = factories.person(role=Role.EDITOR)
    double_coding.assign(plan, people[0], new, plan.share)
    unit = double_coding.units_of(round).get(text="Niemand luistert")
    client.force_login(new)
    page = client.get(reverse("admin:survey_round_code", args=[round.pk]), {"eenheid": unit.pk})
    assert (page.context["typed"], 'value="R2"' in page.text.split("<datalist")[0]) == ("", False)
    with pytest.raises(Refused, match="van wie dit eerder codeerde"):
        double_coding.give(unit, "R3", coder=2, by=new)


def test_who_saw_what_both_said_does_not_change_how_much_is_coded_twice(round, people):
    code_all(round, people)
    double_coding.assign(round.coding_plan, *people, 90)
    double_coding.compare(round)
    with pytest.raises(Refused, match="verandert dan niet meer"):
        double_coding.assign(round.coding_plan, *people, 10)


def test_nobody_takes_both_places_whatever_the_plan_says(round, people):
    unit, other = double_coding.units_of(round)[:2]
    double_coding.give(unit, "R1", coder=2, by=people[1])
    type(round.coding_plan).objects.update(first_coder=people[1], second_coder=people[0])
    with pytest.raises(Refused, match="op de andere plaats"):
        double_coding.give(other, "R1", coder=1, by=people[1])
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(round=round, coder=1, person=people[1])


def test_a_late_paper_reopens_nothing_that_was_compared(round, people):
    code_all(round, people)
    double_coding.compare(round)
    differing = double_coding.units_of(round).get(text="Niemand luistert")
    double_coding.give(differing, "R1", coder=3, by=people[0])
    before = figures(round)
    assert (before["R1"], before["geen"]) == ((4, 0.75, 0.0), (4, 0.75, 0.0))
    making.close(round)
    for _time in range(2):
        double_entry.key_in(round, 9, ["M1"], {"knelpunt": "Te laat"})
    coded.read(round)
    late = double_coding.units_of(round).get(text="Te laat")
    assert not double_coding.progress(round).is_through
    for unit in double_coding.units_of(round).exclude(pk=late.pk):
        for coder, person in enumerate(people, 1):
            with pytest.raises(Refused, match="Bespreek samen"):
                double_coding.give(unit, "R3", coder=coder, by=person)
    assert Coding.objects.filter(coder=3).count() == 1
    double_coding.give(late, "R1", coder=1, by=people[0])
    double_coding.give(late, "R1", coder=2, by=people[1])
    # What is coded blind counts once it was compared in its turn.
    assert figures(round) == before
    double_coding.compare(round)
    assert {code: n for code, (n, _share, _kappa) in figures(round).items()} == dict.fromkeys(before, 5)


def test_the_second_coder_keeps_what_was_drawn_when_more_comes_in(round, people):
    round.coding_plan.share = 25
    round.coding_plan.save()
    for number in range(12):
        for unit in double_coding.uncoded(round, 2):
            double_coding.give(unit, "R1", coder=2, by=people[1])
        done = set(Coding.objects.filter(coder=2).values_list("unit", flat=True))
        coded.answers(round, f"Nog iets {number}")
        coded.read(round)
        assert done <= set(double_coding.drawn(round))
        assert len(double_coding.drawn(round)) == max(
            len(done), -(-double_coding.units_of(round).count() // 4)
        )


def test_cutting_an_answer_up_anew_takes_no_compared_code_away(round, people):
    code_all(round, people)
    double_coding.compare(round)
    before = figures(round)
    answer = OpenAnswer.objects.get(text="Niemand luistert")
    for words in ("Niemand\nluistert", "Iedereen luistert"):
        with pytest.raises(Refused, match=r"al vergeleken|al geteld"):
            screening.decide(answer, "openbaar", words=words, sure=True)
    screening.decide(answer, "gewist")
    assert figures(round) == before


def test_codes_that_differ_in_case_are_one(round):
    for key in ("BUS", "Bus"):
        with pytest.raises(Refused, match="al een code"):
            double_coding.add_code(round, key, "Weer vervoer")
    for key in ("m1", "M1", "r9", "Z12"):
        with pytest.raises(Refused, match="knelpunt uit het register"):
            double_coding.add_code(round, key, "Geld")
    with pytest.raises(IntegrityError), transaction.atomic():
        round.codes.create(key="BUS", label="x")
    keys = [key.lower() for key in round.codes.values_list("key", flat=True)]
    assert len(set(keys)) == len(keys)


def test_a_merged_code_counts_for_the_other_and_agreement_stays_as_it_was_said(round, people):
    double_coding.add_code(round, "tram", "Slechte tram")
    code_all(round, people)
    unit = double_coding.units_of(round).get(text="De bus is te duur")
    double_coding.give(unit, "tram", coder=1, by=people[0])
    double_coding.compare(round)
    assert unit.pk in double_coding.differences(round)
    before, tram = figures(round), round.codes.get(key="tram")
    with pytest.raises(Refused, match="Kies een andere code"):
        double_coding.merge(tram, "TRAM")
    double_coding.merge(tram, "bus")
    assert unit.pk not in double_coding.differences(round)
    assert (figures(round), themes.respondents(round)[round.codes.get(key="bus").pk]) == (before, 2)
    with pytest.raises(Refused, match="‘tram’ staat niet"):
        double_coding.give(unit, "tram", coder=3)
    double_coding.hide(tram, False)
    assert unit.pk in double_coding.differences(round)


def test_one_sees_only_what_one_coded_oneself_until_it_is_fixed(client, round, people):
    code_all(round, people)
    address = reverse("admin:survey_round_coded", args=[round.pk])
    for person, key in zip(people, ("R1", "R2"), strict=True):
        client.force_login(person)
        page = client.get(address, {"code": key})
        assert [one.unit.text for one in page.context["page"]] == ["Niemand luistert"]
        assert f"?eenheid={page.context['page'][0].unit_id}" in page.text
        other = {"R1": "R2", "R2": "R1"}[key]
        assert list(client.get(address, {"code": other}).context["page"]) == []
    client.force_login(factories.person(role=Role.RESEARCHER))
    assert list(client.get(address).context["page"]) == []


def test_a_rest_is_no_theme():
    round = coded.frozen("De bus", "Iets", codes={"De bus": "bus", "Iets": "nieuw"})
    assert [theme.code for theme in themes.themes_of(round)] == ["bus"]


def pages_of(client, round):
    """{name of each page of a round: what stands on it}, but for what is new at each look."""
    found = {}
    names = {pattern.name for pattern in site.get_model_admin(Round).get_urls() if pattern.name}
    code = round.codes.get(key="bus")
    for name in sorted(names):
        for args in ([round.pk], [round.pk, code.pk]):
            try:
                address = reverse(f"admin:{name}", args=args)
            except NoReverseMatch:
                continue
            text = b"".join(client.get(address, {"code": "bus"})).decode(errors="replace")
            found[name] = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    return found


def test_no_page_of_a_round_shows_a_coder_what_the_other_said(client, round, people):
    """Whatever the first coder says, each page is the same for the second one."""
    making.close(round)
    seen = []
    people[1].is_superuser = True
    people[1].save()
    client.force_login(people[1])
    for codes in (["bus", "R1", "bus", "geen"], ["R1", "bus", "geen", "bus"]):
        for text, key in zip(coded.SAID, codes, strict=True):
            double_coding.give(double_coding.units_of(round).get(text=text), key, coder=1, by=people[0])
        seen.append(pages_of(client, round))
    assert {"survey_round_promote", "survey_round_coded", "survey_round_coding"} <= set(seen[0])
    assert [name for name in seen[0] if seen[0][name] != seen[1][name]] == []


def fix(round):
    round.refresh_from_db()
    making.close(round)
    double_coding.freeze(round)


def test_what_all_could_read_is_drawn_for_no_second_coder(client, round, people):
    double_coding.assign(round.coding_plan, *people, 0)
    for unit in double_coding.units_of(round):
        double_coding.give(unit, FIRST[unit.text], coder=1, by=people[0])
    fix(round)
    double_coding.thaw(round)
    double_coding.assign(round.coding_plan, *people, 100)
    round.refresh_from_db()
    assert (double_coding.drawn(round), double_coding.progress(round).shown_to_all) == ([], 4)
    client.force_login(people[0])
    assert "4 stukken tekst" in client.get(reverse("admin:survey_round_coding", args=[round.pk])).text
    with pytest.raises(Refused, match="al te lezen"):
        double_coding.give(double_coding.units_of(round)[0], "R1", coder=2, by=people[1])
    # Nor when it is cut up anew, or wiped and restored: the same words were read.
    answers = {answer.text: answer for answer in OpenAnswer.objects.all()}
    screening.decide(answers["Niemand luistert"], "openbaar", words="Niemand\nluistert", sure=True)
    screening.decide(answers["De bus is te duur"], "gewist")
    screening.restore(answers["De bus is te duur"])
    screening.decide(answers["De bus is te duur"], "openbaar", words="De bus\nis te duur", sure=True)
    assert double_coding.drawn(round) == []


@seeds(range(0, 60, 5), everywhere=3)
def test_a_second_draw_holds_what_is_new_alone(round, people, seed):
    plan = round.coding_plan
    plan.share, plan.seed = 25, seed
    plan.save()
    coded.answers(round, *(f"Nog iets {number}" for number in range(20)))
    coded.read(round)
    for coder, person in enumerate(people, 1):
        for unit in double_coding.uncoded(round, coder):
            double_coding.give(unit, "R1", coder=coder, by=person)
    double_coding.compare(round)
    fix(round)
    for number in range(8):
        for _time in range(2):
            double_entry.key_in(round, number + 1, ["M1"], {"knelpunt": f"Te laat {number}"})
    coded.read(round)
    double_coding.thaw(round)
    assert len(double_coding.drawn(round)) == 8
    fresh = double_coding.units_of(round).filter(pk__in=double_coding.uncoded(round, 2))
    assert [unit.text[:7] for unit in fresh] == ["Te laat"] * 2
