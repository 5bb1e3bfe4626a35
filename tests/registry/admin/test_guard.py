"""What residents run and keep themselves changes with their yes: in the form and in a file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from post_office.models import Email

from registry import resources
from registry.foundation.spreadsheets import read
from registry.importing import runs
from registry.models import Initiative, Role, Status
from registry.moderation.decisions import decide
from tests import factories
from tests.registry.admin.test_reach import initiative_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = factories.person(role=Role.EDITOR)
    client.force_login(user)
    return user


@pytest.fixture
def entry():
    made = factories.initiative(
        "Buurttuin", slug="buurttuin", run_by="inwoners", summary="Oud", municipality=factories.municipality()
    )
    factories.owner(made, "trekker@voorbeeld.nl")
    return made


def save(client, entry, **changes):
    page = reverse("admin:registry_initiative_change", args=[entry.pk])
    given = initiative_data(name="Buurttuin", slug="buurttuin", run_by="inwoners", summary="Oud") | changes
    return client.post(page, given, follow=True)


def live():
    return Initiative.objects.get()


def test_an_edit_by_staff_waits_and_the_owners_are_asked(client, editor, entry):
    response = save(client, entry, summary="Van ons")
    assert "wacht op het ja van de eigenaren" in response.text
    assert live().summary == "Oud"
    assert entry.proposals.get().changes.get().new == "Van ons"
    assert Email.objects.get().to == ["trekker@voorbeeld.nl"]


def test_with_a_reason_it_goes_through_and_is_logged(client, editor, entry):
    save(client, entry, summary="Van ons", override="Er stond een adres in")
    assert live().summary == "Van ons"
    logged = entry.decisions.get()
    assert logged.by == editor
    assert logged.reason == "Gewijzigd zonder het ja van de eigenaren. Er stond een adres in"
    letter = Email.objects.get()
    assert (letter.to, letter.delivery.kind) == (["trekker@voorbeeld.nl"], "gewijzigd-zonder-ja")
    assert "> Was: Oud\n> Wordt: Van ons" in letter.message
    assert "Er stond een adres in" in letter.message


def test_what_cannot_wait_wants_a_reason(client, editor, entry):
    response = save(client, entry, slug="gekaapt")
    assert list(response.context["adminform"].form.errors) == ["override"]
    assert live().slug == "buurttuin"
    save(client, entry, slug="tuin", override="Verkeerd gespeld")
    assert live().slug == "tuin"


def test_an_edit_of_another_entry_is_kept_at_once(client, editor, entry):
    entry.ownerships.all().delete()
    save(client, entry, summary="Van ons", slug="tuin")
    assert (live().summary, live().slug) == ("Van ons", "tuin")


def test_a_form_does_not_undo_a_decision_that_a_colleague_just_took(client, editor, entry, monkeypatch):
    entry.ownerships.all().delete()
    Initiative.objects.update(status=Status.SUBMITTED)
    form_class = client.get(reverse("admin:registry_initiative_change", args=[entry.pk])).context["adminform"]
    is_valid = type(form_class.form).is_valid

    def meanwhile(form):
        decide(live(), Status.PUBLISHED, by=None)
        monkeypatch.undo()
        return is_valid(form)

    monkeypatch.setattr("registry.forms.staff.InitiativeForm.is_valid", meanwhile)
    save(client, entry, summary="Van ons")
    assert (live().status, live().summary) == (Status.PUBLISHED, "Van ons")
    assert live().published_at is not None
    assert live().history.first().status == Status.PUBLISHED


def outcome(text, by):
    return runs.try_out(resources.InitiativeResource(user=by), read(text.encode()), by=by)


def test_a_file_cannot_go_round_the_owners(editor, entry):
    """What comes of it: tests/registry/importing/test_owned.py."""
    for text in (
        "adres,samenvatting\nbuurttuin,Van ons\n",
        "adres,wie_doet_het,naam\nbuurttuin,organisatie,Gekaapt\n",
    ):
        found = outcome(text, editor)
        assert (found.problems, found.changed, found.waiting) == ((), 0, 1)


def test_a_file_that_changes_nothing_of_theirs_comes_in(client, editor, entry):
    factories.initiative("Van niemand", slug="vrij", run_by="inwoners")
    text = "adres,samenvatting\nbuurttuin,Oud\nvrij,Nieuw\n"
    found = outcome(text, editor)
    assert (found.problems, found.totals) == ((), [0, 1, 1])
    upload = {"file": SimpleUploadedFile("b.csv", b"adres,samenvatting\nbuurttuin,Van ons\n")}
    page = client.post(reverse("admin:registry_initiative_import"), upload).text
    assert "die pagina’s zijn van inwoners, en zij beslissen zelf" in page
    entry.ownerships.create(user=editor)
    assert outcome("adres,samenvatting\nbuurttuin,Zelf\n", editor).changed == 1
