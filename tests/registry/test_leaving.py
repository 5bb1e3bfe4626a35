"""Leaving ends all that gives access: each kind of proof, each address, each way of going."""

import re

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from registry.foundation.errors import Refused
from registry.lifecycle.merge import merge
from registry.mail import verification
from registry.models import ContactMessage, Initiative, Introduction, Proof, Role, Status, User
from registry.ownership import invite, leave, make_owner
from registry.personal_data import forget
from registry.registration import signup
from tests import factories
from tests.mail import words

pytestmark = pytest.mark.django_db
FOUNDER, OTHER, ALIAS = "oprichter@voorbeeld.nl", "ander@voorbeeld.nl", "ander.twee@voorbeeld.nl"
Purpose = Proof.Purpose
PAGE = reverse("registry:my-initiative", args=["buurttuin"])


@pytest.fixture
def initiative():
    return factories.initiative("Buurttuin", slug="buurttuin", municipality=factories.municipality())


@pytest.fixture
def founder(initiative):
    return make_owner(initiative, FOUNDER)


@pytest.fixture
def other(initiative, founder):
    made = make_owner(initiative, OTHER)
    EmailAddress.objects.create(user=made, email=ALIAS, verified=False)
    return made


def mailed(purpose, email, initiative):
    subject = ""
    if purpose == Purpose.INTRODUCE:
        second = factories.initiative()
        subject = Introduction.objects.create(first=initiative, second=second, why="Daarom").pk
    if purpose == Purpose.MESSAGE:
        message = ContactMessage(initiative=initiative, sender_email=email, sender_name="Jan", text="Dag")
        message.save()
        subject = message.pk
    _proof, token, _code = verification.issue(purpose, email, initiative=initiative, subject=subject)
    return reverse("registry:proof", args=[token])


def use(address, **answers):
    return Client().post(address, answers)


ABOUT_A_PAGE = [purpose for purpose in Purpose if purpose != Purpose.FOLLOW]


def owners(initiative):
    return set(initiative.ownerships.values_list("user__email", flat=True))


@pytest.mark.parametrize("email", [OTHER, ALIAS, OTHER.upper()])
@pytest.mark.parametrize("purpose", ABOUT_A_PAGE)
def test_who_left_can_use_nothing_that_was_mailed_before(initiative, founder, other, purpose, email):
    address = mailed(purpose, email, initiative)
    kept = mailed(purpose, FOUNDER, initiative)
    leave(initiative, other, by=founder)
    before = Initiative.objects.values().get(pk=initiative.pk)
    for answer in ("ja", "gestopt", "aanpassen", ""):
        client = Client()
        assert client.post(address, {"antwoord": answer}).status_code == 410
        assert "_auth_user_id" not in client.session
    assert owners(initiative) == {FOUNDER}
    assert Initiative.objects.values().get(pk=initiative.pk) == before
    assert Client().get(kept).status_code == 200


def test_the_second_of_two_invitations_does_not_let_somebody_in_again(initiative, founder):
    invite(initiative, OTHER, by=founder)
    invite(initiative, OTHER, by=founder)
    links = [
        re.search(r"(/bevestigen/\S+)", message)[1]
        for message in Email.objects.values_list("message", flat=True)
    ]
    assert use(links[0]).status_code == 302
    assert use(links[1]).status_code == 410
    leave(initiative, User.objects.get(email=OTHER), by=founder)
    assert {use(link).status_code for link in links} == {410}
    assert owners(initiative) == {FOUNDER}


def test_a_claim_and_an_invitation_to_one_mailbox_are_spent_together(initiative, founder):
    links = [mailed(purpose, OTHER, initiative) for purpose in (Purpose.CLAIM, Purpose.INVITE)]
    elsewhere = mailed(Purpose.INVITE, OTHER, factories.initiative())
    somebody = mailed(Purpose.INVITE, "derde@voorbeeld.nl", initiative)
    assert [use(link).status_code for link in links] == [302, 410]
    assert [use(link).status_code for link in (elsewhere, somebody)] == [302, 302]


def test_what_was_mailed_about_a_page_that_was_merged_ends_too(initiative, founder, other):
    old = factories.initiative("Oude tuin", slug="oude-tuin")
    address = mailed(Purpose.INVITE, OTHER, old)
    merge(old, initiative, by=None)
    leave(initiative, other, by=factories.person(is_staff=True), as_staff=True)
    assert use(address).status_code == 410
    assert owners(initiative) == {FOUNDER}


def test_who_is_removed_leaves_no_back_door_in_a_mailbox_of_their_own(initiative, founder, other):
    invite(initiative, "tweede@voorbeeld.nl", by=other)
    invite(initiative, "buur@voorbeeld.nl", by=founder)
    leave(initiative, other, by=founder)
    open_for = Proof.objects.usable().values_list("email", flat=True)
    assert list(open_for) == ["buur@voorbeeld.nl"]


def test_who_is_removed_by_another_hears_of_it_and_where_to_object(initiative, founder, other, settings):
    settings.CONTACT_EMAIL = "samenbuurten@flevoland.example"
    Email.objects.all().delete()
    leave(initiative, other, by=founder)
    letter = Email.objects.get()  # and none to who did it
    assert (letter.to, letter.subject) == ([OTHER], "U beheert een pagina op Samen Buurten niet meer")
    assert "‘oprichter@voorbeeld[.]nl’ heeft u weggehaald" in words(letter)
    assert "Schrijf dan naar samenbuurten@flevoland.example." in words(letter)
    settings.CONTACT_EMAIL = ""
    make_owner(initiative, OTHER)
    leave(initiative, other, by=founder)
    assert "/laat-weten/" in Email.objects.latest("pk").message


