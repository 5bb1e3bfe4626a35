import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp

from registry.models import Role
from tests import factories
from tests.mail import words
from tests.reading import tight

pytestmark = pytest.mark.django_db
PASSWORD = "een-lang-wachtwoord"


@pytest.fixture
def editor():
    return factories.person("redacteur@flevoland.example", role=Role.EDITOR)


def logged_in(client, person):
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    return client


def test_nobody_signs_up(client):
    answer = client.post("/account/signup/", {"email": "nieuw@example.nl", "password1": PASSWORD})
    assert "Een account maken kan hier niet" in answer.text
    assert "Vraag uw beheerder om een account." in answer.text


def test_staff_log_in_with_their_address(client, editor):
    answer = client.post("/account/login/", {"login": "Redacteur@Flevoland.example", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/beheer/")


def test_a_wrong_password_is_told_at_the_top_and_keeps_the_address(client, editor):
    text = client.post("/account/login/", {"login": editor.email, "password": "verkeerd"}).text
    assert "Dit is nog niet goed" in text
    assert "Dit e-mailadres en dit wachtwoord horen niet bij elkaar." in text
    assert f'value="{editor.email}"' in text
    assert "placeholder" not in text


@pytest.mark.parametrize(
    ("url", "heading"),
    [
        ("/account/logout/", "Uitloggen"),
        ("/account/password/change/", "Wachtwoord veranderen"),
        ("/account/reauthenticate/", "Bent u het echt?"),
        ("/account/2fa/", "Inloggen in twee stappen"),
        ("/account/email/", "Uw e-mailadres"),
    ],
)
def test_account_pages_wear_the_look_of_the_site(client, editor, url, heading):
    response = logged_in(client, editor).get(url)
    assert f'<h1 class="nl-heading nl-heading--level-1">{heading}</h1>' in tight(response.text)


def test_the_second_step_is_set_up_used_and_taken_off(client, editor, settings):
    settings.MFA_TOTP_TOLERANCE = 1  # half a minute may end between reading the code and typing it
    logged_in(client, editor)
    asked = client.get("/account/2fa/totp/activate/", follow=True)
    assert ">Bent u het echt?</h1>" in tight(asked.text)
    page = client.post(
        asked.redirect_chain[-1][0],
        {"password": PASSWORD, "next": "/account/2fa/totp/activate/"},
        follow=True,
    )
    assert ">Tweede stap aanzetten</h1>" in tight(page.text)
    secret = re.search(r"<code>(\w+)</code>", page.text)[1]
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    done = client.post("/account/2fa/totp/activate/", {"code": code}, follow=True)
    codes = re.findall(r"<li>([0-9a-zA-Z]+)</li>", done.text)
    assert len(codes) == 10

    client.post("/account/logout/")
    asked = client.post("/account/login/", {"login": editor.email, "password": PASSWORD}, follow=True)
    assert ">Tweede stap</h1>" in tight(asked.text)
    assert client.get("/beheer/").status_code == 302
    inside = client.post("/account/2fa/authenticate/", {"code": codes[0]})
    assert (inside.status_code, inside["Location"]) == (302, "/beheer/")
    assert "De tweede stap staat aan." in client.get("/account/2fa/").text
    again = client.get("/account/2fa/totp/deactivate/", follow=True).redirect_chain[-1][0]
    page = client.post(again, {"password": PASSWORD, "next": "/account/2fa/totp/deactivate/"}, follow=True)
    assert ">Tweede stap uitzetten</h1>" in tight(page.text)
    assert ">Nieuwe herstelcodes</h1>" in tight(client.get("/account/2fa/recovery-codes/generate/").text)
    assert "Oude codes werken daarna niet meer." in tight(
        client.get("/account/2fa/recovery-codes/generate/").text
    )
    client.post("/account/2fa/totp/deactivate/")
    assert "De tweede stap staat nog uit." in client.get("/account/2fa/").text


def test_the_second_step_can_be_set_up_after_a_new_password_was_asked_for(client, editor, mailoutbox):
    client.post("/account/password/reset/", {"email": editor.email})
    assert "/password/reset/key/" not in mailoutbox[0].message
    logged_in(client, editor).get("/account/email/")
    page = client.get("/account/2fa/totp/activate/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/account/reauthenticate/")


def test_a_forgotten_password_is_chosen_anew(client, editor, mailoutbox):
    Authenticator.objects.create(user=editor, type="totp", data={})
    sent = client.post("/account/password/reset/", {"email": editor.email}, follow=True)
    assert "Kijk in uw e-mail" in sent.text
    assert mailoutbox[0].subject == "Een nieuw wachtwoord voor Samen Buurten"
    assert "Hebt u dit niet gevraagd? Dan hoeft u niets te doen." in words(mailoutbox[0])
    link = re.search(r"http://[^/]+(/account/password/reset/key/\S+)", mailoutbox[0].message)[1]
    form = client.get(link, follow=True)
    assert ">Nieuw wachtwoord</h1>" in tight(form.text)
    new = "nog-een-lang-wachtwoord"
    address = form.redirect_chain[-1][0]
    done = client.post(address, {"password1": new, "password2": new}, follow=True)
    assert "Uw wachtwoord is veranderd" in done.text
    assert client.login(email=editor.email, password=new)


def test_a_used_link_says_how_to_get_another(client):
    text = client.get("/account/password/reset/key/abc-set-password/").text
    assert "Deze link werkt niet meer." in text


def test_an_unknown_address_gets_the_same_answer_and_a_letter_without_a_sign_up(client, mailoutbox):
    sent = client.post("/account/password/reset/", {"email": "wie@example.nl"}, follow=True)
    assert "Kijk in uw e-mail" in sent.text
    assert mailoutbox[0].subject == "Inloggen bij Samen Buurten"
    assert "om een code of om een nieuw wachtwoord" in words(mailoutbox[0])
    assert "/account/" not in mailoutbox[0].message


def test_logging_in_is_limited(client, editor):
    for _ in range(5):
        client.post("/account/login/", {"login": editor.email, "password": "verkeerd"})
    refused = client.post("/account/login/", {"login": editor.email, "password": PASSWORD})
    assert "Het is te vaak misgegaan." in refused.text


def test_a_session_ends_after_a_working_day(client, editor):
    logged_in(client, editor)
    assert client.cookies["sessionid"]["max-age"] == 8 * 60 * 60


def test_who_logged_out_keeps_no_cookie_with_content(client, editor):
    logged_in(client, editor)
    client.post("/account/logout/")
    left = {name: cookie.value for name, cookie in client.cookies.items() if name != "csrftoken"}
    assert set(left.values()) <= {""}
