import pytest
from django.urls import reverse
from post_office.models import Email

from registry.models import Initiative, Notice, Role
from registry.proposals.proposals import edit, propose
from tests import factories
from tests.reading import read_proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = factories.person(role=Role.EDITOR)
    client.force_login(user)
    return user


@pytest.fixture
def proposal():
    initiative = factories.initiative("Buurttuin", run_by="inwoners", summary="Oud")
    owner = factories.owner(initiative, "trekker@voorbeeld.nl")
    return propose(initiative, {"summary": "Anders", "costs": "gratis"}, by=owner)


def page(entry):
    return reverse(f"admin:registry_{entry._meta.model_name}_change", args=[entry.pk])


def live():
    return Initiative.objects.get()


def test_the_whole_is_taken_over_and_told(client, editor, proposal):
    text = client.get(page(proposal)).text
    assert [part in text for part in ("Oud", "Anders", "gratis")] == [True] * 3
    client.post(page(proposal), {"veld": ["summary", "costs"]} | read_proposal(proposal))
    assert (live().summary, live().costs) == ("Anders", "gratis")
    letter = Email.objects.get()
    assert letter.to == ["trekker@voorbeeld.nl"]
    assert "Overgenomen: samenvatting, kosten." in letter.message


def test_a_part_is_taken_over_with_a_reason(client, editor, proposal):
    refused = client.post(page(proposal), {"veld": ["summary"]} | read_proposal(proposal), follow=True)
    assert "waarom u niet alles overneemt" in refused.text
    assert live().summary == "Oud"
    client.post(
        page(proposal), {"veld": ["summary"], "reden": "Kosten staan er al"} | read_proposal(proposal)
    )
    assert (live().summary, live().costs) == ("Anders", "")
    message = Email.objects.get().message
    assert "Niet overgenomen: kosten." in message
    assert "Kosten staan er al" in message


def test_the_second_of_two_is_told_and_nothing_is_mailed_twice(client, editor, proposal):
    client.post(page(proposal), {"veld": ["summary", "costs"]} | read_proposal(proposal))
    again = client.post(page(proposal), {"reden": "Toch niet"}, follow=True)
    assert "al besloten" in again.text
    assert (live().summary, Email.objects.count()) == ("Anders", 1)


def test_what_waits_for_owners_is_not_taken_over_without_a_reason(client, editor, proposal):
    waiting = edit(live(), {"audience": "buren"}, by=editor)
    assert (
        "ja van de eigenaren"
        in client.post(page(waiting), {"veld": "audience"} | read_proposal(waiting), follow=True).text
    )
    assert live().audience == ""
    client.post(
        page(waiting), {"veld": "audience", "reden": "Er stond een adres in"} | read_proposal(waiting)
    )
    assert live().audience == "buren"
    assert "Zonder het ja van de eigenaren." in live().decisions.first().reason


def test_what_is_gone_meanwhile_is_said(client, editor, proposal):
    haven = factories.place()
    theirs = propose(live(), {"municipality": haven.municipality, "place": haven}, by=None)
    haven.delete()
    text = client.post(
        page(theirs),
        {"veld": ["municipality", "place"], "reden": "Gevraagd"} | read_proposal(theirs),
        follow=True,
    ).text
    assert "Zo klopt het niet meer" in text
    assert live().municipality is None


@pytest.mark.parametrize("role", Role)
def test_who_may_decide_about_proposals_and_notices(client, proposal, role):
    client.force_login(factories.person(role=role, municipality=factories.municipality()))
    Initiative.objects.update(municipality="GM0995")
    notice = Notice.objects.create(kind="melding", page="/", text="Kapot", initiative=live())
    expected = {Role.RESEARCHER: [403, 403]}.get(role, [200, 302])
    for entry, given in (
        (proposal, {"veld": ["summary", "costs"]} | read_proposal(proposal)),
        (notice, {"uitkomst": "Hersteld"}),
    ):
        assert [client.get(page(entry)).status_code, client.post(page(entry), given).status_code] == expected
    assert bool(Notice.objects.get().handled_at) == (role != Role.RESEARCHER)


def test_a_notice_is_handled_once_and_says_how(client, editor):
    notice = Notice.objects.create(kind="melding", page="/", text="Kapot")
    assert "Schrijf kort op" in client.post(page(notice), {"uitkomst": " "}, follow=True).text
    client.post(page(notice), {"uitkomst": "Hersteld"})
    assert "Een collega was u voor" in client.post(page(notice), {"uitkomst": "Nog eens"}, follow=True).text
    notice.refresh_from_db()
    assert (notice.outcome, notice.handled_by) == ("Hersteld", editor)


@pytest.mark.parametrize("model", ["changeproposal", "notice"])
def test_the_lists_ask_as_often_at_three_rows_as_at_one(client, editor, django_assert_num_queries, model):
    address = reverse(f"admin:registry_{model}_changelist")
    for number in (1, 3):
        while Notice.objects.count() < number:
            initiative = factories.initiative(summary="Oud")
            propose(initiative, {"summary": "Anders"}, by=factories.owner(initiative))
            Notice.objects.create(
                kind="melding", page="/", text="x", initiative=initiative, handled_by=editor
            )
        client.get(address)
        with django_assert_num_queries(6):
            client.get(address)
