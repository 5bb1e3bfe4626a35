import pytest

from registry.foundation.errors import Refused
from survey.coding import double_coding
from survey.models import Code, Coding, CodingPlan, PaperForm
from survey.open_answers import themes
from survey.open_answers.progress import Progress
from survey.open_answers.themes import Theme
from tests import factories
from tests.survey import coded, making

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FIRST = {
    "De bus rijdt niet meer": "bus",
    "De bus is te duur": "bus",
    "Niemand luistert": "R1",
    "HavenHart is mooi": "geen",
}


@pytest.fixture
def round():
    made = making.round()
    coded.answers(made, *coded.SAID)
    coded.read(made)
    coded.planned(made)
    double_coding.add_code(made, "bus", "Slecht vervoer")
    return made


def test_the_codebook_is_the_register_and_what_it_lacks(round):
    factories.bottleneck("R9")
    double_coding.plan_of(round)
    double_coding.plan_of(round)
    assert set(round.codes.values_list("key", flat=True)) == set(
        "M1 M2 B1 R1 R2 R3 R9 nieuw geen onlees bus".split()
    )


def test_a_code_is_there_once(round):
    with pytest.raises(Refused, match="al een code ‘bus’"):
        double_coding.add_code(round, "bus", "Nog eens")


def test_a_hidden_code_is_not_chosen_and_not_gone(round):
    unit = double_coding.units_of(round).first()
    code = double_coding.give(unit, "BUS", coder=1)
    double_coding.hide(code)
    with pytest.raises(Refused, match="‘bus’ staat niet in het codeboek"):
        double_coding.give(unit, "bus", coder=1)
    assert unit.codings.get().code == code
    double_coding.hide(code, False)
    assert double_coding.give(unit, " bus ", coder=1) == code


def test_the_second_coder_gets_a_share_that_its_seed_draws(round):
    coded.answers(round, *(f"Nog iets {number}" for number in range(36)))
    coded.read(round)
    plan = CodingPlan.objects.get()
    plan.share = 20
    plan.save()
    round.refresh_from_db()
    drawn = double_coding.drawn(round)
    assert (len(drawn), double_coding.drawn(round)) == (8, drawn)
    plan.seed += 1
    plan.save()
    round.refresh_from_db()
    assert set(double_coding.drawn(round)) != set(drawn)
    assert double_coding.to_code(round, 1).count() == 40
    assert double_coding.to_code(round, 2).count() == 8


def test_a_small_share_is_at_least_one_unit_and_none_is_none(round):
    for share, number in [(1, 1), (0, 0)]:
        CodingPlan.objects.update(share=share)
        round.refresh_from_db()
        assert len(double_coding.drawn(round)) == number


def test_coding_again_replaces_until_it_is_compared(round):
    unit = double_coding.units_of(round).first()
    for coder, key in [(1, "R1"), (2, "R2"), (1, "R3")]:
        double_coding.give(unit, key, coder=coder)
    assert list(unit.codings.order_by("coder").values_list("coder", "code__key")) == [(1, "R3"), (2, "R2")]
    with pytest.raises(Refused, match="Nog niet"):
        double_coding.give(unit, "R1", coder=3)


def test_agreement_and_kappa_stand_together_for_each_code(round):
    coded.code_all(round, first=FIRST, second={"Niemand luistert": "R2"})
    assert double_coding.agreement_of(round) == []
    double_coding.compare(round)
    found = {one.code.key: (one.n, one.share, one.kappa) for one in double_coding.agreement_of(round)}
    assert found == {
        "bus": (4, 1.0, 1.0),
        "geen": (4, 1.0, 1.0),
        "R1": (4, 0.75, 0.0),
        "R2": (4, 0.75, 0.0),
    }
    overall = double_coding.agreement_overall_of(round)
    assert (overall.n, overall.share, overall.kappa) == (4, 0.75, pytest.approx(7 / 11))


def test_differences_are_talked_over_until_none_is_left(round):
    coded.code_all(round, first=FIRST, second={"Niemand luistert": "R2", "HavenHart is mooi": "nieuw"})
    assert double_coding.differences(round) == []
    double_coding.compare(round)
    units = {unit.text: unit for unit in double_coding.units_of(round)}
    assert set(double_coding.differences(round)) == {
        units["Niemand luistert"].pk,
        units["HavenHart is mooi"].pk,
    }
    double_coding.give(units["Niemand luistert"], "R2", coder=3)
    assert double_coding.differences(round) == [units["HavenHart is mooi"].pk]


