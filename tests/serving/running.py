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
    def __init__(self, **environment):
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
            [sys.executable, "-m", "samenbuurten.serving", "--bind", f"127.0.0.1:{self.port}"],
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
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            line.request(
                method, path, urlencode(fields, doseq=True) if fields else None, kind if fields else {}
            )
            response = line.getresponse()
            response.read()
            return response.status
        finally:
            line.close()
