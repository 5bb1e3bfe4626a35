"""What stands between a device and the site: a proxy that does whatever networks do to an answer."""

import threading
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<!doctype html><title>Onderhoud</title><h1>Wij zijn zo terug</h1>"
PORTAL = "/inloggen-op-wifi/"
# Longer than the service worker waits.
HANGS = 8
HOP = {"connection", "transfer-encoding", "keep-alive", "date", "server", "content-length"}


class Network(ThreadingHTTPServer):
    """``mode``: what happens to each request; "good" passes it on. ``posts``: of each answer that came by, the mode.
    ``paths``: all that was asked."""

    daemon_threads = True

    def __init__(self, site):
        super().__init__(("127.0.0.1", 0), Passage)
        self.site, self.mode, self.posts, self.paths = site.partition("://")[2], "good", [], []
        self.address = f"http://127.0.0.1:{self.server_port}"
        # An answer with these bytes in it never comes through, whatever the mode.
        self.poison = None
        # Put before the service worker: an older browser's lack, or an ear to listen with.
        self.before_worker = b""

    def handle_error(self, request, client_address):
        """A browser that hangs up is no news here."""


class Passage(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.pass_on()

    def do_POST(self):
        self.pass_on()

    def pass_on(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        mode = self.server.mode
        self.server.paths.append(self.path)
        if self.command == "POST" and not self.path.endswith("/stap/"):
            self.server.posts.append(mode)
        if self.path == PORTAL:
            mode = "page"
        if self.server.poison and self.server.poison in self.body:
            mode = "dropped"
        getattr(self, f"is_{mode}", self.is_status)()

    def is_good(self):
        status, headers, body = self.asked()
        self.reply(status, body, headers)

    def is_page(self):
        self.reply(200, PAGE)

    def is_portal(self):
        self.reply(302, b"", [("Location", PORTAL)])

    def is_renamed(self):
        """The same address once more, as https or another host would be: a browser then asks it with GET."""
        if self.command == "POST":
            self.reply(302, b"", [("Location", self.path)])
        else:
            self.is_good()

    def is_status(self):
        self.reply(int(self.server.mode), PAGE)

    def is_dropped(self):
        self.close_connection = True
        self.connection.close()

    def is_lost(self):
        """It arrived, and the reply does not."""
        self.asked()
        self.is_dropped()

    def is_cut(self):
        """It arrived, and the reply ends in the middle of its first lines."""
        self.asked()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Inzen")
        self.is_dropped()

    def is_hanging(self):
        time.sleep(HANGS)
        self.is_dropped()

    def asked(self):
        site = HTTPConnection(self.server.site, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        # As it is, so that something can be put before it.
        headers |= {"Accept-Encoding": "identity", "Content-Length": str(len(self.body))}
        site.request(self.command, self.path, self.body, headers)
        found = site.getresponse()
        body = found.read()
        if self.path == "/enquete/dienst.js":
            body = self.server.before_worker + body
        site.close()
        return (
            found.status,
            [(name, value) for name, value in found.getheaders() if name.lower() not in HOP],
            body,
        )

    def reply(self, status, body, headers=(("Content-Type", "text/html"),)):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def network(site):
    running = Network(site)
    threading.Thread(target=running.serve_forever, args=[0.05], daemon=True).start()
    try:
        yield running
    finally:
        running.shutdown()
        running.server_close()
