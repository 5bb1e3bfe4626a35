"""The site in processes of its own, as `make run` starts it, on the database of the tests."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


class RunningSite:
    def __init__(self, *options, **environment):
        self.options = options
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        given = connection.settings_dict
        database = f"sqlite:///{given['NAME']}"
        if connection.vendor == "postgresql":
            database = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
        self.process = None
        self.environment = os.environ | {"DATABASE_URL": database} | environment

    def start(self, seconds=60):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "samenbuurten.serving", "--bind", f"127.0.0.1:{self.port}", *self.options],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        ready_by = time.monotonic() + seconds
        while time.monotonic() < ready_by and self.process.poll() is None:
            try:
                if self.send("GET", "/enquete/dienst.js") == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("The server did not start.")

    def kill(self):
        """Without a moment for anything."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def processes(self, *words):
        """The numbers of the processes of this site, itself apart, that were started with these words."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [
            number
            for number in map(int, children.split())
            if all(word in Path(f"/proc/{number}/cmdline").read_text().split("\0") for word in words)
        ]

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def fetch(self, path):
        """The bytes of a page that is there, whichever port it was asked at."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request("GET", path, headers={"Host": "127.0.0.1"})
            response = line.getresponse()
            body = response.read()
            assert response.status == 200, (path, response.status)
            return body
        finally:
            line.close()

    def send(self, method, path, fields=None):
        """The status, once the whole answer is in."""
        return self.ask(method, path, fields)[0]

    def ask(self, method, path, fields=None):
        """Status, headers and text."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            line.request(
                method, path, urlencode(fields, doseq=True) if fields else None, kind if fields else {}
            )
            response = line.getresponse()
            text = response.read().decode()
            return response.status, response.headers, text
        finally:
            line.close()
