"""What a manager changes of somebody's way in is told and logged, through whichever door."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from registry.mail import budget
from registry.mail.wording import frame
from registry.models import Role, User
from registry.personal_data import forget
from tests import factories
from tests.mail import words

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OLD, NEW = "oud@voorbeeld.nl", "nieuw@voorbeeld.nl"
WORDS = {"password1": "wei-sloot-dijk-77", "password2": "wei-sloot-dijk-77", "set-password": "1"}


@pytest.fixture
def manager(client):
    user = factories.person("beheer@flevoland.example", role=Role.MANAGER, name="Bea Beheer")
    client.force_login(user)
    return user


@pytest.fixture
def person():
    made = factories.person(OLD, role=Role.EDITOR)
    made.groups.add(Group.objects.get(name=Role.RESEARCHER))
    Authenticator.objects.create(user=made, type="totp", data={"secret": "x"})
    return made


def page(person):
    return reverse("admin:registry_user_change", args=[person.pk])


def as_it_is(person, **changes):
    """What the form sends when only these change; None leaves a box unticked."""
    given = {
        "email": person.email,
        "name": person.name,
        "municipality": person.municipality_id or "",
        "is_active": "on" if person.is_active else None,
        "is_staff": "on" if person.is_staff else None,
        "is_superuser": "on" if person.is_superuser else None,
        "groups": [group.pk for group in person.groups.all()],
    } | changes
    return {name: value for name, value in given.items() if value is not None}


def changes(**fields):
    return lambda client, person: client.post(page(person), as_it_is(person, **fields))


def a_password(client, person):
    client.post(reverse("admin:auth_user_password_change", args=[person.pk]), WORDS)


def no_password(client, person):
    client.post(
        reverse("admin:auth_user_password_change", args=[person.pk]),
        {"usable_password": "false", "unset-password": "1"},
    )


def no_second_step(client, person):
    chosen = {"action": "remove_second_step", "_selected_action": [person.pk]}
    client.post(reverse("admin:registry_user_changelist"), chosen)


def a_municipality(client, person):
    factories.municipality()
    changes(municipality="GM0995")(client, person)


def no_roles(client, person):
    changes(groups=[])(client, person)


def another_role(client, person):
    groups = [group.pk for group in person.groups.all()]
    changes(groups=[*groups, Group.objects.get(name=Role.MUNICIPALITY_EDITOR).pk],
            municipality=factories.municipality().pk)(client, person)  # fmt: skip


def removed(client, person):
    client.post(reverse("account_reauthenticate"), {"password": "een-lang-wachtwoord"})
    client.post(reverse("admin:registry_user_delete", args=[person.pk]), {"post": "yes"})


DOORS = {
    "email": (changes(email=NEW), [f"Uw e-mailadres is gewijzigd van {OLD} in {NEW}."]),
    "off": (changes(is_active=None), ["Uw account is uitgezet."]),
    "no staff": (changes(is_staff=None), ["U mag niet meer in het beheer."]),
    "superuser": (changes(is_superuser="on"), ["U mag nu alles in het beheer."]),
    "no roles": (
        no_roles,
        ["U hebt deze rol niet meer: onderzoeker.", "U hebt deze rol niet meer: redacteur."],
    ),
    "role": (another_role, ["U hebt deze rol gekregen: gemeenteredacteur.", "Uw gemeente is nu: Lelystad."]),
    "municipality": (a_municipality, ["Uw gemeente is nu: Lelystad."]),
    "password": (a_password, ["Er is een nieuw wachtwoord ingesteld."]),
    "no password": (no_password, ["U hebt geen wachtwoord dat werkt. Een beheerder geeft u een nieuw wachtwoord."]),
    "second step": (no_second_step, ["De tweede stap van het inloggen is gewist."]),
    "deleted": (removed, ["Uw account is verwijderd."]),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_every_change_is_told_and_logged(client, person, door, caplog):
    boss = factories.person(is_staff=True, is_superuser=True, name="Bea Beheer")
    client.force_login(boss)
    act, told = DOORS[door]
    key = person.pk
    act(client, person)
    letters = list(Email.objects.order_by("to"))
    assert [letter.to for letter in letters] == ([[NEW], [OLD]] if door == "email" else [[OLD]])
    for letter in letters:
        assert re.findall(r"^- (.+(?:\n  .+)*)$", letter.message, re.MULTILINE) == [
            frame.wrapped(f"- {one}")[2:] for one in told
        ]
        assert "Een beheerder heeft op " in words(letter)
        assert "Bea" not in letter.message
        assert "/laat-weten/" in letter.message
    entry = LogEntry.objects.get(change_message=" ".join(told))
    assert (entry.user, entry.object_id, entry.content_type.model) == (boss, str(key), "user")
    lines = [
        record.getMessage() for record in caplog.records if record.name == "registry.accounts.staff_access"
    ]
    assert len(lines) == 1
    assert lines[0].startswith(f"Person {boss.pk} changed the access of person {key}: ")
    assert "@" not in lines[0]


def test_what_is_no_way_in_is_not_told(client, manager, person):
    client.post(page(person), as_it_is(person, name="Een andere naam", wants_digest="on"))
    person.refresh_from_db()
    assert person.name == "Een andere naam"
    assert not Email.objects.exists()


def test_what_is_refused_is_not_told(client, manager, person):
    client.post(page(person), as_it_is(person, email="geen adres"))
    client.post(reverse("admin:auth_user_password_change", args=[person.pk]), WORDS | {"password2": "anders"})
    boss = factories.person(is_staff=True, is_superuser=True)
    no_second_step(client, boss)
    a_password(client, boss)
    assert not Email.objects.exists()


def test_it_is_told_whatever_was_mailed_before(client, manager, person, monkeypatch):
    monkeypatch.setattr(budget, "MAILBOX", ((0, 3600),))
    monkeypatch.setattr(budget, "_is_staff", lambda request: False)
    changes(email=NEW)(client, person)
    assert Email.objects.count() == 2


def test_what_is_kept_of_it_is_erased_with_the_person(client, manager, person):
    changes(is_staff=None, groups=[])(client, person)
    changes(email=NEW)(client, person)
    forget(User.objects.get(pk=person.pk))
    assert LogEntry.objects.exists()
    for entry in LogEntry.objects.all():
        assert "@" not in entry.object_repr + entry.change_message


# Somebody who gets rights


def rights(**fields):
    return {"is_staff": "on", "groups": [Group.objects.get(name=Role.EDITOR).pk]} | fields


def as_owner():
    made = factories.owner(factories.initiative(), "trekker@voorbeeld.nl")
    browser = Client()
    browser.post("/account/login/", {"login": made.email, "password": "een-lang-wachtwoord"})
    assert browser.get("/mijn/").status_code == 200
    return made, browser


@pytest.mark.parametrize("given", [{}, {"groups": []}, {"is_staff": None}], ids=["both", "staff", "role"])
def test_who_is_promoted_gets_in_anew(client, manager, given):
    owner, browser = as_owner()
    other = Client()
    other.force_login(factories.person())
    client.post(page(owner), as_it_is(owner, **rights(**given)))
    owner.refresh_from_db()
    assert not owner.has_usable_password()
    assert browser.get("/mijn/").status_code == 302
    assert "_auth_user_id" not in browser.session
    assert "Een beheerder geeft u een nieuw wachtwoord." in words(Email.objects.get())
    assert other.get("/mijn/").status_code == 200
    a_password(client, owner)
    owner.refresh_from_db()
    assert owner.check_password(WORDS["password1"])
    client.post(page(owner), as_it_is(owner, **rights(is_staff="on")))
    owner.refresh_from_db()
    assert owner.is_staff
    assert owner.check_password(WORDS["password1"])


def test_a_password_that_a_manager_gave_stays_and_sessions_end(client, manager):
    client.post(reverse("admin:registry_user_add"), {"email": NEW, "name": "N", **WORDS})
    made = User.objects.get(email=NEW)
    browser = Client()
    browser.post("/account/login/", {"login": NEW, "password": WORDS["password1"]})
    assert browser.session["_auth_user_id"] == str(made.pk)
    client.post(page(made), as_it_is(made, **rights()))
    made.refresh_from_db()
    assert made.check_password(WORDS["password1"])
    assert "_auth_user_id" not in browser.session


def test_a_password_that_the_person_chose_since_does_not(client, manager):
    client.post(reverse("admin:registry_user_add"), {"email": NEW, "name": "N", **WORDS})
    made = User.objects.get(email=NEW)
    made.set_password("zelf-gekozen-woord-9")
    made.save()
    client.post(page(made), as_it_is(made, **rights()))
    made.refresh_from_db()
    assert not made.has_usable_password()


def test_another_role_of_who_has_rights_ends_nothing(client, manager, person):
    changes(groups=[Group.objects.get(name=Role.EDITOR).pk])(client, person)
    person.refresh_from_db()
    assert person.check_password("een-lang-wachtwoord")
