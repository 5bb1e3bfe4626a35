"""The site with its regular work, as `make run` starts it, while parts of it are killed for real."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone
from post_office.models import STATUS, Email

from registry.mail import letters
from registry.models import Delivery
from tests.mail import MailServer
from tests.serving.running import ROOT, RunningSite

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PATIENCE = 120  # seconds; only what hangs takes as long
LETTERS = 60


def wait_until(is_so):
    ends_by = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends_by
        time.sleep(0.05)


def is_running(number):
    with suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class SlowServer(MailServer):
    """Slow enough to be in the middle of something."""

    async def handle_DATA(self, server, session, envelope):
        time.sleep(0.03)
        return await super().handle_DATA(server, session, envelope)

    @property
    def readers(self):
        return Counter(reader for (reader,), _content in list(self.taken))


@pytest.fixture(scope="module")
def mail_server():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(SlowServer(), hostname="127.0.0.1", port=port)
    controller.start()
    controller.handler.port = port
    yield controller.handler
    controller.stop()


@pytest.fixture
def running(mail_server, tmp_path):
    """A site with its work, in a folder of its own where the database lets it be another machine."""
    mail_server.taken.clear()
    environment = {"EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}", "MAIL_TO_EVERYONE": "true"}
    site = RunningSite("--work", "--processes", "1", **environment)
    site.start()
    yield site
    site.kill()


@pytest.fixture
def second_machine(running, tmp_path):
    """Another `manage.py work` on the same database; with PostgreSQL on a disk of its own."""
    folder = {"VAR_DIR": str(tmp_path), "SECRET_KEY": "x" * 60} if connection.vendor == "postgresql" else {}
    work = subprocess.Popen(
        [sys.executable, "manage.py", "work", "--every", "0.5"], cwd=ROOT, env=running.environment | folder
    )
    yield work
    work.kill()
    work.wait()


def test_of_two_at_work_one_is_killed_and_each_letter_arrives_once(running, second_machine, mail_server):
    """Or the one in flight twice, at worst."""
    for number in range(LETTERS):
        letters.post(letters.Letter("Dag", "Dag"), f"lezer{number}@voorbeeld.nl")
    wait_until(lambda: len(mail_server.taken) > LETTERS / 6)
    (work,) = running.processes("work")
    os.kill(work, signal.SIGKILL)
    second_machine.kill()
    wait_until(lambda: running.processes("work") not in ([], [work]))
    # The one in flight waits before it goes again: so long it is let be.
    wait_until(lambda: len(mail_server.readers) >= LETTERS - 2)
    wait_until(lambda: Email.objects.filter(status=STATUS.sent).count() >= LETTERS - 2)
    Email.objects.filter(status=STATUS.requeued).update(scheduled_time=timezone.now())
    wait_until(lambda: Delivery.objects.filter(state=Delivery.State.TAKEN).count() == LETTERS)
    assert len(mail_server.readers) == LETTERS
    assert len(mail_server.taken) <= LETTERS + 1


@pytest.mark.once
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_what_dies_is_followed_and_all_end_together(running, number):
    killed = running.processes()
    for process in killed:
        os.kill(process, signal.SIGKILL)
    wait_until(lambda: len(set(running.processes()) - set(killed)) == 2)
    wait_until(lambda: running.processes("work"))
    assert running.send("GET", "/gezondheid/leeft/") == 200
    started = running.processes()
    running.process.send_signal(number)
    running.process.wait(PATIENCE)
    wait_until(lambda: not any(map(is_running, started)))
