import os
import subprocess
import sys
from datetime import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone
from post_office.models import STATUS, Email

from registry import webhooks
from registry.mail import letters
from registry.models import JobRun

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
