"""Each way in is as strong as the strongest: what a mailbox, an old session or an old link is worth."""

import os
import re
import subprocess
import sys

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings as site_settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver, reverse

from registry.models import Role, User
from registry.views.proof import BACKEND
from tests import factories
from tests.reading import tight

pytestmark = pytest.mark.django_db
PASSWORD = "een-lang-wachtwoord"
NEW = "koe-fiets-polder-9"


@pytest.fixture
def editor():
    return factories.person("redacteur@flevoland.example", role=Role.EDITOR)


@pytest.fixture
def owner():
    """Somebody without a password, as people are who keep a page."""
    made = User.objects.create_user("trekker@voorbeeld.nl")
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def second_step(user):
    return Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})


def log_in(client, user):
    return client.post("/account/login/", {"login": user.email, "password": PASSWORD})


def reset_link(client, user, mailbox):
    client.post("/account/password/reset/", {"email": user.email})
    found = re.search(r"(/account/password/reset/key/\S+)", mailbox[-1].message)
    return found and found[1]


def choose(client, link):
    form = client.get(link, follow=True)
    if not form.redirect_chain:
        return form
    return client.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW}, follow=True)


# A mailbox alone


def test_a_mailbox_alone_gives_staff_no_new_password(client, editor, mailoutbox):
    known = client.post("/account/password/reset/", {"email": editor.email}, follow=True)
    unknown = client.post("/account/password/reset/", {"email": "wie@voorbeeld.nl"}, follow=True)
    assert (known.status_code, known.redirect_chain) == (unknown.status_code, unknown.redirect_chain)
    assert [letter.subject for letter in mailoutbox] == ["Inloggen bij Samen Buurten"] * 2
    assert mailoutbox[0].message == mailoutbox[1].message


def test_recovery_codes_alone_are_no_second_step(client, editor, mailoutbox, settings):
    Authenticator.objects.create(user=editor, type="recovery_codes", data={"migrated_codes": []})
    assert reset_link(client, editor, mailoutbox) is None
    log_in(client, editor)
    settings.STAFF_MFA_REQUIRED = True
    assert client.get("/beheer/")["Location"] == reverse("mfa_activate_totp")


def test_a_reset_does_not_go_round_the_second_step(client, editor, mailoutbox):
    second_step(editor)
    choose(client, reset_link(client, editor, mailoutbox))
    assert "_auth_user_id" not in client.session
    answer = client.post("/account/login/", {"login": editor.email, "password": NEW})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_a_reset_link_of_before_does_not_work_for_who_became_staff(client, mailoutbox):
    user = factories.person("trekker@voorbeeld.nl")
    link = reset_link(client, user, mailoutbox)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    assert "Deze link werkt niet meer." in choose(client, link).text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_code_of_before_does_not_log_in_who_became_staff(client, owner, mailoutbox):
    client.post("/account/login/code/", {"email": owner.email})
    code = re.search(r"\n\n(\S{6,})\n\n", mailoutbox[-1].message)[1]
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    client.post("/account/login/code/confirm/", {"code": code})
    assert "_auth_user_id" not in client.session
    User.objects.filter(pk=owner.pk).update(is_staff=False)


def test_a_reset_ends_the_sessions_that_ran(client, mailoutbox):
    user = factories.person("trekker@voorbeeld.nl")
    elsewhere = Client()
    log_in(elsewhere, user)
    assert elsewhere.get("/mijn/").status_code == 200
    choose(client, reset_link(client, user, mailoutbox))
    assert elsewhere.get("/mijn/").status_code == 302


