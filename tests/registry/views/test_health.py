from datetime import timedelta

import pytest
from django.core import checks
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from post_office.models import Email

from registry.mail import delivery, letters
from registry.models import Delivery
from tests import factories
from tests.mail import pass_time

pytestmark = pytest.mark.django_db


def ask(client):
    response = client.get("/gezondheid/")
    assert "no-store" in response["Cache-Control"]
    assert "Set-Cookie" not in response.headers
    return response.status_code, response.json()


def test_a_site_that_is_well_says_so(client, settings):
    settings.MAIL_TO_EVERYONE = True
    mail = {"heldBack": False, "oldestUrgentSeconds": None, "stuck": False}
    assert ask(client) == (200, {"status": "ok", "database": True, "mail": mail})


def test_a_code_that_waits_too_long_and_letters_that_are_held_back_are_told(client, settings):
    settings.MAIL_TO_EVERYONE = True
    letters.post(letters.Letter("Dag", "Hallo"), "lezer@voorbeeld.nl")
    code = letters.post(letters.Letter("Uw code", "GEHEIM", "inlogcode"), "code@voorbeeld.nl")
    Email.objects.update(created=timezone.now() - timedelta(minutes=20))
    status, told = ask(client)
    assert (status, told["status"], told["mail"]["stuck"]) == (200, "trouble", True)
    assert 1200 <= told["mail"]["oldestUrgentSeconds"] < 1260
    Delivery.objects.filter(pk=code.pk).update(state=Delivery.State.TAKEN)
    assert ask(client)[1]["status"] == "ok"
    settings.MAIL_TO_EVERYONE = False
    assert ask(client)[1]["status"] == "trouble"


def test_a_night_in_which_codes_die_before_they_leave_is_told(client, settings):
    settings.MAIL_TO_EVERYONE, settings.EMAIL_BACKEND = True, "post_office.EmailBackend"
    settings.MAIL_TRANSPORT, settings.EMAIL_PORT = "samenbuurten.mail.SmtpBackend", 1
    factories.person("eigenaar@voorbeeld.nl")
    client.post("/account/login/code/", {"email": "eigenaar@voorbeeld.nl"})
    pass_time(timedelta(minutes=16))
    delivery.run()
    assert Delivery.objects.get().state == Delivery.State.EXPIRED
    told = ask(Client())[1]
    assert (told["status"], told["mail"]["stuck"]) == ("trouble", True)
    pass_time(timedelta(hours=2))
    assert ask(Client())[1]["status"] == "ok"


def test_a_site_without_its_database_is_down(client, monkeypatch):
    def gone():
        raise OperationalError("no password for secret@host")

    monkeypatch.setattr("registry.views.health._oldest_urgent", gone)
    assert ask(client) == (503, {"status": "down", "database": False})


REAL = {
    "MAIL_TO_EVERYONE": True,
    "DEFAULT_FROM_EMAIL": "Samen <noreply@voorbeeld.nl>",
    "CONTACT_EMAIL": "contact@voorbeeld.nl",
    "BOUNCE_ADDRESS": "terug@voorbeeld.nl",
    "SITE_URL": "https://buurten.voorbeeld.nl",
    "PLAIN_HTTP": False,
}


@pytest.mark.parametrize(
    ("changed", "warned"),
    [
        ({}, []),
        ({"MAIL_TO_EVERYONE": False}, ["samenbuurten.W003"]),
        ({"DEFAULT_FROM_EMAIL": "noreply@localhost"}, ["samenbuurten.W004"]),
        ({"DEFAULT_FROM_EMAIL": "noreply@evilvoorbeeld.nl"}, ["samenbuurten.W004"]),
        ({"DEFAULT_FROM_EMAIL": "noreply@mail.buurten.voorbeeld.nl"}, []),
        ({"CONTACT_EMAIL": ""}, ["samenbuurten.W005"]),
        ({"BOUNCE_ADDRESS": ""}, ["samenbuurten.W006"]),
        ({"PLAIN_HTTP": True, "MAIL_TO_EVERYONE": False}, []),
    ],
)
def test_the_deploy_check_says_what_a_real_site_lacks_for_its_mail(changed, warned, settings):
    for name, value in (REAL | changed).items():
        setattr(settings, name, value)
    found = checks.run_checks(include_deployment_checks=True)
    ours = {f"samenbuurten.W00{number}" for number in range(3, 7)}
    assert [one.id for one in found if one.id in ours] == warned
