import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from registry.models import Role, User
from tests import factories

LOGIN = "/account/login/"


@pytest.fixture
def manager(client, db):
    user = factories.person(role=Role.MANAGER)
    client.force_login(user)
    return user


def change(person):
    return reverse("admin:registry_user_change", args=[person.pk])


@pytest.mark.parametrize("role", [Role.EDITOR, Role.MUNICIPALITY_EDITOR, Role.RESEARCHER])
def test_only_a_manager_manages_people(client, db, role):
    client.force_login(factories.person(role=role))
    other = factories.person()
    for page in (
        reverse("admin:registry_user_changelist"),
        reverse("admin:registry_user_add"),
        change(other),
        reverse("admin:registry_user_history", args=[other.pk]),
        reverse("admin:auth_user_password_change", args=[other.pk]),
    ):
        assert client.get(page).status_code == 403


def test_a_manager_makes_an_account_and_sets_a_password(client, manager):
    words = {"password1": "koe-fiets-polder-9", "password2": "koe-fiets-polder-9"}
    client.post(reverse("admin:registry_user_add"), {"email": "Nieuw@Voorbeeld.nl", "name": "N", **words})
    made = User.objects.get(email="nieuw@voorbeeld.nl")
    assert made.check_password("koe-fiets-polder-9")
    assert (made.is_staff, made.is_superuser) == (False, False)
    page = reverse("admin:auth_user_password_change", args=[made.pk])
    client.post(
        page, {"password1": "wei-sloot-dijk-77", "password2": "wei-sloot-dijk-77", "set-password": "1"}
    )
    made.refresh_from_db()
    assert made.check_password("wei-sloot-dijk-77")
    text = client.get(change(made)).content.decode()
    assert made.password not in text
    assert "Wachtwoord wijzigen" in text


def test_a_manager_makes_no_superuser_and_gives_no_rights_above_their_own(client, manager):
    above = Group.objects.create(name="alles")
    above.permissions.add(Permission.objects.get(codename="delete_municipality"))
    person = factories.person(role=Role.EDITOR)
    form = client.get(change(person)).context["adminform"].form
    assert sorted(group.name for group in form.fields["groups"].queryset) == sorted(Role.values)
    assert "user_permissions" not in form.fields
    data = {"email": person.email, "is_active": "on", "is_staff": "on"}
    response = client.post(change(person), data | {"groups": [above.pk]})
    assert list(response.context["adminform"].form.errors) == ["groups"]
    client.post(change(person), data | {"is_superuser": "on"})
    person.refresh_from_db()
    assert person.is_superuser is False
    assert person.groups.count() == 0


def test_a_manager_cannot_touch_who_may_do_more(client, manager):
    boss = factories.person(is_staff=True, is_superuser=True)
    Authenticator.objects.create(user=boss, type="totp", data={})
    assert client.post(change(boss), {"email": "ik@voorbeeld.nl"}).status_code == 403
    page = reverse("admin:auth_user_password_change", args=[boss.pk])
    words = {"password1": "wei-sloot-dijk-77", "password2": "wei-sloot-dijk-77", "set-password": "1"}
    assert client.post(page, words).status_code == 403
    chosen = {"action": "remove_second_step", "_selected_action": [boss.pk]}
    client.post(reverse("admin:registry_user_changelist"), chosen)
    assert Authenticator.objects.filter(user=boss).exists()


def test_an_old_address_opens_nothing_any_more(client, manager, mailoutbox):
    person = factories.person("oud@voorbeeld.nl", role=Role.EDITOR)
    EmailAddress.objects.create(user=person, email="oud@voorbeeld.nl", primary=True, verified=True)
    data = {"email": "nieuw@voorbeeld.nl", "is_active": "on", "is_staff": "on"}
    client.post(change(person), data | {"groups": [group.pk for group in person.groups.all()]})
    client.logout()
    client.post("/account/password/reset/", {"email": "oud@voorbeeld.nl"})
    assert [letter for letter in mailoutbox if "/password/reset/key/" in letter.message] == []
    answer = client.post(LOGIN, {"login": "oud@voorbeeld.nl", "password": "een-lang-wachtwoord"})
    assert answer.status_code == 200


def test_a_manager_helps_who_lost_their_phone(client, manager):
    person = factories.person(role=Role.EDITOR)
    Authenticator.objects.create(user=person, type="totp", data={})
    chosen = {"action": "remove_second_step", "_selected_action": [person.pk]}
    client.post(reverse("admin:registry_user_changelist"), chosen)
    assert not Authenticator.objects.filter(user=person).exists()


