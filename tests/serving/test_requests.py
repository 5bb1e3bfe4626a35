"""Who sends or fetches slowly, or too much, keeps nobody else waiting: a small application on the real server."""

import re
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from io import BytesIO

import pytest
from waitress.adjustments import Adjustments

from samenbuurten.serving import requests, server

pytestmark = pytest.mark.once

MEGABYTE = 2**20


def echo(environ, start_response):
    """Says how much was said to come and how much did; at /groot it says a lot."""
    body = environ["wsgi.input"].read()
    text = f"{environ.get('CONTENT_LENGTH') or 0} {len(body)}".encode()
    if environ["PATH_INFO"] == "/groot":
        text = b"x" * (16 * MEGABYTE)
    if environ["PATH_INFO"] == "/traag":
        time.sleep(0.5)
    length = [("Content-Length", str(len(text)))]
    if environ["PATH_INFO"] == "/bestand" and "wsgi.file_wrapper" in environ:
        start_response("200 OK", length)
        return environ["wsgi.file_wrapper"](BytesIO(text))
    if environ["PATH_INFO"] == "/stukken":
        start_response("200 OK", [])
        return iter([text, text])
    start_response("200 OK", length)
    return [text]


@contextmanager
def serving(most=server.MOST_CLIENTS, watch=None):
    listening = server._listen("127.0.0.1", 0)
    options = server.OPTIONS | {"cleanup_interval": 0}
    running = server.Server(
        echo,
        _sock=listening,
        bind_socket=False,
        adj=Adjustments(threads=2, **options),
        sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
    )
    running.most_clients = most
    if watch is not None:
        watch.append(running)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        running.stop()
        thread.join()
        listening.close()


def client(port):
    return socket.create_connection(("127.0.0.1", port), timeout=60)


@contextmanager
def clients(port, number):
    with ExitStack() as stack:
        yield [stack.enter_context(client(port)) for _client in range(number)]


def ask(port, path="/"):
    with client(port) as one:
        one.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        return everything(one)


def everything(connection):
    """All that comes until the server closes."""
    found = b""
    try:
        while part := connection.recv(65536):
            found += part
    except ConnectionError:
        pass
    return found