def test_what_was_said_blind_is_not_taken_back_once_the_differences_show(round):
    coded.code_all(round, first=FIRST, second={"Niemand luistert": "R2"})
    double_coding.compare(round)
    unit = double_coding.units_of(round).get(text="Niemand luistert")
    for coder in (1, 2):
        with pytest.raises(Refused, match="Bespreek samen"):
            double_coding.give(unit, "R3", coder=coder)
    double_coding.give(unit, "R2", coder=3)
    assert list(unit.codings.order_by("coder").values_list("code__key", flat=True)) == ["R1", "R2", "R2"]


def test_progress_counts_each_step(round):
    coded.answers(round, "Nog niet gelezen")
    units = list(double_coding.units_of(round))
    double_coding.give(units[0], "R1", coder=1)
    double_coding.give(units[0], "R2", coder=2)
    assert double_coding.progress(round) == Progress(
        to_screen=1, units=4, first=1, drawn=4, second=1, to_compare=1, differences=0
    )
    assert not double_coding.progress(round).is_through


def test_it_is_fixed_only_when_all_is_done(round):
    coded.code_all(round, first=FIRST, second={"Niemand luistert": "R2"})
    with pytest.raises(Refused, match="nog niet gesloten"):
        double_coding.freeze(round)
    making.close(round)
    with pytest.raises(Refused, match="Nog niet alles is klaar: vergelijk"):
        double_coding.freeze(round)
    double_coding.compare(round)
    with pytest.raises(Refused, match="Nog niet alles is klaar: bespreek"):
        double_coding.freeze(round)
    assert themes.themes_of(round) == ()
    double_coding.give(double_coding.units_of(round).get(text="Niemand luistert"), "R2", coder=3)
    form = PaperForm.objects.create(round=round, number=1)
    with pytest.raises(Refused, match="papieren formulieren"):
        double_coding.freeze(round)
    form.delete()
    double_coding.freeze(round)
    round.refresh_from_db()
    assert themes.themes_of(round) == (
        Theme("Slecht vervoer", "bus", 2),
        Theme(round.codes.get(key="R2").label, "R2", 1),
    )


def test_nothing_changes_any_more_once_it_is_fixed():
    round = coded.frozen(*coded.SAID)
    before = list(Coding.objects.values_list("pk", "code"))
    unit = double_coding.units_of(round).first()
    acts = [
        lambda: double_coding.give(unit, "R1", coder=1),
        lambda: double_coding.give(unit, "R1", coder=3),
        lambda: double_coding.add_code(round, "tram", "Tram"),
        lambda: double_coding.hide(Code.objects.get(key="bus")),
    ]
    for act in acts:
        with pytest.raises(Refused, match="vastgesteld"):
            act()
    assert list(Coding.objects.values_list("pk", "code")) == before
    factories.bottleneck("R9")
    double_coding.plan_of(round)
    assert not Code.objects.filter(key="R9").exists()


def test_a_theme_counts_people_and_not_how_often_they_said_it():
    round = making.round()
    making.response(round, "R1", words={"knelpunt": "De bus", "flevoland": "Alweer de bus"})
    making.response(round, "R1", words={"knelpunt": "Bus!"})
    coded.read(round)
    coded.planned(round)
    double_coding.add_code(round, "bus", "Slecht vervoer")
    coded.code_all(round, first={"De bus": "bus", "Alweer de bus": "bus", "Bus!": "bus"})
    making.close(round)
    double_coding.compare(round)
    double_coding.freeze(round)
    assert themes.themes_of(round) == (Theme("Slecht vervoer", "bus", 2),)


def test_only_what_may_be_public_is_quoted():
    round = coded.frozen("De bus rijdt niet meer", "Ans Jansen is boos")
    code = Code.objects.get(key="bus")
    unit = double_coding.units_of(round).get(text="Ans Jansen is boos")
    unit.answer.screening = "besloten"
    unit.answer.save()
    assert [one.text for one in double_coding.quotable(code)] == ["De bus rijdt niet meer"]


def test_a_round_without_a_plan_has_no_themes():
    assert themes.themes_of(making.round()) == ()