def test_who_leaves_gets_no_letter_and_the_others_do(initiative, founder, other):
    Email.objects.all().delete()
    leave(initiative, other, by=other)
    told = Email.objects.get()
    assert (told.to, OTHER in told.message) == ([FOUNDER], True)


def test_removing_another_asks_first(client, initiative, founder, other):
    client.force_login(founder)
    theirs = initiative.ownerships.get(user=other)
    asked = client.post(PAGE, {"doe": "vertrek", "eigenaar": theirs.pk})
    assert f"{OTHER} weghalen?" in asked.text
    assert owners(initiative) == {FOUNDER, OTHER}
    sent = dict(re.findall(r'type="hidden" name="(eigenaar|zeker)" value="([^"]+)"', asked.text))
    assert client.get(PAGE, {"doe": "vertrek"} | sent).status_code == 200
    assert owners(initiative) == {FOUNDER, OTHER}
    client.post(PAGE, {"doe": "vertrek"} | sent)
    assert owners(initiative) == {FOUNDER}


def test_the_last_owner_who_can_log_in_stays(initiative, founder, other):
    User.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(Refused, match="één eigenaar"):
        leave(initiative, founder, by=founder)
    assert owners(initiative) == {FOUNDER, OTHER}


# Other ways of going


@pytest.mark.parametrize("purpose", ABOUT_A_PAGE)
def test_an_account_that_is_switched_off_acts_through_no_link(initiative, founder, other, purpose):
    address = mailed(purpose, OTHER, initiative)
    User.objects.filter(pk=other.pk).update(is_active=False)
    before = Initiative.objects.values().get(pk=initiative.pk)
    client = Client()
    client.post(address, {"antwoord": "gestopt"})
    assert "_auth_user_id" not in client.session
    assert Initiative.objects.values().get(pk=initiative.pk) == before
    assert not Introduction.objects.exclude(first_yes_at=None).exists()


def test_what_was_mailed_stays_dead_when_the_account_is_switched_on_again(client, initiative, founder, other):
    address = mailed(Purpose.STILL_TRUE, OTHER, initiative)
    invite(initiative, "tweede@voorbeeld.nl", by=other)
    client.force_login(factories.person(role=Role.MANAGER))
    page = reverse("admin:registry_user_change", args=[other.pk])
    client.post(page, {"email": OTHER})
    client.post(page, {"email": OTHER, "is_active": "on"})
    other.refresh_from_db()
    assert other.is_active
    assert not Proof.objects.usable().exists()
    assert use(address, antwoord="gestopt").status_code == 410


def test_an_address_that_staff_change_takes_its_links_along(client, initiative, founder, other):
    links = [mailed(Purpose.INVITE, email, factories.initiative()) for email in (OTHER, ALIAS)]
    client.force_login(factories.person(role=Role.MANAGER))
    page = reverse("admin:registry_user_change", args=[other.pk])
    client.post(page, {"email": "nieuw@voorbeeld.nl", "is_active": "on"})
    assert [use(link).status_code for link in links] == [410, 410]


def test_an_address_that_somebody_changes_takes_its_links_along(initiative, founder, other):
    address = mailed(Purpose.INVITE, OTHER, factories.initiative())
    EmailAddress.objects.filter(user=other, email=ALIAS).delete()
    new = EmailAddress.objects.create(user=other, email="nieuw@voorbeeld.nl")
    client = Client()
    client.post(reverse("account_confirm_email", args=[EmailConfirmationHMAC.create(new).key]))
    other.refresh_from_db()
    assert other.email == "nieuw@voorbeeld.nl"
    assert use(address).status_code == 410


def test_a_deleted_account_leaves_no_link_behind(initiative, founder, other):
    links = [mailed(Purpose.INVITE, email, initiative) for email in (OTHER, ALIAS)]
    invite(initiative, "tweede@voorbeeld.nl", by=other)
    forget(other)
    assert [use(link).status_code for link in links] == [410, 410]
    assert not Proof.objects.usable().exists()
    assert owners(initiative) == {FOUNDER}


def test_a_question_about_a_page_that_went_is_asked_no_more(initiative, founder):
    links = [mailed(purpose, FOUNDER, initiative) for purpose in (Purpose.STILL_TRUE, Purpose.INTRODUCE)]
    Initiative.objects.filter(pk=initiative.pk).update(status=Status.WITHDRAWN)
    assert [use(link, antwoord="ja").status_code for link in links] == [410, 410]


def test_a_registration_is_confirmed_once_though_its_code_was_mailed_twice():
    made, _proof = signup.register({"name": "Soep"}, email=OTHER)
    again = mailed(Purpose.REGISTER, OTHER, made)
    proof = Proof.objects.filter(initiative=made).latest("pk")
    signup.confirm(Proof.objects.filter(initiative=made).earliest("pk"))
    assert use(again).status_code == 410
    assert not Proof.objects.usable().filter(pk=proof.pk).exists()