# The second step


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, True),
        ({"PLAIN_HTTP": "true"}, False),
        ({"PLAIN_HTTP": "true", "STAFF_MFA_REQUIRED": "true"}, True),
        ({"STAFF_MFA_REQUIRED": "false"}, False),
    ],
)
def test_a_second_step_is_required_unless_this_is_a_machine_by_itself(given, expected):
    """Asked of a process of its own: the settings are read once."""
    shown = "from samenbuurten import settings; print(settings.STAFF_MFA_REQUIRED)"
    kept = {
        name: value for name, value in os.environ.items() if name not in ("PLAIN_HTTP", "STAFF_MFA_REQUIRED")
    }
    done = subprocess.run(
        [sys.executable, "-c", shown],
        env=kept | {"SECRET_KEY": "x"} | given,
        cwd=site_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(expected)


@pytest.mark.parametrize(("required", "told"), [(True, False), (False, True)])
def test_the_deploy_check_says_when_it_is_off(settings, capsys, required, told):
    settings.STAFF_MFA_REQUIRED = required
    call_command("check", deploy=True, tags=["security"], fail_level="CRITICAL")
    assert ("samenbuurten.W002" in capsys.readouterr().err) is told


def addresses():
    """Every page that takes no key, and the pages of people."""
    for name, pattern in sorted(get_resolver().reverse_dict.items(), key=str):
        if isinstance(name, str) and not pattern[0][0][1]:
            yield f"/{pattern[0][0][0]}"
    yield from (reverse("admin:registry_initiative_changelist"), reverse("admin:survey_round_add"))
    yield from (
        "/beheer/",
        "/beheer/autocomplete/",
        "/beheer/niets/",
        "/account/email/",
        "/mijn/",
        "/mijn/gegevens/",
    )
    yield from ("/account/password/change/", "/account/2fa/recovery-codes/generate/")


WAY_OUT = [
    "/account/login/",
    "/account/logout/",
    "/account/2fa/",
    "/account/2fa/authenticate/",
    "/account/2fa/recovery-codes/",  # 404: there are none yet
    "/account/reauthenticate/",
]


def test_without_it_staff_are_visitors_on_every_page(client, editor, settings):
    log_in(client, editor)
    settings.STAFF_MFA_REQUIRED = True
    seen = set()
    for page in addresses():
        response = client.get(page)
        if page.startswith(("/beheer/", "/account/", "/mijn/")):
            assert (response.status_code, response.get("Location", "")) in {
                (302, reverse("mfa_activate_totp")),
                (302, f"{reverse('account_reauthenticate')}?next=%2Faccount%2F2fa%2Ftotp%2Factivate%2F"),
            } or page in WAY_OUT, page
            seen.add(page)
        elif response.context and "user" in response.context:
            assert not response.context["user"].is_authenticated, page
    assert len(seen) > 10


def test_who_was_let_in_by_mail_and_became_staff_logs_in_again(client, owner, settings):
    client.force_login(owner, backend=BACKEND)
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    owner.groups.add(Group.objects.get(name=Role.MANAGER))
    settings.STAFF_MFA_REQUIRED = True
    for page in ("/account/2fa/totp/activate/", "/beheer/", "/mijn/"):
        client.force_login(owner, backend=BACKEND)
        assert client.get(page)["Location"] == "/account/login/"
        assert "_auth_user_id" not in client.session


def test_the_way_on_for_a_new_member_of_staff(client, settings, capsys):
    """A password from the manager (or from create_first_account), then the second step, then in."""
    settings.STAFF_MFA_REQUIRED = True
    call_command("create_first_account")
    words = re.search(r"E-mailadres: (\S+)  Wachtwoord: (\S+)", capsys.readouterr().out)
    client.post("/account/login/", {"login": words[1], "password": words[2]})
    asked = client.get("/beheer/", follow=True)
    page = client.post(asked.redirect_chain[-1][0], {"password": words[2]}, follow=True)
    assert ">Tweede stap aanzetten</h1>" in tight(page.text)
    second_step(User.objects.get(email=words[1]))
    assert client.get("/beheer/").status_code == 200


# What ends


def test_an_account_that_is_switched_off_is_out_at_once(client, editor):
    log_in(client, editor)
    assert client.get("/beheer/").status_code == 200
    User.objects.filter(pk=editor.pk).update(is_active=False)
    assert client.get("/beheer/").status_code == 302
    assert log_in(client, editor)["Location"] == "/account/inactive/"


def test_a_role_that_is_taken_away_is_gone_at_once(client, editor):
    log_in(client, editor)
    page = reverse("admin:registry_initiative_changelist")
    assert client.get(page).status_code == 200
    editor.groups.clear()
    assert client.get(page).status_code == 403
    User.objects.filter(pk=editor.pk).update(is_staff=False)
    assert client.get(page).status_code in (302, 403)


# Another address


def asks(client, address="nieuw@voorbeeld.nl"):
    return client.post("/account/email/", {"email": address, "action_add": "1"}, follow=True)


def test_another_address_asks_for_the_password_and_tells_the_old_one(client, editor, mailoutbox):
    log_in(client, editor)
    asked = asks(client)
    assert asked.redirect_chain[-1][0].startswith("/account/reauthenticate/")
    assert not EmailAddress.objects.filter(email="nieuw@voorbeeld.nl").exists()
    assert mailoutbox == []
    client.post("/account/reauthenticate/", {"password": "fout", "next": "/account/email/"})
    assert mailoutbox == []
    client.post("/account/reauthenticate/", {"password": PASSWORD, "next": "/account/email/"})
    assert [letter.to[0] for letter in mailoutbox] == [editor.email, "nieuw@voorbeeld.nl"]
    assert mailoutbox[0].subject == "Er is iets gewijzigd aan uw account bij Samen Buurten"
    link = re.search(r"(/account/confirm-email/\S+)", mailoutbox[-1].message)[1]
    client.post(link)
    editor.refresh_from_db()
    assert editor.email == "nieuw@voorbeeld.nl"
    assert mailoutbox[-1].to == ["redacteur@flevoland.example"]


def code_in(letter):
    return re.search(r"\n\n(\S{6,})\n\n", letter.message)[1]


def test_without_a_password_the_old_mailbox_is_asked_for_a_code(client, owner, mailoutbox):
    client.force_login(owner, backend=BACKEND)
    asked = asks(client)
    page = asked.redirect_chain[-1][0]
    assert page.startswith("/account/code/")
    assert [letter.to for letter in mailoutbox] == [[owner.email]]
    wrong = client.post(page, {"code": "fout", "next": "/account/email/"})
    assert "Deze code klopt niet of werkt niet meer." in wrong.text
    assert 'value="fout"' in wrong.text
    assert not EmailAddress.objects.filter(email="nieuw@voorbeeld.nl").exists()
    client.post(page, {"code": code_in(mailoutbox[0]).lower(), "next": "/account/email/"})
    assert EmailAddress.objects.filter(email="nieuw@voorbeeld.nl", verified=False).exists()
    assert [letter.to[0] for letter in mailoutbox[1:]] == [owner.email, "nieuw@voorbeeld.nl"]


def test_a_code_for_that_is_tried_three_times(client, owner, mailoutbox):
    client.force_login(owner, backend=BACKEND)
    page = asks(client).redirect_chain[-1][0]
    right = code_in(mailoutbox[0])
    for _try in range(3):
        client.post(page, {"code": "fout", "next": "/account/email/"})
    client.post(page, {"code": right, "next": "/account/email/"})
    assert not EmailAddress.objects.filter(email="nieuw@voorbeeld.nl").exists()


@pytest.mark.parametrize("page", ["/account/password/set/", "/account/2fa/totp/activate/"])
def test_a_session_alone_sets_no_password_and_no_second_step(client, owner, page):
    client.force_login(owner, backend=BACKEND)
    for answer in (client.get(page), client.post(page, {"password1": NEW, "password2": NEW})):
        assert answer["Location"].startswith("/account/code/")
    owner.refresh_from_db()
    assert not owner.has_usable_password()
