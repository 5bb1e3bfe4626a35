"""What staff decide is what they read, and where a page goes is seen by who gets it."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.foundation.spreadsheets import Table
from registry.importing import runs
from registry.lifecycle.merge import merge
from registry.models import Initiative, Notice, Role, Status
from registry.moderation.decisions import decide
from registry.proposals.proposals import edit, propose
from registry.resources import InitiativeResource
from tests import factories
from tests.mail import words
from tests.reading import read_proposal
from tests.registry.moderation.test_versions import kept_hidden

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def browser(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor():
    return factories.person(role=Role.EDITOR)


def now(entry):
    return Initiative.objects.get(pk=entry.pk)


def test_staff_do_not_publish_a_text_that_nobody_read(editor):
    entry = factories.initiative(status=Status.SUBMITTED, description="Wij drinken koffie.")
    client, page = browser(editor), reverse("admin:registry_initiative_decide", args=[entry.pk])
    opened = client.get(page)
    assert "Hierover besluit u" in opened.text
    assert "Wij drinken koffie." in opened.text
    edit(entry, {"description": "KOOP HIER PILLEN"}, by=factories.owner(entry))
    answer = client.post(page, kept_hidden(opened) | {"to": "gepubliceerd", "reason": "Welkom!"})
    assert now(entry).status == Status.SUBMITTED
    assert "Wat er anders is sinds u het las" in answer.text
    assert "KOOP HIER PILLEN" in answer.text
    assert "Welkom!" in answer.text


def test_an_older_proposal_does_not_undo_a_newer_text_unseen(editor):
    entry = factories.initiative(summary="Oud", run_by="samen")
    proposal = propose(entry, {"summary": "Voorstel"}, by=factories.owner(entry))
    client, page = browser(editor), reverse("admin:registry_changeproposal_change", args=[proposal.pk])
    opened = client.get(page)
    Initiative.objects.filter(pk=entry.pk).update(run_by="organisatie")
    entry = now(entry)
    entry.summary = "Verbeterd"
    entry.save()
    pressed = {"veld": ["summary"], "reden": "Mooi"}
    refused = client.post(page, kept_hidden(opened) | pressed)
    assert now(entry).summary == "Verbeterd"
    for value in ("Oud", "Voorstel", "Verbeterd", "Mooi"):
        assert value in refused.text
    client.post(page, kept_hidden(refused) | pressed)
    assert now(entry).summary == "Voorstel"


def test_what_was_proposed_before_a_page_went_does_not_come_back_later(editor, mailoutbox):
    entry = factories.initiative(summary="Oud", slug="tuin")
    owner, other = factories.owner(entry, "ik@voorbeeld.nl"), factories.owner(entry, "jij@voorbeeld.nl")
    propose(entry, {"summary": "Toen"}, by=owner)
    browser(other).post("/mijn/tuin/", {"doe": "trek-in", "reden": "Even niet"})
    told = [words(letter) for letter in mailoutbox if letter.to == ["ik@voorbeeld.nl"]]
    assert any("Niet overgenomen: samenvatting." in text for text in told)
    edit(now(entry), {"summary": "Mijn nieuwste"}, by=owner)
    browser(owner).post("/mijn/tuin/", {"doe": "verstuur"})
    decide(now(entry), "gepubliceerd", by=editor)
    assert not entry.proposals.open().exists()
    assert now(entry).summary == "Mijn nieuwste"


@pytest.mark.parametrize("door", ["besluit", "lijst"])
def test_staff_who_withdraw_close_what_waited_too(editor, door, mailoutbox):
    entry = factories.initiative()
    propose(entry, {"summary": "Toen"}, by=factories.owner(entry, "ik@voorbeeld.nl"))
    client, page = browser(editor), reverse("admin:registry_initiative_decide", args=[entry.pk])
    if door == "besluit":
        given = kept_hidden(client.get(page)) | {"to": "ingetrokken", "reason": "Weg"}
        draft = client.post(page, given).context["letter"]
        given |= {draft.add_prefix(name): draft.initial[name] for name in ("subject", "text", "about")}
    else:
        page, chosen = reverse("admin:registry_initiative_changelist"), [entry.pk]
        given = {"action": "withdraw", "_selected_action": chosen}
        given |= kept_hidden(client.post(page, given)) | given | {"reason": "Weg"}
    client.post(page, given)
    assert now(entry).status == Status.WITHDRAWN
    assert not entry.proposals.open().exists()
    assert any("Niet overgenomen: samenvatting." in words(letter) for letter in mailoutbox)


def test_a_page_is_not_given_to_another_municipality_unseen(editor):
    here, there = factories.municipality("GM0995"), factories.municipality("GM0034")
    entry = factories.initiative(municipality=here)
    owner = factories.owner(entry)
    of_here, of_there = (
        factories.person(role=Role.MUNICIPALITY_EDITOR, municipality=one) for one in (here, there)
    )
    for who, takes in ((of_here, False), (of_there, True), (editor, True)):
        Initiative.objects.filter(pk=entry.pk).update(municipality=here)
        Notice.objects.all().delete()
        proposal = propose(now(entry), {"municipality": there}, by=owner)
        page = reverse("admin:registry_changeproposal_change", args=[proposal.pk])
        listed = browser(who).get(reverse("admin:registry_changeproposal_changelist"))
        assert page in listed.text
        answer = browser(who).post(page, {"veld": ["municipality"]} | read_proposal(proposal), follow=True)
        assert (now(entry).municipality == there) == takes
        if takes:
            notice = Notice.objects.get()
            notices = reverse("admin:registry_notice_changelist")
            assert (
                reverse("admin:registry_notice_change", args=[notice.pk])
                in browser(of_there).get(notices).text
            )
            assert "hoort nu bij uw gemeente" in notice.text
            assert "Lelystad" in notice.text
        else:
            assert "iemand van die gemeente of van de provincie" in answer.text


@pytest.mark.parametrize("status", ["ingetrokken", "samengevoegd", "afgewezen"])
def test_an_import_says_of_a_row_that_it_is_not_on_the_site(editor, status):
    entry = factories.initiative(
        slug="weg", status=Status.SUBMITTED if status == "afgewezen" else Status.PUBLISHED
    )
    if status == "samengevoegd":
        merge(entry, factories.initiative(), by=None)
    else:
        decide(entry, status, by=None, reason="x")
    table = Table(["adres", "kosten"], [(2, ["weg", "gratis"])])
    outcome = runs.try_out(InitiativeResource(user=editor), table, by=editor)
    assert status in str(outcome.faults[0])
    assert outcome.plan == ()
