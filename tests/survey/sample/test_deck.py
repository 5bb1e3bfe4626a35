import hashlib

import pytest
from django.core.management import CommandError, call_command

from registry.models import Wording
from survey.models import Publication, Questionnaire, Round
from survey.results import canonical, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def found():
    call_command("load_deck", verbosity=0)
    call_command("load_deck_round", verbosity=0)
    return read(Publication.objects.get().data)


@pytest.mark.once
def test_the_figures_of_the_presentation_stand(found):
    assert {level.level: (level.n, len(level.statements)) for level in found.levels} == {
        "maatschappelijk": (77, 8),
        "bestuurlijk": (76, 10),
        "professioneel": (77, 7),
        "relationeel": (77, 9),
    }
    known = [one for one in found.statements.values() if one.count is not None]
    assert [(one.code, one.percentage, one.count, one.rank) for one in known] == [
        ("R1", 69, 53, 1),
        ("R2", 60, 46, 2),
        ("R3", 47, 36, 3),
        ("R4", 39, 30, 4),
        ("R5", 36, 28, 5),
        ("R6", 32, 25, 6),
        ("R7", 32, 25, 6),
        ("R8", 32, 25, 6),
        ("R9", 31, 24, 9),
    ]
    assert {one.is_derived for one in known} == {True}


@pytest.mark.once
def test_what_the_presentation_does_not_say_stays_unknown(found):
    unknown = [one for one in found.statements.values() if one.count is None]
    assert len(unknown) == 25
    assert {(one.percentage, one.interval, one.reason) for one in unknown} == {(None, (), "niet-bekend")}
    assert (found.responses, found.started, found.held_on, found.pairs) == (None, None, None, ())
    assert {one.reason for one in found.breakdowns} == {"alleen-aandelen"}
    assert {level.bands_reason for level in found.levels} == {"alleen-aandelen"}
    assert Publication.objects.get().published_on is None


def test_the_figures_keep_the_bytes_that_they_have_always_had(found):
    """The rules of disclosure may change; what the presentation said does not."""
    data = Publication.objects.get().data
    assert hashlib.sha256(data.encode()).hexdigest() == (
        "036b48ed2c2d884d550befe16e68b8b8e5fa6d6d5b548847d173b4ccc0d994fb"
    )
    assert canonical(found) == data


@pytest.mark.once
def test_loading_again_overwrites_nothing(found):
    round = Round.objects.get()
    round.name = "Ander"
    round.save()
    Wording.objects.update(text="Ander")
    call_command("load_deck_round", verbosity=0)
    assert (Round.objects.get().name, Questionnaire.objects.count()) == ("Ander", 1)
    Publication.objects.all().delete()
    Round.objects.all().delete()
    call_command("load_deck_round", verbosity=0)
    assert not Round.objects.exists()


@pytest.mark.once
def test_the_questionnaire_is_locked_and_has_the_words_of_then(found):
    questionnaire = Questionnaire.objects.get()
    assert questionnaire.is_locked
    assert questionnaire.items.get(bottleneck="R1").text == Wording.objects.get(bottleneck="R1").text


def test_without_the_register_it_says_what_to_do():
    with pytest.raises(CommandError, match=r"Draai eerst: manage.py load_deck"):
        call_command("load_deck_round")
    assert not Round.objects.exists()


def test_prepare_brings_it_too():
    call_command("prepare", verbosity=0)
    call_command("prepare", verbosity=0)
    assert Publication.objects.count() == 1
