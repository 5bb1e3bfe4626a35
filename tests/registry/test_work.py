import os
import subprocess
import sys
import time
from datetime import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from post_office.models import STATUS, Email

from registry.mail import letters
from registry.management import jobs
from registry.management.commands import work
from registry.models import Delivery, JobRun
from registry.partners import webhooks
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
    assert not JobRun.objects.exists()
    at(9)
    call_command("work", rounds=3, every=0)
    assert JobRun.objects.get(name="apply_retention").outcome.startswith("Verwijderd:")
    assert {run.day.isoformat() for run in JobRun.objects.all()} == {str(timezone.localdate())}


def test_the_work_stops_with_the_site(at):
    at(3)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    call_command("work", beside=gone.pid)
    call_command("work", beside=os.getpid(), rounds=2, every=0)


def test_a_round_that_fails_does_not_stop_the_work(at, settings, caplog, monkeypatch):
    at(9)
    monkeypatch.setattr(webhooks, "run", lambda: 1 / 0)
    call_command("work", rounds=2, every=0)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "A round of the regular work failed; the next one goes on."
    ] * 2
    assert JobRun.objects.filter(is_failed=False).count() == len(settings.DAILY_WORK)


def test_a_code_leaves_while_the_daily_work_takes_long(at, serve, monkeypatch):
    """It is written while the work is busy with something else."""
    at(9)
    server, seen = serve(MailServer()), []

    def busy():
        letters.send("inlogcode", "aan@voorbeeld.nl", code="ABCD EFGH")
        until = time.monotonic() + 10
        while not seen and time.monotonic() < until:
            call.do_mail()
            time.sleep(0.05)
            seen.extend(server.taken)

    call = work.Command()
    monkeypatch.setattr(jobs, "run_due", busy)
    call_command(call, rounds=1)
    assert len(seen) == 1


def test_without_a_mail_server_the_rest_grows_to_a_minute(at, serve, settings):
    serve(MailServer())
    settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT
    letters.post(letters.Letter("Dag", "Dag"), "aan@voorbeeld.nl")
    call, rests = work.Command(), []
    call.mail_rests = 0
    for _number in range(6):
        call.send_mail()
        rests.append(call.mail_rests)
    assert rests == [5, 10, 20, 40, 60, 60]
    settings.EMAIL_PORT = port
    call.send_mail()
    assert call.mail_rests == 0
    assert Delivery.objects.get().state == Delivery.State.TAKEN


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
