from datetime import timedelta

import pytest
from django.core import checks
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from post_office.models import Email

from registry.foundation import away
from registry.mail import delivery, letters
from registry.management.tasks import run_imports
from registry.management.tick import Tick
from registry.models import (
    Delivery,
    ImportTask,
    JobRun,
    PartnerKey,
    Role,
    WebhookDelivery,
    WebhookSubscription,
)
from registry.models.operations.job import PULSE
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
    others = {
        name: {"waiting": 0, "oldestSeconds": None, "stuck": False}
        for name in ("webhooks", "imports", "tasks", "worker")
    }
    site = {"status": "ok", "database": True, "storage": True, "jobsInTrouble": 0}
    assert ask(client) == (200, site | {"mail": mail} | others)


def test_nobody_who_does_the_work_and_jobs_that_fail_are_told_when_nothing_waits(client, settings, tmp_path):
    settings.MAIL_TO_EVERYONE = True
    Tick()()
    beats = JobRun.objects.filter(name=PULSE)
    beats.update(started_at=timezone.now() - timedelta(minutes=4))
    assert ask(client)[1]["status"] == "ok"
    beats.update(started_at=timezone.now() + timedelta(days=1))
    assert ask(client)[1]["worker"]["stuck"]
    beats.update(started_at=timezone.now() - timedelta(minutes=6))
    told = ask(client)[1]
    assert (told["status"], told["worker"]["stuck"]) == ("trouble", True)
    assert 350 < told["worker"]["oldestSeconds"] < 420
    call_command("deliver_mail")
    assert ask(client)[1]["status"] == "ok"
    JobRun.objects.create(name=settings.DAILY_WORK[0], started_at=timezone.now(), is_failed=True)
    with pytest.raises(CommandError, match="geen goede back-up"):
        call_command("backup", tmp_path / "schijf-die-er-niet-is" / "a.backup", keep=14)
    told = ask(client)[1]
    assert (told["status"], told["jobsInTrouble"]) == ("trouble", 2)


@pytest.mark.parametrize("name", ["webhooks", "imports", "tasks"])
def test_a_queue_that_stands_still_is_told_to_a_monitor_and_to_staff(client, settings, name):
    settings.MAIL_TO_EVERYONE = True
    manager, long_ago = factories.person(role=Role.MANAGER), timezone.now() - timedelta(minutes=20)
    if name == "tasks":
        DBTaskResult.objects.filter(pk=run_imports.enqueue().id).update(enqueued_at=long_ago)
    elif name == "imports":
        ImportTask.objects.create(by=manager, what="initiative", ticket="x", file_name="a.csv", total=1)
        ImportTask.objects.update(asked_at=long_ago)
    else:
        key = PartnerKey.objects.create(
            name="Partner", prefix="x", digest="x", expires_on=timezone.localdate() + timedelta(days=9)
        )
        subscription = WebhookSubscription.objects.create(
            key=key, url="https://voorbeeld.nl/", seen_version=0
        )
        WebhookDelivery.objects.create(
            subscription=subscription, event="proef", payload="{}", next_try_at=long_ago
        )
    status, told = ask(client)
    assert (status, told["status"]) == (200, "trouble")
    assert (told[name]["waiting"], told[name]["stuck"]) == (1, True)
    assert 1200 <= told[name]["oldestSeconds"] < 1260
    client.force_login(manager)
    assert "rij met werk die stilstaat" in client.get("/beheer/").text
    page = client.get("/beheer/registry/jobrun/").text
    assert page.count("staat stil") == 1


def test_a_process_is_alive_whatever_is_away(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/gezondheid/leeft/").json() == {"status": "ok"}


def ready(client):
    response = client.get("/gezondheid/klaar/")
    assert "no-store" in response["Cache-Control"]
    return response.status_code, [name for name, is_there in response.json().items() if is_there is False]


def test_a_database_at_another_version_is_not_ready(client):
    """As when an upgrade was cut off: until it is finished."""
    away.look_anew()
    recorder = MigrationRecorder(connection)
    last = recorder.migration_qs.filter(app="registry").latest("id")
    last.delete()
    assert ready(client) == (503, ["migrations"])
    recorder.record_applied("registry", last.name)
    assert ready(client) == (200, [])


def test_what_is_away_is_named(client, monkeypatch, settings):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cache")
    assert ready(client) == (200, ["cache"])
    monkeypatch.setattr(default_storage, "exists", lambda name: 1 / 0)
    settings.MAIL_TO_EVERYONE = True
    assert ready(client) == (200, ["cache", "storage"])
    assert (ask(client)[1]["status"], ask(client)[1]["storage"]) == ("trouble", False)


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