def test_a_municipality_editor_needs_a_municipality(client, manager):
    person = factories.person()
    role = Group.objects.get(name=Role.MUNICIPALITY_EDITOR)
    data = {"email": person.email, "is_active": "on", "is_staff": "on", "groups": [role.pk]}
    response = client.post(change(person), data)
    assert response.context["adminform"].form.errors == {
        "municipality": ["Kies de gemeente van deze gemeenteredacteur."]
    }
    client.post(change(person), data | {"municipality": factories.municipality().pk})
    person.refresh_from_db()
    assert person.municipality_id == "GM0995"


def test_the_admin_sends_to_the_one_login(client, db):
    page = reverse("admin:registry_initiative_changelist")
    response = client.get(page, follow=True)
    assert [address for address, _status in response.redirect_chain][-1] == f"{LOGIN}?next={page}"


def test_who_is_not_staff_never_gets_in(client, db):
    client.force_login(factories.person())
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_the_sixth_wrong_password_is_refused_even_when_it_is_right(client, db):
    person = factories.person(role=Role.EDITOR)
    for _ in range(5):
        wrong = client.post(LOGIN, {"login": person.email, "password": "fout"})
        assert "Het e-mailadres" in wrong.content.decode() or "wachtwoord" in wrong.content.decode()
    right = client.post(LOGIN, {"login": person.email, "password": "een-lang-wachtwoord"})
    assert "_auth_user_id" not in client.session
    assert "Het is te vaak misgegaan." in right.content.decode()


def test_an_old_address_does_not_log_in(client, manager):
    person = factories.person("oud@voorbeeld.nl", role=Role.EDITOR)
    client.logout()
    client.post(LOGIN, {"login": "oud@voorbeeld.nl", "password": "een-lang-wachtwoord"})
    assert client.session["_auth_user_id"] == str(person.pk)
    client.force_login(manager)
    client.post(change(person), {"email": "nieuw@voorbeeld.nl", "is_active": "on", "is_staff": "on"})
    client.logout()
    client.post(LOGIN, {"login": "oud@voorbeeld.nl", "password": "een-lang-wachtwoord"})
    assert "_auth_user_id" not in client.session


def test_a_second_step_can_be_required(client, db, settings):
    person = factories.person(role=Role.EDITOR)
    client.post(LOGIN, {"login": person.email, "password": "een-lang-wachtwoord"})
    page = reverse("admin:registry_initiative_changelist")
    assert client.get(page).status_code == 200
    settings.STAFF_MFA_REQUIRED = True
    for address in (page, reverse("admin:index"), reverse("admin:autocomplete"), "/beheer/bestaat-niet/"):
        response = client.get(address)
        assert (response.status_code, response.url) == (302, reverse("mfa_activate_totp"))
    # The page itself is free; allauth first asks for the password once more.
    again = client.get(reverse("mfa_activate_totp"))
    assert again.url == f"{reverse('account_reauthenticate')}?next=%2Faccount%2F2fa%2Ftotp%2Factivate%2F"
    password = {"password": "een-lang-wachtwoord"}
    assert client.post(again.url, password, follow=True).status_code == 200
    Authenticator.objects.create(user=person, type="totp", data={})
    assert client.get(page).status_code == 200


def test_who_has_a_second_step_needs_it_to_log_in(client, db, settings):
    settings.MFA_TOTP_TOLERANCE = 1  # half a minute may end between reading the code and typing it
    person = factories.person(role=Role.EDITOR)
    password = {"password": "een-lang-wachtwoord"}
    client.post(LOGIN, {"login": person.email, **password})
    activate = client.get(reverse("mfa_activate_totp")).url
    page = client.post(activate, password, follow=True)
    secret = page.context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert set(Authenticator.objects.values_list("user", "type")) == {
        (person.pk, "totp"),
        (person.pk, "recovery_codes"),
    }
    client.logout()
    halfway = client.post(LOGIN, {"login": person.email, **password}, follow=True)
    assert "_auth_user_id" not in client.session
    asked = halfway.redirect_chain[-1][0]
    client.post(asked, {"code": "000000"})
    assert "_auth_user_id" not in client.session
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    client.post(asked, {"code": spare})
    assert client.session["_auth_user_id"] == str(person.pk)


def code_now(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