@pytest.mark.parametrize(("path", "length"), [("/", b"3"), ("/bestand", b"3"), ("/stukken", b"")])
def test_to_head_comes_no_body_that_would_be_read_as_the_next_answer(path, length):
    with serving() as port, client(port) as one:
        one.sendall(f"HEAD {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        one.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        head, _end, rest = everything(one).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert re.findall(rb"Content-Length: (\d+)", head) == ([length] if length else [])
    # Of how long nobody said, the server ends the connection after it.
    assert rest.startswith(b"HTTP/1.1 200 OK\r\n") and rest.endswith(b"0 0") if length else rest == b""


HEADS = {
    "nothing at all": b"",
    "half a request line": b"GET /",
    "half a header": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ",
    "half a body": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\na=",
    "half a body in pieces": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\na=",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_who_sends_slowly_keeps_nobody_waiting(head):
    with serving() as port, clients(port, 60) as slow:
        for one in slow:
            one.sendall(head)
        assert all(ask(port).endswith(b"0 0") for _visitor in range(10))
        for one in slow:
            one.setblocking(False)
            if head:
                with pytest.raises(BlockingIOError):  # still there, and still waited for
                    one.recv(1)


@pytest.mark.parametrize("head", [head for head in HEADS.values() if head])
def test_a_request_that_is_not_whole_in_time_is_dropped(head, monkeypatch):
    monkeypatch.setattr(requests, "HEAD_WITHIN", 0.5)
    monkeypatch.setattr(requests, "BODY_WITHIN", 0.2)
    with serving() as port, client(port) as slow:
        slow.sendall(head)
        # It drips on: that it is not silent does not help.
        ends_by = time.monotonic() + 60
        with pytest.raises(ConnectionError):
            while time.monotonic() < ends_by:
                slow.sendall(b"b")
                time.sleep(0.1)


def test_a_large_body_gets_the_time_that_its_size_takes(monkeypatch):
    monkeypatch.setattr(requests, "BODY_WITHIN", 0)
    with serving() as port, client(port) as slow:
        size = 100 * 1024
        slow.sendall(
            f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode()
        )
        time.sleep(1)
        slow.sendall(b"a" * size)
        assert everything(slow).endswith(f"{size} {size}".encode())


def test_who_fetches_slowly_goes_and_keeps_no_thread(monkeypatch):
    monkeypatch.setattr(requests, "ANSWER_WITHIN", 0.5)
    watched = []
    with serving(watch=watched) as port, clients(port, 8) as slow:
        for one in slow:
            one.sendall(b"GET /groot HTTP/1.1\r\nHost: a\r\n\r\n")
        assert ask(port).endswith(b"0 0")
        ends_by = time.monotonic() + 60
        while watched[0].active_channels:
            assert time.monotonic() < ends_by
            time.sleep(0.1)
        assert all(len(everything(one)) < 16 * MEGABYTE for one in slow)


def test_when_all_places_are_taken_who_waits_longest_goes():
    with serving(most=20) as port, clients(port, 20) as idle:
        assert ask(port).endswith(b"0 0")
        assert idle[0].recv(1) == b""
        idle[-1].sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert everything(idle[-1]).endswith(b"0 0")


TOO_LARGE = {
    "said beforehand": b"Content-Length: 300000000\r\n\r\n",
    "asked whether it may": b"Content-Length: 300000000\r\nExpect: 100-continue\r\n\r\n",
    "more than there is in the world": b"Content-Length: " + b"9" * 25 + b"\r\n\r\n",
}


@pytest.mark.parametrize("rest", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_body_that_is_too_large_is_not_read(rest):
    """Nothing of it is sent, and the answer is there all the same: the application is told only how large it is."""
    with serving() as port, client(port) as one:
        one.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n" + rest)
        answer = everything(one)
    assert b"100 Continue" not in answer
    assert answer.split(b"\r\n\r\n")[1].endswith(b" 0")
    assert b"Connection: close" in answer


def test_a_body_in_pieces_is_read_no_further_than_it_may():
    with serving() as port, client(port) as one:
        one.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        piece = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
        for _piece in range(40):
            one.sendall(piece)
        answer = everything(one)
    said, read = map(int, answer.rpartition(b"\r\n\r\n")[2].split())
    assert MEGABYTE < said < 1.1 * MEGABYTE
    assert read <= said


def test_who_goes_on_sending_still_hears_why():
    with serving() as port, client(port) as one:
        one.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000000\r\n\r\n")
        for _piece in range(40):
            one.sendall(b"a" * 65536)
        assert everything(one).startswith(b"HTTP/1.1 200 OK")  # what the application said


@pytest.mark.parametrize(
    ("line", "is_problem"),
    [
        (b"GET /api/v1/initiatieven?zoek=%s HTTP/1.1", True),
        (b"GET /hsds/services?query=%s HTTP/1.1", True),
        (b"GET /api/%s HTTP/1.1", True),
        (b"GET /zoeken/?zoek=%s HTTP/1.1", False),
        (b"%s / HTTP/1.1", False),
    ],
)
def test_what_is_no_request_is_refused_in_the_form_of_its_address(line, is_problem):
    with serving() as port, client(port) as one:
        one.sendall(line % (b"a" * 40_000) + b"\r\nHost: a\r\n\r\n")
        answer = everything(one)
    assert answer.split(b" ")[1] in (b"431", b"400")
    assert (b"application/problem+json" in answer) == is_problem
    assert b"Server:" not in answer
    assert b"generated by" not in answer


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nbroken header\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        b"get / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    ],
)
def test_what_makes_no_sense_is_no_fault_of_ours(head):
    with serving() as port, client(port) as one:
        one.sendall(head)
        assert everything(one).split(b" ")[1] in (b"400", b"501")
        assert ask(port).endswith(b"0 0")


def test_what_is_under_way_at_a_stop_is_answered():
    with ExitStack() as stack:
        with serving() as port:
            one = stack.enter_context(client(port))
            one.sendall(b"GET /traag HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            time.sleep(0.2)
        assert everything(one).endswith(b"0 0")
