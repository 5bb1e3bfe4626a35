import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from importlib import import_module
from io import StringIO
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from post_office.models import STATUS, Email

from registry.foundation import away
from registry.mail import letters
from registry.mail.delivery import REST
from registry.management import jobs, tasks, tick
from registry.management.commands import work
from registry.management.tick import Tick
from registry.models import Delivery, JobRun, Role
from registry.models.operations.job import PULSE
from registry.partners import webhooks
from tests import factories
from tests.mail import MailServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at(monkeypatch):
    def set_hour(hour):
        moment = timezone.make_aware(datetime(2027, 6, 1, hour))
        monkeypatch.setattr(timezone, "localtime", lambda *_args: moment)

    return set_hour


def test_a_round_sends_what_is_queued(at, settings):
    at(3)
    settings.MAIL_TO_EVERYONE = True
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
    letters.post(letters.Letter("Dag", "Dag"), "aan@voorbeeld.nl")
    call_command("work", rounds=1)
    assert Email.objects.get().status == STATUS.sent


def test_the_daily_work_is_done_once_a_day_and_not_at_night(at):
    at(3)
    call_command("work", rounds=1)
    assert not JobRun.objects.exclude(name=PULSE).exists()
    at(9)
    call_command("work", rounds=3, every=0)
    assert JobRun.objects.get(name="apply_retention").outcome.startswith("Verwijderd:")
    assert {run.day.isoformat() for run in JobRun.objects.exclude(name=PULSE)} == {str(timezone.localdate())}


def test_the_work_stops_with_the_site(at):
    at(3)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    call_command("work", beside=gone.pid)
    call_command("work", beside=os.getpid(), rounds=2, every=0)


def test_what_fails_does_not_stop_the_rest_and_tells_nothing_of_people(
    at, settings, caplog, monkeypatch, client
):
    def break_down():
        raise ValueError("over iemand@voorbeeld.nl")

    at(9)
    monkeypatch.setattr(webhooks, "is_due", lambda: True)
    monkeypatch.setattr(webhooks, "run", break_down)
    call_command("work", rounds=2, every=0)
    ours = [record.message for record in caplog.records if record.name == tasks.__name__]
    assert ours == ["The task send_webhooks failed; it is called again."] * 2
    assert JobRun.objects.exclude(name=PULSE).filter(is_failed=False).count() == len(settings.DAILY_WORK)
    failed = DBTaskResult.objects.failed()
    assert {result.exception_class_path for result in failed} == {"registry.management.tasks.Failed"}
    rows = str(list(DBTaskResult.objects.values()))
    assert "Failed: ValueError" in rows
    assert "iemand" not in rows
    client.force_login(factories.person(role=Role.MANAGER))
    page = client.get("/beheer/registry/jobrun/").text
    assert ("<li>send_webhooks, " in page, "iemand" in page) == (True, False)


def test_work_on_a_database_at_another_version_says_so(at):
    at(3)
    away.look_anew()
    MigrationRecorder(connection).migration_qs.filter(app="registry").latest("id").delete()
    said = StringIO()
    call_command("work", rounds=1, stderr=said)
    assert "1 migratie(s) ontbreken" in said.getvalue()


def test_another_backend_does_the_same_work(at, settings):
    at(3)
    settings.TASKS = {
        "default": settings.TASKS["default"] | {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
    }
    settings.MAIL_TO_EVERYONE = True
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
    letters.post(letters.Letter("Dag", "Dag"), "aan@voorbeeld.nl")
    call_command("work", rounds=1)
    assert Email.objects.get().status == STATUS.sent
    assert not DBTaskResult.objects.exists()


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(minutes=10)])
def test_a_clock_that_was_wrong_holds_up_no_letter(at, settings, jump):
    """One that was tried in a day to come waits until its wait is over, and no longer than that is."""
    at(3)
    settings.MAIL_TO_EVERYONE = True
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
    letters.post(letters.Letter("Dag", "Dag"), "aan@voorbeeld.nl")
    Email.objects.update(scheduled_time=timezone.now() + jump, status=STATUS.requeued)
    call_command("work", rounds=1)
    assert (Email.objects.get().status == STATUS.sent) == (jump > REST)


