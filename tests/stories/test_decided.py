"""Nothing that was decided disappears, and who kept a page that is deleted hears why."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse

from registry.lifecycle.merge import merge
from registry.models import Decision, Initiative, Role, Status
from registry.moderation.decisions import decide
from registry.personal_data import retention
from registry.proposals.proposals import decide_proposal, propose
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OWNER = "wis@voorbeeld.nl"
REASON = "Dit stond er dubbel; vragen? bel Wilma op 06-12345678 of mail w.wis@voorbeeld.nl."


@pytest.fixture
def editor():
    return factories.person("redacteur@voorbeeld.nl", role=Role.EDITOR)


@pytest.fixture
def page(editor):
    """With all that once made deleting impossible: a proposal that was decided, and a page merged into it."""
    made = factories.initiative(
        "Buurttuin",
        status=Status.SUBMITTED,
        municipality=factories.municipality(),
        contact_email=OWNER,
        contact_phone="0612345678",
    )
    owner = factories.owner(made, OWNER)
    decide(made, Status.PUBLISHED, by=editor, reason="Gebeld met Wilma Wis.")
    decide_proposal(propose(made, {"summary": "Nieuw"}, by=owner), ["summary"], by=editor)
    double = factories.initiative("Tuintje", municipality=made.municipality)
    merge(double, made, by=editor, reason="Dubbel")
    return made


def manager():
    client = Client()
    client.force_login(factories.person(role=Role.MANAGER))
    return client


def lines(client):
    return client.get(reverse("admin:registry_decision_changelist")).text


def test_a_page_is_deleted_and_its_decisions_stay_without_persons(page, editor, mailoutbox):
    number, decided = str(page.public_id), Decision.objects.filter(initiative=page).count()
    client, before = manager(), len(mailoutbox)
    door = reverse("admin:registry_initiative_delete", args=[page.pk])
    assert "Waarom?" in client.get(door).text
    assert "Er is niets verwijderd." in client.post(door, {"post": "yes", "reden": " "}, follow=True).text
    client.post(door, {"post": "yes", "reden": REASON})
    assert not Initiative.objects.exists()
    kept = Decision.objects.filter(about=f"initiatief {number}")
    assert kept.count() == decided + 1
    assert set(kept.exclude(to_status=Decision.DELETED).values_list("reason", flat=True)) == {""}
    assert set(kept.exclude(to_status=Decision.DELETED).values_list("by", flat=True)) >= {editor.pk}
    last = kept.get(to_status=Decision.DELETED)
    assert last.reason == "Dit stond er dubbel; vragen? bel Wilma op … of mail …"
    local = Client()
    local.force_login(factories.person(role=Role.MUNICIPALITY_EDITOR, municipality=page.municipality))
    for reader in (client, local):
        assert number in lines(reader)
    elsewhere = Client()
    there = factories.municipality("GM0034")
    elsewhere.force_login(factories.person(role=Role.MUNICIPALITY_EDITOR, municipality=there))
    assert number not in lines(elsewhere)
    [letter] = list(mailoutbox)[before:]
    assert letter.to == [OWNER]
    assert "Dit stond er dubbel" in letter.message
    assert not Initiative.history.exclude(contact_email="", contact_phone="").exists()


def test_many_are_deleted_with_one_reason_and_each_owner_hears_it(page, mailoutbox):
    other = factories.initiative("Keuken")
    factories.owner(other, "keuken@voorbeeld.nl")
    client, before = manager(), len(mailoutbox)
    chosen = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [page.pk, other.pk]}
    listed = reverse("admin:registry_initiative_changelist")
    assert "Waarom?" in client.post(listed, chosen).text
    assert "Er is niets verwijderd." in client.post(listed, chosen | {"post": "yes"}).text
    assert Initiative.objects.filter(pk__in=[page.pk, other.pk]).count() == 2
    client.post(listed, chosen | {"post": "yes", "reden": "Opgeruimd."})
    assert not Initiative.objects.exists()
    told = {letter.to[0] for letter in list(mailoutbox)[before:]}
    assert told == {OWNER, "keuken@voorbeeld.nl"}


def test_what_time_throws_away_was_decided_too(editor, settings):
    settings.RETENTION_DAYS = settings.RETENTION_DAYS | {"refused": -1}
    made = factories.initiative("Nee", status=Status.SUBMITTED)
    decide(made, Status.REJECTED, by=editor, reason="Wilma Wis kan niet.")
    retention.apply()
    assert not Initiative.objects.exists()
    kept = Decision.objects.get()
    assert (kept.about, kept.reason, kept.by) == (f"initiatief {made.public_id}", "", editor)
