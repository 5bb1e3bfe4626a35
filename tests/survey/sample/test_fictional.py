import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from registry.foundation.errors import Refused
from registry.models import Initiative
from survey.models import Publication, Questionnaire, Response, Round
from survey.results import read, tally
from survey.sample import fictional
from tests import factories
from tests.survey import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def _register():
    for code in ("GM0034", "GM0995"):
        factories.municipality(code)
    for code in ("M1", "M2", "B1", "B2", "P1", "R1", "R2"):
        factories.bottleneck(code)


def rows():
    """All rows of the survey, also those of history."""
    return {
        model: list(model.objects.order_by("pk").values())
        for model in apps.get_app_config("survey").get_models()
    }


@pytest.mark.usefixtures("_register")
def test_one_command_makes_initiatives_and_a_round_that_is_marked():
    call_command("generate_sample", initiatives=5, responses=300, seed=3)
    round = Round.objects.get()
    assert (Initiative.objects.count(), round.responses.count(), round.is_sample) == (5, 300, True)
    found = read(Publication.objects.get().data)
    assert (found.is_sample, found.responses) == (True, 300)


@pytest.mark.usefixtures("_register")
def test_answers_hang_together_most_within_a_level():
    fictional.generate(responses=2000, seed=1)
    counted = tally.recount(Round.objects.get())
    items = list(Questionnaire.objects.get().items.select_related("level"))

    def lift(one, two):
        expected = counted.item(one.bit) * counted.item(two.bit) / counted.responses
        return counted.both(one.bit, two.bit) / expected

    within = [lift(items[0], items[1]), lift(items[2], items[3]), lift(items[5], items[6])]
    across = [lift(items[0], items[2]), lift(items[1], items[5]), lift(items[3], items[6])]
    assert min(across) > 1
    assert sum(within) > sum(across)


@pytest.mark.usefixtures("_register")
def test_a_seed_gives_the_same_answers():
    fictional.generate(responses=50, seed=7)
    first = list(Response.objects.order_by("pk").values_list("pk", "ticks", "municipality"))
    fictional.remove()
    fictional.generate(responses=50, seed=7)
    assert list(Response.objects.order_by("pk").values_list("pk", "ticks", "municipality")) == first
    assert fictional.generate(responses=50, seed=7) == 0


@pytest.mark.usefixtures("_register")
def test_remove_takes_the_sample_and_nothing_else():
    real = making.round("echt", questionnaire=making.questionnaire(["R1"]))
    making.response(real, "R1")
    before = rows()
    call_command("generate_sample", initiatives=3, responses=80, seed=1)
    call_command("remove_sample")
    assert rows() == before
    assert not Initiative.objects.exists()


@pytest.mark.usefixtures("_register")
def test_remove_refuses_while_a_real_round_is_compared_with_it():
    fictional.generate(responses=30, seed=1)
    making.round("echt", questionnaire=making.questionnaire(["R1"]), previous=Round.objects.get())
    with pytest.raises(CommandError, match="‘Meting echt’ wordt vergeleken met een voorbeeld"):
        call_command("remove_sample")
    assert Round.objects.count() == 2


def test_without_the_register_it_says_what_to_do():
    with pytest.raises(Refused, match=r"Draai eerst: manage.py load_deck"):
        fictional.generate(responses=10, seed=1)
    assert not Questionnaire.objects.exists()
