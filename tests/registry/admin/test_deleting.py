"""Who may delete a page may delete it with what hangs on it, after a page that says what that is."""

import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from registry.accounts.roles import PERMISSIONS, Role
from registry.mail import verification
from registry.models import (
    Case,
    ChangeProposal,
    ContactMessage,
    Decision,
    Initiative,
    IntroductionConsent,
    Merge,
    NotDuplicate,
    Notice,
    OwnershipChange,
    Proof,
    Status,
)
from registry.models.contact import Introduction
from registry.proposals.proposals import propose
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    """With one of everything that can hang on it."""
    made = factories.initiative("Hof", slug="hof-met-alles", contact_email="a@voorbeeld.nl")
    other = factories.initiative("Ander")
    owner = factories.owner(made, "bewoner@voorbeeld.nl")
    factories.link(made, factories.bottleneck("M9"))
    Merge.objects.create(duplicate=made, into=other, was_status="gepubliceerd")
    Merge.objects.create(duplicate=other, into=made, was_status="gepubliceerd")
    made.exchanges.create(direction="vraagt", text="Een zaal")
    made.mentions.create(event="Festival")
    made.external_ids.create(scheme="kvk", value="1")
    propose(made, {"summary": "Nieuw"}, by=owner)
    Decision.objects.create(initiative=made, from_status="concept", to_status="gepubliceerd")
    Notice.objects.create(initiative=made, kind="melding", page="/", text="Fout")
    ContactMessage.objects.create(initiative=made, sender_email="c@voorbeeld.nl", text="Dag")
    low, high = sorted([made.pk, other.pk])
    NotDuplicate.objects.create(first_id=low, second_id=high, by=owner)
    Introduction.objects.create(first=other, second=made, why="y")
    introduction = Introduction.objects.create(first=made, second=other, why="x")
    IntroductionConsent.objects.create(introduction=introduction, ownership=made.ownerships.get())
    OwnershipChange.objects.create(initiative=made, kind=OwnershipChange.Kind.JOINED, whom=owner)
    verification.issue(Proof.Purpose.STILL_TRUE, "bewoner@voorbeeld.nl", initiative=made)
    factories.case("Zo ging het", initiative=made)
    factories.initiative("Hofje", status=Status.MERGED, merged_into=made, contact_email="d@voorbeeld.nl")
    return made


def hanging(model):
    """Each relation from another table of the register that goes when the row goes."""
    for relation in model._meta.related_objects:
        of = relation.related_model
        if (
            relation.on_delete is models.CASCADE
            and of._meta.app_label == "registry"
            and "Historical" not in of.__name__
        ):
            yield relation


def test_a_page_goes_with_all_that_hangs_on_it(client, log_in, entry):
    log_in(Role.MANAGER)
    tables = [(relation.related_model, relation.field.name) for relation in hanging(Initiative)]
    empty = [of.__name__ for of, name in tables if not of.objects.filter(**{name: entry.pk}).exists()]
    assert empty == []  # a new table belongs in the fixture
    page = reverse("admin:registry_initiative_delete", args=[entry.pk])
    shown = client.get(page).content.decode()
    for of in (ChangeProposal, Notice):
        assert str(of._meta.verbose_name_plural) in shown.lower()
    assert "missen" not in shown
    assert "Zo ging het" in shown
    decided = Decision.objects.count()
    assert client.post(page, {"post": "yes"}).url == page
    assert Initiative.objects.filter(pk=entry.pk).exists()
    assert client.post(page, {"post": "yes", "reden": "Dubbel."}).status_code == 302
    assert Decision.objects.count() == decided + 1
    assert not Initiative.objects.filter(pk=entry.pk).exists()
    assert Case.objects.get(title="Zo ging het").initiative is None
    assert [of.__name__ for of, name in tables if of.objects.filter(**{name: entry.pk}).exists()] == []


def test_who_may_not_delete_still_may_not(client, log_in, entry):
    log_in(Role.EDITOR)
    page = reverse("admin:registry_initiative_delete", args=[entry.pk])
    may = client.get(page).status_code == 200
    assert may == client.get(page).wsgi_request.user.has_perm("registry.delete_initiative")


def may_delete():
    """Each role and each model of the admin that it may delete."""
    for role in Role:
        for codename in sorted(PERMISSIONS[role]):
            if codename.startswith("delete_"):
                model = next(
                    (one for one in admin.site._registry if one._meta.model_name == codename[7:]), None
                )
                if model is not None and model._meta.app_label == "registry":
                    yield role, model


def hang_on(row):
    """Every row of the register that points at this one and would keep it, by whatever column."""
    return [
        relation.related_model.__name__
        for relation in type(row)._meta.related_objects
        if relation.on_delete in (models.PROTECT, models.RESTRICT)
    ]


# What is really in use stays until it is used no more; the page says by what.
IN_USE = {"Level", "Bottleneck", "Organisation", "Place", "Source", "Term", "Finding"}


@pytest.mark.parametrize(
    ("role", "model"), [pytest.param(*one, id=f"{one[0]}-{one[1].__name__}") for one in may_delete()]
)
def test_nothing_that_hangs_on_an_entry_makes_deleting_it_impossible(role, model):
    if model.__name__ not in IN_USE:
        assert hang_on(model()) == []
