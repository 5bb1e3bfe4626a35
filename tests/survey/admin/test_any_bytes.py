"""Whatever is sent to the survey's staff pages, the answer is a page and never a fault of the site."""

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.models import Role
from survey.models import OpenAnswer, Unit
from tests import factories
from tests.survey import coded, making

FIELDS = {
    "screen": ["antwoord", "besluit", "tekst"],
    "code": ["eenheid", "code"],
    "coding": ["first_coder", "second_coder", "share"],
    "codebook": ["key", "label", "code", "doe"],
    "key_in": ["number", "codes", "words-voorbeeld", "language"],
    "codes": ["number"],
}
SOME = st.one_of(st.text(max_size=40), st.integers().map(str), st.uuids().map(str))


QUERY = "antwoord na nummer keer staat eenheid vorige taal".split()


@pytest.fixture
def round(client, db):
    user = factories.person(role=Role.MANAGER)
    client.force_login(user)
    made = making.round()
    coded.answers(made, "De bus", "Te duur")
    coded.read(made)
    plan = coded.planned(made)
    plan.first_coder = user
    plan.save()
    return made


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_that_is_sent_breaks_a_page(client, round, data):
    answer = OpenAnswer.objects.first()
    real = {"antwoord": answer.pk, "eenheid": Unit.objects.first().pk}
    name = data.draw(st.sampled_from(sorted(FIELDS)))
    address = reverse(f"admin:survey_round_{name}", args=[round.pk])
    sent = {field: data.draw(SOME) for field in FIELDS[name]}
    assert client.post(address, sent).status_code < 500
    assert client.post(address, sent | real).status_code < 500
    assert client.get(address, {key: data.draw(SOME) for key in QUERY}).status_code < 500
