"""A locked questionnaire is what it was, whatever staff change in the register."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from registry.models import Bottleneck, Level, Municipality, Wording
from survey import results
from survey.design import questionnaires
from survey.design.questions import questions_of
from survey.fieldwork import paper
from survey.models import Questionnaire, Round
from survey.resources.files import FORMATS, written
from survey.resources.records import record_rows, records_syntax
from survey.results import tally
from survey.results.audit import digests
from survey.rounds import publications
from tests import factories
from tests.survey import making
from tests.survey.counting import everybody, store

pytestmark = pytest.mark.django_db
CODES = ["M1", "M2", "B1", "B2", "P1", "R1"]
ROWS = (Level, Bottleneck, Wording, Municipality)


@pytest.fixture
def round():
    for code in ("GM0034", "GM0995", "GM0184"):
        factories.municipality(code)
    made = making.round(questionnaire=making.questionnaire(CODES))
    for codes, place, levels in (
        (("M1", "B1"), "GM0034", (1, 2, 3, 4)),
        (("M2", "P1"), "GM0995", (1, 3, 4)),
        (("R1",), "", (4,)),
        ((), "GM0034", (1, 2, 3, 4)),
    ):
        store(made, everybody(20, *codes, levels=levels, municipality=place, role="inwoner"))
    return made


def change_everything():
    """Every field of every row that a round shows, but for keys and what ties rows together; the order of the levels
    is turned round."""
    for model in ROWS:
        for row in model._base_manager.all():
            for field in model._meta.concrete_fields:
                if field.primary_key or field.is_relation:
                    continue
                value = getattr(row, field.attname)
                if isinstance(field, models.JSONField):
                    value = {"type": "Polygon", "coordinates": []}
                elif field.choices:
                    value = next(key for key, _label in field.choices if key not in (value, "samengevoegd"))
                elif isinstance(field, models.CharField | models.TextField):
                    value = chr(ord(value[0]) + 7) if field.max_length == 1 else f"anders {value}"
                elif isinstance(field, models.DateField):
                    value = "2001-02-03"
                else:
                    value = 90 - (value or 0) if field.unique else (value or 0) + 50
                model._base_manager.filter(pk=row.pk).update(**{field.attname: value})
    factories.municipality("GM9999", name="Aanland")


def strip(page):
    """Without the key and the seed that are new on each page."""
    lines = page.content.decode().splitlines()
    return [line for line in lines if 'name="sleutel"' not in line and 'name="volgorde"' not in line]


def all_of(round, client, monkeypatch):
    """What the round shows, by the name of the door."""
    monkeypatch.setattr("survey.forms.respond.new_seed", lambda: 7)
    round = Round.objects.get(pk=round.pk)
    paths = {
        "form": reverse("survey:respond", args=[round.slug]),
        "kiosk": reverse("survey:respond", args=[round.slug]) + "?kiosk=1",
        "results": reverse("survey:results", args=[round.slug]),
        "api": f"{reverse('api:root')}/metingen/{round.slug}/resultaten",
    }
    shown = {name: (page := client.get(path)).status_code and strip(page) for name, path in paths.items()}
    found = results.results_for(round)
    shown |= {
        "paper": paper.form_of(round.questionnaire),
        "tally": tally.recount(round),
        "live": results.canonical(found),
        "records": b"".join(record_rows(round)),
        "syntax": records_syntax(round),
        "labels": [question.level_name for question in round.questionnaire.open_questions.all()],
        "groups": results.known_groups(round.questionnaire),
    }
    for publication in round.publications.all():
        shown["rebuilt"] = publications.rebuild(publication) == publication.data
        shown |= {
            f"file {kind}": written(publication, kind) for kind in FORMATS if kind not in ("xlsx", "ods")
        }
        shown["differences"] = digests.differences(publication)
    return shown


@pytest.mark.parametrize("is_open", [True, False])
def test_nothing_of_a_round_changes_with_the_register(round, client, monkeypatch, is_open):
    if not is_open:
        publications.freeze(making.close(round))
    before = all_of(round, client, monkeypatch)
    change_everything()
    after = all_of(round, client, monkeypatch)
    assert [name for name in before if before[name] != after[name]] == []
    if not is_open:
        assert after["rebuilt"]


def test_answers_count_where_they_were_given_when_levels_change_places(round):
    before = results.results_for(round)
    change_everything()
    making.response(Round.objects.get(pk=round.pk), "B1")
    after = results.results_for(Round.objects.get(pk=round.pk))
    bases = {level.level: level.n for level in before.levels}
    assert {level.level: level.n for level in after.levels} == bases | {"bestuurlijk": 41}
    store(Round.objects.get(pk=round.pk), everybody(20, "B1", levels=(2,)))
    made = publications.freeze(making.close(Round.objects.get(pk=round.pk)))
    assert publications.rebuild(made) == made.data


def test_a_next_questionnaire_asks_what_the_register_says_then(round):
    change_everything()
    Bottleneck.objects.update(status=Bottleneck.Status.ACTIVE)
    fresh = questionnaires.copy(round.questionnaire)
    assert [page.level.name for page in questions_of(fresh).pages] == [
        "anders Relationeel",
        "anders Professioneel",
        "anders Bestuurlijk",
        "anders Maatschappelijk",
    ]


def test_what_is_free_again_reads_the_register_and_locked_again_at_once_what_it_says_then():
    round = making.round(questionnaire=making.questionnaire(CODES))
    assert questions_of(round.questionnaire).pages[0].level.name == "Maatschappelijk"
    Round.objects.filter(pk=round.pk).update(opens_at=None)
    assert questionnaires.unlock(round.questionnaire)
    Level.objects.filter(slug="maatschappelijk").update(name="Samenleving")
    assert questions_of(round.questionnaire).pages[0].level.name == "Samenleving"
    questionnaires.lock(round.questionnaire)
    assert questions_of(round.questionnaire).pages[0].level.name == "Samenleving"


@pytest.mark.parametrize("positions", [(1, 2, 3, 4), (4, 3, 2, 1), (300, 40, 5000, 20)])
def test_where_a_level_stands_is_no_key_of_what_is_stored(positions):
    for slug in factories.LEVELS:
        factories.level(slug)
    Level.objects.update(position=models.F("position") + 9000)
    for position, slug in zip(positions, factories.LEVELS, strict=True):
        Level.objects.filter(slug=slug).update(position=position)
    round = making.round(questionnaire=making.questionnaire(CODES))
    making.response(round, "M1", none=["relationeel"])
    found = tally.recount(round)
    answered = {
        page.level.slug for page in questions_of(round.questionnaire).pages if found.level(page.level.bit)
    }
    assert answered == {"maatschappelijk", "relationeel"}


def test_rounds_of_before_keep_the_places_of_their_levels(round):
    """Their answers have the bits of the positions that the levels had then."""
    before = results.canonical(results.results_for(round))
    positions = dict(Level.objects.values_list("slug", "position"))
    pages = questions_of(round.questionnaire).pages
    for response in round.responses.all():
        levels = [page.level.slug for page in pages if response.answered >> page.level.bit & 1]
        response.answered = sum(1 << positions[slug] for slug in levels)
        response.save()
    Questionnaire.objects.update(fixed=None)
    import_module("survey.migrations.0008_copy_what_a_questionnaire_takes").copy_the_register(apps, None)
    round = Round.objects.get(pk=round.pk)
    moved = results.canonical(results.results_for(round))
    change_everything()
    assert results.canonical(results.results_for(Round.objects.get(pk=round.pk))) == moved == before
