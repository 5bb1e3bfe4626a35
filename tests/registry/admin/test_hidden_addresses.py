"""Whether somebody out of sight has an address is told by no form."""

import pytest
from django.contrib import admin
from django.urls import reverse

from registry.models import Role, Status
from tests import factories
from tests.registry.admin.test_reach import initiative_data

pytestmark = pytest.mark.django_db
TAKEN = "geheim"
ENTRIES = sorted(
    (
        model
        for model in admin.site._registry
        if hasattr(model._default_manager.all(), "visible_to") and any(f.name == "slug" for f in model._meta.fields)
    ),
    key=str,
)  # fmt: skip
HIDDEN = [status for status in Status if status not in (Status.PUBLISHED, Status.MERGED)]


@pytest.fixture
def local(client):
    client.force_login(factories.person(role=Role.MUNICIPALITY_EDITOR, municipality=factories.municipality()))


def make(model, municipality, status=Status.SUBMITTED):
    maker = getattr(factories, model._meta.model_name)
    fields = {} if model is factories.Organisation else {"status": status}
    return maker(slug=TAKEN, municipality=factories.municipality(municipality), **fields)


def add(client, model):
    given = initiative_data(name="Nieuw", title="Nieuw", slug=TAKEN, summary="Kort", situation="x")
    return client.post(reverse(f"admin:registry_{model._meta.model_name}_add"), given)


def test_there_are_entries_with_an_address():
    assert {model._meta.model_name for model in ENTRIES} >= {"initiative", "case", "organisation"}


@pytest.mark.parametrize("status", HIDDEN)
@pytest.mark.parametrize("model", ENTRIES, ids=lambda model: model._meta.model_name)
def test_the_form_answers_as_if_it_were_free(client, local, model, status):
    make(model, "GM0034", status)
    answer = add(client, model)
    assert answer.status_code == 302, answer.context and answer.context["errors"]
    assert model.objects.get(municipality="GM0995").slug == f"{TAKEN}-2"


@pytest.mark.parametrize("model", ENTRIES, ids=lambda model: model._meta.model_name)
def test_what_is_in_sight_is_said(client, local, model):
    make(model, "GM0995")
    assert "bestaat al" in add(client, model).text


def test_what_everybody_can_see_is_said(client, local):
    make(factories.Initiative, "GM0034", Status.PUBLISHED)
    assert "bestaat al" in add(client, factories.Initiative).text


def test_who_sees_all_hears_all(client):
    client.force_login(factories.person(role=Role.EDITOR))
    make(factories.Initiative, "GM0034")
    assert "bestaat al" in add(client, factories.Initiative).text
