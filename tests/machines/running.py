"""A site on two machines: two servers and what they share, behind nginx from the shipped file, all on this machine."""

import http.client
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack, contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from aiosmtpd.controller import Controller
from django.conf import settings as site

from tests import object_store, shipped
from tests.mail import MailServer
from tests.serving.running import ROOT, RunningSite

HOST = "samenbuurten.example"
NEEDED = ("nginx", "redis-server", "openssl")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Machine(RunningSite):
    """A server with a disk of its own, asked as nginx asks it."""

    def send(self, method, path, fields=None):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, headers={"Host": HOST, "X-Forwarded-Proto": "https"})
            return line.getresponse().status
        finally:
            line.close()

    def stop(self):
        """As systemd stops it."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0


class Visitor:
    """Keeps cookies, and comes in by nginx or straight at one machine. ``place`` is the address that they come from."""

    def __init__(self, park, place="203.0.113.9"):
        self.park, self.place, self.cookies = park, place, {}

    def get(self, path, at=None, **headers):
        return self.ask("GET", path, at, None, headers)

    def post(self, path, fields, at=None, files=None, **headers):
        """With the token of the last page that had one."""
        fields = {"csrfmiddlewaretoken": self.token} | fields if self.token else fields
        if files is None:
            kind, body = "application/x-www-form-urlencoded", urlencode(fields, doseq=True).encode()
        else:
            kind, body = _multipart(fields, files)
        return self.ask(
            "POST", path, at, body, {"Content-Type": kind, "Referer": f"https://{HOST}/"} | headers
        )

    token = ""

    def ask(self, method, path, at, body, headers):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": HOST, "Cookie": cookies} | headers
        if at is None:
            line = http.client.HTTPSConnection("127.0.0.1", self.park.port, timeout=60, context=_trusting())
        else:
            line = http.client.HTTPConnection("127.0.0.1", self.park.machines[at].port, timeout=60)
            headers |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": self.place}
        try:
            line.request(method, path, body, headers)
            response = line.getresponse()
            response.body = response.read()
        finally:
            line.close()
        for header in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        if tokens := re.findall(rb'name="csrfmiddlewaretoken" value="(\w+)"', response.body):
            self.token = tokens[-1].decode()
        return response


def _trusting():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _multipart(fields, files):
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (file_name, content) in files.items():
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n\r\n'
        parts += [head.encode(), content, b"\r\n"]
    return f"multipart/form-data; boundary={edge}", b"".join([*parts, f"--{edge}--\r\n".encode()])


class Park:
    """``machines``, and what they share."""

    def __init__(self, home, stack):
        self.home, self.stack, self.port = home, stack, free_port()
        self.mail = MailServer()
        controller = Controller(self.mail, hostname="127.0.0.1", port=free_port())
        controller.start()
        stack.callback(controller.stop)
        self.bucket = stack.enter_context(object_store.running(home / "s3"))
        redis_port = free_port()
        self._start("redis-server", "--port", redis_port, "--save", "", "--bind", "127.0.0.1", "--dir", home)
        self.shared = {
            "SECRET_KEY": site.SECRET_KEY,
            "PLAIN_HTTP": "false",
            "BEHIND_PROXY": "true",
            "ALLOWED_HOSTS": HOST,
            "SITE_URL": f"https://{HOST}",
            "STAFF_MFA_REQUIRED": "false",
            "CACHE_URL": f"redis://127.0.0.1:{redis_port}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{controller.port}",
            "MAIL_TO_EVERYONE": "true",
            "WEBHOOKS_MAY_REACH_PRIVATE": "true",
            "ANSWERS_A_MINUTE": "1000000",
            "API_REQUESTS_A_MINUTE": "60",
        } | {f"S3_{name.upper()}": value for name, value in self.bucket.items()}
        self.machines = [self._machine(name) for name in "ab"]

    def _machine(self, name):
        var = self.home / name
        var.mkdir()
        for part in ("static", "frontend"):
            (var / part).symlink_to(Path(site.VAR_DIR) / part)
        machine = Machine(VAR_DIR=str(var), **self.shared)
        self.stack.callback(machine.kill)
        machine.start()
        return machine

    def start_nginx(self):
        home = self.home / "nginx"
        home.mkdir()
        servers = [f"127.0.0.1:{machine.port}" for machine in self.machines]
        conf = shipped.nginx(
            home, static=site.VAR_DIR, servers=servers, port=self.port, plain_port=free_port()
        )
        self._start("nginx", "-c", conf, "-p", home)
        ready_by = time.monotonic() + 60
        while time.monotonic() < ready_by:
            try:
                return Visitor(self).get("/")
            except OSError:
                time.sleep(0.05)
        raise AssertionError("nginx did not start.")

    def _start(self, *command, **options):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options
        process = subprocess.Popen([str(word) for word in command], **quiet)
        self.stack.callback(lambda: (process.terminate(), process.wait()))
        return process

    def manage(self, at, *words):
        """A command on one of the machines, beside the others."""
        command = [sys.executable, "manage.py", *map(str, words)]
        return self._start(*command, cwd=ROOT, env=self.machines[at].environment)


@contextmanager
def running(home):
    missing = [name for name in NEEDED if not shutil.which(name)]
    assert not missing, f"On Debian: apt-get install nginx-light redis-server openssl ({missing})"
    with ExitStack() as stack:
        yield Park(home, stack)
