"""No table can say who answered, from where, with what, or when: read from the schema itself, column by column."""

import pytest
from django.apps import apps
from django.db import models

from registry.models import Decision, Initiative, User
from survey.models import (
    Coding,
    CodingPlan,
    OpenAnswer,
    PaperForm,
    Quote,
    Response,
    Round,
    Unit,
)

# What holds the answers of one person.
ANSWERS = {Response, PaperForm}
# Words in the name of a column that would hold something about a person or a device.
TELLING = set(
    "ip address adres agent browser device referer referrer email mail phone session cookie account user person "
    "name naam token fingerprint".split()
)


def tied_to_an_answer():
    """The tables of which a row leads to the answers of one person, however long the path of keys."""
    tied = set(ANSWERS)
    while True:
        more = {
            model
            for model in apps.get_models(include_auto_created=True)
            for field in model._meta.get_fields()
            if field.is_relation and (field.many_to_one or field.one_to_one) and field.concrete
            if field.related_model in tied
        } | {
            # One row for one answer is the same person, whichever of both holds the key.
            field.related_model
            for model in tied
            for field in model._meta.concrete_fields
            if field.one_to_one
        }
        if more <= tied:
            return tied
        tied |= more


def telling(model):
    """What this table could tell about who, where or when."""
    found = []
    for field in model._meta.get_fields():
        if not field.concrete:
            continue
        words = set(field.name.lower().split("_"))
        if isinstance(field, (models.DateTimeField, models.TimeField)):
            found.append(f"{field.name}: finer than a day")
        if isinstance(field, (models.GenericIPAddressField, models.EmailField, models.FileField)):
            found.append(f"{field.name}: {type(field).__name__}")
        if field.is_relation and field.related_model is User:
            found.append(f"{field.name}: an account")
        if words & TELLING:
            found.append(f"{field.name}: named so")
        if field.primary_key and isinstance(field, models.AutoField):
            found.append(f"{field.name}: a running number tells the order of arrival")
    if hasattr(model, "history"):
        found.append("history: who and when")
    return found


def test_what_is_tied_to_an_answer_tells_nothing_of_who_where_or_when():
    assert {model: telling(model) for model in tied_to_an_answer() if telling(model)} == {}


def test_the_walk_comes_past_every_table_with_answers():
    assert tied_to_an_answer() == {Response, OpenAnswer, Unit, Coding, PaperForm, Quote}


@pytest.mark.parametrize("model", list(apps.get_app_config("survey").get_models()))
def test_no_table_of_the_survey_holds_an_address_of_a_device(model):
    """Also where it is not tied to an answer: by its moment it could be laid beside one."""
    assert [one for one in telling(model) if "IPAddress" in one or "agent" in one or "referer" in one] == []


@pytest.mark.parametrize(
    ("model", "found"),
    [
        (Decision, {"decided_at: finer than a day", "by: an account"}),
        (User, {"email: MailField", "email: named so", "date_joined: finer than a day"}),
        (Initiative, {"history: who and when", "id: a running number tells the order of arrival"}),
        (CodingPlan, {"first_coder: an account", "second_coder: an account"}),
        (Round, {"opens_at: finer than a day"}),
    ],
)
def test_the_walk_would_see_it(model, found):
    """On tables that do hold such things, so that an empty answer above says something."""
    assert found <= set(telling(model))