def test_a_code_leaves_while_the_daily_work_takes_long(at, serve, monkeypatch):
    """It is written while the work is busy with something else."""
    at(9)
    server, seen = serve(MailServer()), []

    def busy(name):
        if not seen:
            letters.send("inlogcode", "aan@voorbeeld.nl", code="ABCD EFGH")
        until = time.monotonic() + 60
        while not server.taken and time.monotonic() < until:
            time.sleep(0.05)
        seen.extend(server.taken)
        gone.kill()
        gone.wait()
        return True

    monkeypatch.setattr(jobs, "run", busy)
    gone = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(90)"])
    call_command("work", every=0.2, beside=gone.pid)
    assert len(server.taken) == 1


def test_what_was_called_and_not_begun_is_not_called_again(at):
    """And what began and never ended is, by who looks next."""
    at(3)
    letters.post(letters.Letter("Dag", "Dag"), "aan@voorbeeld.nl")
    calls = Tick()
    for _look in range(3):
        calls()
    assert DBTaskResult.objects.count() == 1
    DBTaskResult.objects.update(status="RUNNING")
    for _look in range(3):
        calls()
    assert DBTaskResult.objects.count() == 2


def test_without_a_mail_server_the_rest_grows_to_a_minute(at, serve, settings, monkeypatch):
    at(3)
    serve(MailServer())
    settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT
    letters.post(letters.Letter("Dag", "Dag"), "aan@voorbeeld.nl")
    calls, clock = Tick(), [1000.0]
    monkeypatch.setattr(tick, "time", SimpleNamespace(monotonic=lambda: clock[0]))

    def turn():
        clock[0] += 60
        calls()
        work._worker("mail", batch=True).run()
        calls()
        return calls.mail_rests

    assert [turn() for _number in range(6)] == [5, 10, 20, 40, 60, 60]
    settings.EMAIL_PORT = port
    assert turn() == 0
    assert Delivery.objects.get().state == Delivery.State.TAKEN


def test_rows_of_tasks_go_and_one_that_never_ended_is_called_failed():
    now = timezone.now()
    ages = {"SUCCESSFUL": timedelta(days=2), "FAILED": timedelta(days=2), "RUNNING": timedelta(hours=7)}
    for status, age in ages.items():
        row = tasks.run_imports.enqueue().db_result
        DBTaskResult.objects.filter(pk=row.pk).update(
            status=status, started_at=now - age, finished_at=now - age
        )
    fresh = tasks.run_imports.enqueue().db_result
    call_command("sweep_tasks", stdout=StringIO())
    states = DBTaskResult.objects.order_by("enqueued_at").values_list("status", flat=True)
    assert list(states) == ["FAILED", "FAILED", "READY"]
    DBTaskResult.objects.exclude(pk=fresh.pk).update(finished_at=now - timedelta(days=31))
    call_command("sweep_tasks", stdout=StringIO())
    assert DBTaskResult.objects.get() == fresh


def test_letters_of_before_get_the_state_that_is_known(settings):
    settings.MAIL_TO_EVERYONE = False
    describe = import_module("registry.migrations.0025_deliveries_of_before").describe
    for status in STATUS:
        email = letters.post(letters.Letter("Dag", "Dag"), f"a{status}@voorbeeld.nl")
        Email.objects.filter(pk=email.pk).update(status=status)
    Delivery.objects.all().delete()
    describe(apps, connection.schema_editor())
    found = dict(Delivery.objects.values_list("email__status", "state"))
    assert found == {0: "tegengehouden", 1: "opgegeven", 2: "wacht", 3: "wacht"}
    assert not Delivery.objects.unseen_failures().exists()
