"""The site itself on the server, in processes that can end."""

import contextlib
import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.serving.running import RunningSite

pytestmark = pytest.mark.once

SLOW = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ",
    b"POST /laat-weten/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\na=",
    b"POST /enquete/x/ HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na",
)


@pytest.fixture
def site(transactional_db):
    running = RunningSite()
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def lasting_site(django_db_setup):
    """For what it has to outlast."""
    running = RunningSite()
    running.start()
    yield running
    running.kill()


def children(site):
    return [
        int(one)
        for one in Path(f"/proc/{site.process.pid}/task/{site.process.pid}/children").read_text().split()
    ]


def test_forty_slow_clients_leave_the_site_to_the_others(lasting_site):
    with ExitStack() as stack:
        slow = [stack.enter_context(lasting_site.connect()) for _client in range(40)]
        for number, one in enumerate(slow):
            one.sendall(SLOW[number % len(SLOW)])
        for _visit in range(20):
            assert lasting_site.send("GET", "/initiatieven/") == 200
        for one in slow:
            one.setblocking(False)
            with pytest.raises(BlockingIOError):
                one.recv(1)


ODD_TYPES = [
    "a/b; charset*=nee'x'%41",
    "x; y*=idna'x'xn--%ff",
    "a/b; charset*=utf-7'x'%2b",
    "text/html; a*0*=x''%ff",
]


@pytest.mark.parametrize("kind", ODD_TYPES)
def test_a_content_type_that_cannot_be_read_is_no_fault_of_ours(lasting_site, kind):
    for path in ("/", "/api/v1/niveaus", "/hsds/services", "/static/x.css", "/bestaat-niet/", "/beheer/"):
        for method, body in (("GET", b""), ("POST", b"a=b")):
            with lasting_site.connect() as one:
                head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nConnection: close"
                one.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                answer = b"".join(iter(lambda: one.recv(65536), b""))
            assert int(answer.split(b" ")[1]) < 500, (path, method)
            is_refused_by_the_api = path.startswith(("/api", "/hsds")) and body
            assert (b"application/problem+json" in answer) == bool(is_refused_by_the_api), (path, method)


def test_a_process_that_dies_is_followed_by_another(lasting_site):
    before = children(lasting_site)
    os.kill(before[0], signal.SIGKILL)
    ends_by = time.monotonic() + 60
    while before[0] in children(lasting_site) or len(children(lasting_site)) < 2:
        assert time.monotonic() < ends_by
        time.sleep(0.05)
    assert lasting_site.send("GET", "/initiatieven/") == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_it_is_told_to(site, number):
    started = children(site)
    site.process.send_signal(number)
    assert site.process.wait(60) == 0
    for child in started:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_a_server_that_stops_answers_who_is_in_and_refuses_who_comes(site):
    with ExitStack() as stack:
        halfway = [stack.enter_context(site.connect()) for _client in range(4)]
        for client in halfway:
            client.sendall(b"GET /enquete/dienst.js HTTP/1.1\r\nHost: ")
        # Who has just come in says what for in a moment.
        last = stack.enter_context(site.connect())
        site.process.send_signal(signal.SIGTERM)
        last.sendall(b"GET /enquete/dienst.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert last.recv(100).startswith(b"HTTP/1.1 200")
        refused_by = time.monotonic() + 60
        while time.monotonic() < refused_by:
            try:
                site.connect().close()
            except ConnectionRefusedError:
                break
        else:
            raise AssertionError("Who comes now waits for nobody.")
        assert site.process.poll() is None
        for client in halfway:
            client.sendall(b"127.0.0.1\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 200")
    assert site.process.wait(60) == 0


def test_a_process_does_not_outlive_the_server(site):
    started = children(site)
    site.process.kill()
    site.process.wait()
    ends_by = time.monotonic() + 60
    while any(_is_running(child) for child in started):
        assert time.monotonic() < ends_by
        time.sleep(0.05)


def _is_running(child):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_a_site_that_cannot_start_says_so(db):
    broken = RunningSite(DATABASE_URL="nonsense://")
    with pytest.raises(AssertionError, match="did not start"):
        broken.start(seconds=20)
    assert broken.process.wait(60) == 3
