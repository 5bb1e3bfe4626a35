"""A login or a change of two steps, when something happens to the account between them."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from registry.models import Role, User
from registry.personal_data import forget
from registry.views.proof import BACKEND
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD, NEW = "een-lang-wachtwoord", "koe-fiets-polder-9"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def person():
    made = factories.person("trekker@voorbeeld.nl")
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


@pytest.fixture
def manager():
    browser = Client()
    browser.force_login(factories.person("beheer@flevoland.example", role=Role.MANAGER))
    return browser


def gone(manager, person):
    forget(User.objects.get(pk=person.pk))


def off(manager, person):
    manager.post(reverse("admin:registry_user_change", args=[person.pk]), {"email": person.email})


def staff(manager, person):
    role = Group.objects.get(name=Role.EDITOR).pk
    given = {"email": person.email, "is_active": "on", "is_staff": "on", "groups": [role]}
    manager.post(reverse("admin:registry_user_change", args=[person.pk]), given)


def by_sql(manager, person):
    User.objects.filter(pk=person.pk).update(is_staff=True)


def another_password(manager, person):
    words = {"password1": NEW, "password2": NEW, "set-password": "1"}
    manager.post(reverse("admin:auth_user_password_change", args=[person.pk]), words)


def _code(browser, person, mailbox):
    browser.post("/account/login/code/", {"email": person.email})
    code = re.search(r"\n\n(\S{6,})\n\n", mailbox[-1].message)[1]
    return lambda: browser.post("/account/login/code/confirm/", {"code": code}, follow=True)


def _second_step(browser, person, mailbox):
    Authenticator.objects.create(user=person, type="totp", data={"secret": SECRET})
    first = browser.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert first["Location"] == reverse("mfa_authenticate")

    def act():
        code = format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time())))
        return browser.post(reverse("mfa_authenticate"), {"code": code}, follow=True)

    return act


def _reset(browser, person, mailbox):
    browser.post("/account/password/reset/", {"email": person.email})
    link = re.search(r"(/account/password/reset/key/\S+)", mailbox[-1].message)[1]
    form = browser.get(link)["Location"]
    return lambda: browser.post(form, {"password1": NEW, "password2": NEW}, follow=True)


def _confirm_address(browser, person, mailbox):
    browser.post("/account/login/", {"login": person.email, "password": PASSWORD})
    browser.post("/account/email/", {"email": "nieuw@voorbeeld.nl", "action_add": "1"})
    browser.post("/account/reauthenticate/", {"password": PASSWORD, "next": "/account/email/"})
    link = re.search(r"(/account/confirm-email/\S+)", mailbox[-1].message)[1]
    browser.post("/account/logout/")
    return lambda: browser.post(link, follow=True)


def _password_again(browser, person, mailbox):
    browser.post("/account/login/", {"login": person.email, "password": PASSWORD})
    return lambda: browser.post(
        "/account/reauthenticate/", {"password": PASSWORD, "next": "/account/email/"}, follow=True
    )


def _code_again(browser, person, mailbox):
    person.set_unusable_password()
    person.save()
    browser.force_login(person, backend=BACKEND)
    browser.get("/account/code/")
    code = re.search(r"\n\n(\S{6,})\n\n", mailbox[-1].message)[1]
    return lambda: browser.post("/account/code/", {"code": code, "next": "/account/email/"}, follow=True)


def _set_up_second_step(browser, person, mailbox):
    browser.post("/account/login/", {"login": person.email, "password": PASSWORD})
    browser.get(reverse("mfa_activate_totp"))
    return lambda: browser.post(reverse("mfa_activate_totp"), {"code": "123456"}, follow=True)


FLOWS = [_code, _second_step, _reset, _confirm_address, _password_again, _code_again, _set_up_second_step]


@pytest.mark.parametrize(
    "happens", [gone, off, staff, by_sql, another_password], ids=lambda one: one.__name__
)
@pytest.mark.parametrize("flow", FLOWS, ids=lambda one: one.__name__)
def test_the_second_step_does_not_go_on(flow, happens, person, manager, mailoutbox):
    browser = Client()
    act = flow(browser, person, mailoutbox)
    happens(manager, person)
    after = User.objects.filter(pk=person.pk).values("email", "password").first()
    answer = act()
    assert answer.status_code in (200, 404)
    kept = User.objects.filter(pk=person.pk).values("email", "password").first()
    if happens is by_sql:
        # No manager did this: a password and a second step of their own are still worth what they were.
        assert not is_in(browser) or flow not in (_code, _reset, _confirm_address)
        return
    if (flow, happens) == (_code, another_password):
        return  # the mailbox is a way in of its own, and is still theirs
    assert not is_in(browser)
    assert kept == after or (flow, happens) == (_confirm_address, another_password)


def is_in(browser):
    return browser.get("/mijn/").status_code == 200


@pytest.mark.parametrize("happens", [gone, off], ids=lambda one: one.__name__)
def test_a_code_of_an_account_that_is_gone_is_refused_in_words(happens, person, manager, mailoutbox):
    browser = Client()
    act = _code(browser, person, mailoutbox)
    happens(manager, person)
    assert "Deze code werkt niet meer." in act().text
    assert browser.get("/account/login/").status_code == 200


@pytest.mark.parametrize(
    "flow", [_code, _second_step, _reset, _confirm_address], ids=lambda one: one.__name__
)
def test_when_nothing_happens_it_goes_on(flow, person, mailoutbox):
    browser = Client()
    flow(browser, person, mailoutbox)()
    person.refresh_from_db()
    if flow in (_code, _second_step):
        assert browser.session["_auth_user_id"] == str(person.pk)
    else:
        assert person.email == "nieuw@voorbeeld.nl" or person.check_password(NEW)
