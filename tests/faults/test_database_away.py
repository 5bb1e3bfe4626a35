"""PostgreSQL stops in the middle of writes, and comes back."""

import http.client
import json
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter

import pytest
from django.db import connections
from django.db.utils import ConnectionHandler

from registry.models import Level
from survey.models import Response
from tests import databases
from tests.serving.running import ROOT, RunningSite
from tests.survey import making
from tests.survey.sending import address, sent

pytestmark = [pytest.mark.faults, pytest.mark.postgresql]
PATIENCE = 120  # seconds; only what hangs takes as long
CLIENTS, ENOUGH = 4, 40


@pytest.fixture
def server(django_db_setup, django_db_blocker):
    """A server of its own, which may be stopped: what it acknowledged it keeps."""
    from tests import postgresql  # noqa: PLC0415  at import it starts one

    cluster = postgresql.Cluster()
    kept = sorted(databases.KEPT.glob(f"postgresql-*-{databases.fingerprint()}"))[-1]
    subprocess.run(["cp", "-a", str(kept), str(cluster.data)], check=True)
    options = f"-p {cluster.port} -k {cluster.home} -h 127.0.0.1"

    def start():
        cluster.run("pg_ctl", "-D", cluster.data, "-l", cluster.home / "log", "-w", "-o", options, "start")

    cluster.start = start
    start()
    usual = connections["default"]
    here = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": databases.TEMPLATE,
        "USER": "postgres",
        "HOST": "127.0.0.1",
        "PORT": str(cluster.port),
    }
    connections["default"] = ConnectionHandler({"default": here})["default"]
    with django_db_blocker.unblock():
        yield cluster
        connections["default"].close()
    connections["default"] = usual
    cluster.stop("immediate")
    cluster.remove()


class Crowd:
    """People who each send on and on, and remember what was acknowledged, and what was said instead."""

    def __init__(self, site):
        self.site, self.is_over = site, threading.Event()
        self.acknowledged, self.refused, self.broken = set(), [], Counter()

    def send_on(self):
        while not self.is_over.is_set():
            fields = sent(sleutel=str(uuid.uuid4()))
            try:
                status, headers, text = self.site.ask("POST", address(), fields)
            except (OSError, http.client.HTTPException) as error:
                self.broken[type(error).__name__] += 1
                continue
            if status == 200:
                self.acknowledged.add(fields["sleutel"])
            else:
                self.refused.append((status, headers.get("Retry-After"), fields["sleutel"] in text))


def wait_until(is_so):
    ends_by = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends_by
        time.sleep(0.05)


def test_away_is_503_and_back_is_back_and_nothing_acknowledged_is_lost(server):
    making.round()
    site = RunningSite(
        "--processes", "1", ANSWERS_A_MINUTE="1000000", DATABASE_URL=server.url(databases.TEMPLATE)
    )
    site.start()
    crowd = Crowd(site)
    threads = [threading.Thread(target=crowd.send_on) for _client in range(CLIENTS)]
    try:
        for thread in threads:
            thread.start()
        wait_until(lambda: len(crowd.acknowledged) > ENOUGH)
        server.stop("immediate")
        wait_until(lambda: len(crowd.refused) > 2 * CLIENTS)
        said = {path: site.ask("GET", path) for path in ("/", "/api/v1/initiatieven", "/gezondheid/klaar/")}
        assert {status for status, _headers, _text in said.values()} == {503}
        assert "De site kan nu niet bij de gegevens" in said["/"][2]
        assert said["/api/v1/initiatieven"][1]["Content-Type"] == "application/problem+json"
        assert json.loads(said["/gezondheid/klaar/"][2])["database"] is False
        assert site.send("GET", "/gezondheid/leeft/") == 200
        before = len(crowd.acknowledged)
        server.start()
        wait_until(lambda: len(crowd.acknowledged) > before + ENOUGH)
        assert site.send("GET", "/gezondheid/klaar/") == 200
    finally:
        crowd.is_over.set()
        for thread in threads:
            thread.join()
        site.kill()
    # Each was told so, with what was sent in the page.
    assert set(crowd.refused) == {(503, "15", True)}
    assert not crowd.broken
    connections["default"].close()
    stored = {str(key) for key in Response.objects.values_list("pk", flat=True)}
    assert crowd.acknowledged - stored == set()


def test_two_prepare_at_once_both_end_well(server):
    command = [sys.executable, "manage.py", "prepare"]
    environment = RunningSite(DATABASE_URL=server.url(databases.TEMPLATE)).environment
    both = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _machine in range(2)
    ]
    outputs = [process.communicate(timeout=PATIENCE) for process in both]
    assert [(process.returncode, errors) for process, (_said, errors) in zip(both, outputs, strict=True)] == [
        (0, b"")
    ] * 2
    # The first account is made, and its password told, once.
    assert sum(bool(said) for said, _errors in outputs) == 1
    assert Level.objects.count() == 4
