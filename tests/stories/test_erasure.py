"""Somebody goes: by person, whatever addresses they had, out of every column that can hold one."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from registry.community import reminders
from registry.mail import letters, troubles, verification
from registry.models import (
    ContactMessage,
    Decision,
    Export,
    Initiative,
    Introduction,
    MailTrouble,
    Notice,
    Proof,
    Role,
    SavedSearch,
    SearchMiss,
    Status,
    User,
)
from registry.moderation.decisions import decide
from registry.personal_data import forget
from registry.proposals.proposals import propose
from registry.registration.signup import register
from survey.models import FollowedRound
from tests import factories
from tests.stories.kept import left_of
from tests.survey import making

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = "wis@voorbeeld.nl", "wilma.wis@voorbeeld.nl", "w.wis@voorbeeld.nl"
NAME, PHONE = "Wilma Wis", "06-12345678"
PASSWORD = "een-lang-wachtwoord"
SAID = f"Bel {NAME} op 06 12 34 56 78 of mail {FIRST}."


def by_mail(client, address, mailoutbox):
    """Change the address at /account/email/, as its owner does."""
    client.post("/account/email/", {"email": address, "action_add": "1"}, follow=True)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/account/email/"})
    letter = next(one for one in reversed(mailoutbox) if one.to == [address])
    link = re.search(r"https?://[^/]+(/account/confirm-email/\S+)", letter.message)[1]
    client.post(link)


@pytest.fixture
def life(mailoutbox):
    """All that can hold somebody, made while Wilma had her first address."""
    pages = [
        factories.initiative(
            name, slug=slug, contact_email=FIRST, contact_name=NAME, contact_phone=PHONE, **fields
        )
        for name, slug, fields in (
            ("Buurttuin", "buurttuin", {"description": SAID, "is_contact_public": True}),
            ("Theeschenkerij", "thee", {"status": Status.SUBMITTED}),
        )
    ]
    user = factories.owner(pages[0], FIRST)
    EmailAddress.objects.create(user=user, email=FIRST, verified=True, primary=True)
    pages[1].ownerships.create(user=user)
    editor = factories.person("collega@voorbeeld.nl", role=Role.EDITOR)
    other = factories.initiative("Keuken", slug="keuken", contact_email="keuken@voorbeeld.nl")
    propose(pages[0], {"summary": SAID, "contact_phone": "0612345679"}, by=user, note=SAID)
    decide(pages[1], Status.NEEDS_MORE, by=editor, reason=f"Gesproken met {NAME}, {FIRST}.")
    factories.case("Zo ging het", initiative=pages[0], result=SAID)
    pages[0].mentions.create(event="Festival", quote=SAID)
    factories.link(pages[0], factories.bottleneck("R1"), stated_by=NAME, explanation=SAID)
    Introduction.objects.create(first=pages[0], second=other, why=SAID)
    Notice.objects.create(kind="melding", page="/", text=SAID, email=FIRST, outcome=SAID)
    ContactMessage.objects.create(initiative=other, sender_name=NAME, sender_email=FIRST, text=SAID)
    letters.send(
        "bericht-aan-initiatief",
        "keuken@voorbeeld.nl",
        reply_to=FIRST,
        initiatief="Keuken",
        naam=NAME,
        bericht=SAID,
        adres="https://voorbeeld.nl/",
    )
    letters.post(letters.Letter("Dag", SAID), "keuken@voorbeeld.nl")
    SavedSearch.objects.create(email=FIRST, label=NAME, confirmed_at=timezone.now())
    FollowedRound.objects.create(round=making.round(), email=FIRST, confirmed_at=timezone.now())
    troubles.note(FIRST, "5.1.1", f"550 {FIRST} unknown")
    verification.issue(Proof.Purpose.FOLLOW, FIRST)
    register({"name": "Nooit bevestigd", "summary": SAID, "contact_phone": PHONE}, email=FIRST)
    LogEntry.objects.create(
        user=editor, action_flag=CHANGE, object_id="1", object_repr=NAME, change_message=SAID
    )
    Export.objects.create(what="personen", kind="csv", query="q=wis%40voorbeeld.nl")
    SearchMiss.objects.create(words=NAME.lower(), count=1, last_on=timezone.localdate())
    factories.organisation(name="Stichting", contact_email=FIRST, description=SAID)
    return user, pages


def test_who_changed_address_twice_is_erased_whole(life, mailoutbox):
    user, pages = life
    client = Client()
    client.post(reverse("account_login"), {"login": FIRST, "password": PASSWORD})
    by_mail(client, SECOND, mailoutbox)
    assert User.objects.get(pk=user.pk).email == SECOND
    manager = Client()
    manager.force_login(factories.person("beheer@voorbeeld.nl", role=Role.MANAGER))
    manager.post(
        reverse("admin:registry_user_change", args=[user.pk]),
        {"email": THIRD, "is_active": "on", "name": NAME},
    )
    assert User.objects.get(pk=user.pk).email == THIRD
    # What was followed, and who can be written to, went along.
    assert set(Initiative.objects.exclude(contact_email="").values_list("contact_email", flat=True)) == {
        THIRD,
        FIRST,  # of what was never confirmed
        "keuken@voorbeeld.nl",
    }
    for model in (SavedSearch, FollowedRound, Notice):
        assert list(model.objects.values_list("email", flat=True)) == [THIRD]
    assert not MailTrouble.objects.exists()

    client = Client()
    client.post(reverse("account_login"), {"login": THIRD, "password": PASSWORD})
    kept = client.get(reverse("registry:my-data") + "?bestand=1").json()
    assert kept["account"]["eerdere e-mailadressen"] == f"{SECOND}, {FIRST}"
    assert {"Buurttuin", "Theeschenkerij"} <= set(kept["contactpersoon bij"])
    for what in ("meldingen", "berichten", "gevolgde filters", "gevolgde metingen", "e-mails aan u"):
        assert kept[what], what
    assert any("esluiten" in place for place in kept["u wordt genoemd in"])
    assert left_of(FIRST, SECOND, THIRD, NAME, "12345678", "12 34 56 78")

    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("registry:my-data-delete"))
    assert not User.objects.filter(pk=user.pk).exists()
    assert left_of(FIRST, SECOND, THIRD, NAME, "12345678", "12 34 56 78", "wis%40") == set()
    # The pages stay, and what was decided, without her.
    assert set(Initiative.objects.values_list("name", flat=True)) == {"Buurttuin", "Theeschenkerij", "Keuken"}
    assert (
        Decision.objects.get(to_status=Status.NEEDS_MORE).reason
        == "Gesproken met (verwijderd), (verwijderd)."
    )
    assert Initiative.objects.get(slug="buurttuin").description == (
        "Bel (verwijderd) op (verwijderd) of mail (verwijderd)."
    )
    # And nobody writes to her any more.
    before = Email.objects.count()
    decide(pages[1], Status.PUBLISHED, by=None)
    assert Initiative.objects.get(slug="thee").mailboxes == []
    assert Email.objects.count() == before


def test_an_address_that_is_somebody_elses_by_now_is_left_to_them(life):
    user, _pages = life
    User.objects.filter(pk=user.pk).update(email=SECOND)
    user.refresh_from_db()
    user.save()
    EmailAddress.objects.filter(user=user).delete()
    SavedSearch.objects.update(email=SECOND)
    factories.person(FIRST)
    SavedSearch.objects.create(email=FIRST, label="Van een ander")
    client = Client()
    client.post(reverse("account_login"), {"login": SECOND, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("registry:my-data-delete"))
    assert list(SavedSearch.objects.values_list("label", flat=True)) == ["Van een ander"]
    assert User.objects.filter(email=FIRST).exists()


def test_a_name_of_one_word_and_what_others_are_called_stay():
    page = factories.initiative(
        "Roos", contact_email=FIRST, contact_name="Roos", description="Een roos in de wijk."
    )
    owner = factories.owner(page, FIRST)
    elsewhere = factories.initiative("Hof", description="Met Buurt Samen en Roos.")
    Initiative.objects.filter(pk=page.pk).update(contact_name="Buurt Samen")
    client = Client()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")

    forget(owner)
    page.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (page.name, page.description, page.contact_name) == ("Roos", "Een roos in de wijk.", "")
    assert elsewhere.description == "Met Buurt Samen en Roos."


def test_the_link_of_before_a_change_of_address_says_where_to_go(mailoutbox):
    page = factories.initiative(
        "Buurttuin", slug="buurttuin", published_at=timezone.now() - timedelta(days=800)
    )
    user = factories.owner(page, FIRST)
    EmailAddress.objects.create(user=user, email=FIRST, verified=True, primary=True)
    reminders.send(limit=1)
    old = re.search(r"(/bevestigen/[\w-]+/)", mailoutbox[-1].message)[1]
    client = Client()
    client.post(reverse("account_login"), {"login": FIRST, "password": PASSWORD})
    by_mail(client, SECOND, mailoutbox)
    for visitor in (Client(), Client()):
        answer = visitor.post(old, {"antwoord": "klopt"})
        assert answer.status_code == 410
        assert "Log in met het nieuwe e-mailadres" in answer.text
        assert SECOND not in answer.text
        assert "_auth_user_id" not in visitor.session
    anew = [one for one in mailoutbox if one.to == [SECOND] and "nog?" in one.subject]
    assert len(anew) == 1
    Client().post(re.search(r"(/bevestigen/[\w-]+/)", anew[0].message)[1], {"antwoord": "klopt"})
    assert Initiative.objects.get().confirmed_on == timezone.localdate()


def staff_client(email, role):
    person = factories.person(email, role=role)
    client = Client()
    client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    return client, person


def test_a_manager_closes_the_account_of_a_colleague_and_what_was_decided_stays(mailoutbox, settings):
    settings.STAFF_MFA_REQUIRED = False
    client, manager = staff_client("beheer@voorbeeld.nl", Role.MANAGER)
    colleague = factories.person("collega@voorbeeld.nl", role=Role.EDITOR, name="Kees Collega")
    page = factories.initiative(status=Status.SUBMITTED)
    decide(page, Status.PUBLISHED, by=colleague, reason="Goed.")
    own = Client()
    own.force_login(colleague)
    assert "verwijdert een beheerder" in own.get(reverse("registry:my-data")).text
    door = reverse("admin:registry_user_delete", args=[colleague.pk])
    assert door in client.get(reverse("admin:registry_user_change", args=[colleague.pk])).text
    assert "reauthenticate" in client.post(door, {"post": "yes"}).url
    assert User.objects.filter(pk=colleague.pk).exists()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(door).status_code == 200
    client.post(door, {"post": "yes"})
    assert not User.objects.filter(pk=colleague.pk).exists()
    decision = Decision.objects.get()
    assert (decision.by, decision.to_status, decision.reason) == (None, Status.PUBLISHED, "Goed.")
    assert left_of("Kees Collega") == set()
    [told] = [one for one in mailoutbox if one.to == ["collega@voorbeeld.nl"]]
    assert "Uw account is verwijderd." in told.message
    # Nobody closes their own, or the last one that can let others in.
    assert (
        client.post(reverse("admin:registry_user_delete", args=[manager.pk]), {"post": "yes"}).status_code
        == 403
    )
