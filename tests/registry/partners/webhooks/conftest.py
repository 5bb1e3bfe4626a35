"""A receiver on this machine that remembers what came in, and the world around it."""

import html
import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from registry.models import WebhookSubscription
from registry.partners import api_keys, webhooks


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((dict(self.headers), body))
        self.server.answer(self)

    do_GET = do_POST

    def reply(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Receiver(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.received = []
        self.answer = lambda handler: handler.reply(204)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/haak"

    def handle_error(self, request, client_address):
        """Who hangs up on us is what some tests are about."""


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_MAY_REACH_PRIVATE = True
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def partner(db):
    expires = timezone.localdate() + timedelta(days=9)
    return api_keys.issue(name="Gemeente", email="api@voorbeeld.nl", expires_on=expires, by=None)[0]


@pytest.fixture
def subscribe(partner):
    def make(url, **fields):
        made = WebhookSubscription(key=partner, url=url, **fields)
        webhooks.start(made)
        made.save()
        return made

    return make


@pytest.fixture
def is_right():
    """The function that partners copy from the documentation."""
    page = render_to_string("api/_webhooks.html")
    code = re.search(r'<code data-voorbeeld="handtekening">(.*?)</code>', page, re.S)[1]
    names = {}
    exec(html.unescape(code), names)  # noqa: S102  our own words, as a partner would run them
    klopt = names["klopt"]
    return lambda secret, headers, body: klopt(
        secret, {name.lower(): value for name, value in headers.items()}, body
    )
