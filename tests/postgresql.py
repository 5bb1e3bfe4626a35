"""A throwaway PostgreSQL for one run of the tests: ``pytest -p tests.postgresql``.

A plugin and not a conftest, because pytest-django reads the settings before any conftest: what comes
later would test SQLite without saying so. The cluster is a copy of one that was migrated before
(tests/databases.py). It runs as user postgres when we are root (it refuses root), listens on a free port of
this machine only, and is gone with the run.
"""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from tests import databases

# Nobody will miss this data after a crash: leave the waiting for the disk out. For tables this small a second
# process or a compiled query costs more than it gains.
CARELESS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    " -c max_parallel_workers_per_gather=0 -c jit=off"
)


def _binaries():
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if installed:
        return installed[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise SystemExit("PostgreSQL is not installed: no initdb found. On Debian: apt-get install postgresql")


class Cluster:
    """In a folder of its own, which goes with it."""

    def __init__(self):
        self.binaries = _binaries()
        self.as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self.home = Path(tempfile.mkdtemp(prefix="samenbuurten-pg-"))
        self.data = self.home / "data"
        if self.as_postgres:
            shutil.chown(self.home, "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def run(self, binary, *options):
        command = [*self.as_postgres, str(self.binaries / binary), *options]
        done = subprocess.run(command, cwd=self.home, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{binary} failed:\n{done.stdout}\n{done.stderr}")

    def make(self):
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")

    def start(self):
        options = f"-p {self.port} -k {self.home} -h 127.0.0.1 {CARELESS}"
        self.run("pg_ctl", "-D", self.data, "-l", self.home / "log", "-w", "-o", options, "start")

    def stop(self, mode):
        self.run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def url(self, database):
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def remove(self):
        shutil.rmtree(self.home, ignore_errors=True)


def _copy(data, into):
    """With the owner of the files: PostgreSQL refuses another's."""
    subprocess.run(["cp", "-a", str(data), str(into)], check=True)


def _make(path):
    """A cluster that holds the template, stopped in good order."""
    cluster = Cluster()
    try:
        cluster.make()
        cluster.start()
        try:
            cluster.run(
                "createdb", "-h", "127.0.0.1", "-p", str(cluster.port), "-U", "postgres", databases.TEMPLATE
            )
            databases.migrate(cluster.url(databases.TEMPLATE))
        finally:
            cluster.stop("fast")
        unfinished = path.with_name(f"unfinished-{path.name}")
        shutil.rmtree(unfinished, ignore_errors=True)
        _copy(cluster.data, unfinished)
        unfinished.rename(path)
    finally:
        cluster.remove()


def start():
    cluster = Cluster()
    version = subprocess.check_output([cluster.binaries / "postgres", "--version"], text=True).split()[2]
    with databases.kept(f"postgresql-{version}", _make) as data:
        _copy(data, cluster.data)
    cluster.start()

    @atexit.register
    def stop():
        try:
            cluster.stop("immediate")
        finally:
            cluster.remove()

    os.environ["DATABASE_URL"] = cluster.url("postgres")


# A site on PostgreSQL does not start on the key of one machine.
os.environ.setdefault("SECRET_KEY", "een sleutel voor de tests op PostgreSQL, van meer dan vijftig tekens")
# The workers of pytest-xdist use the cluster of the run that started them.
if "PYTEST_XDIST_WORKER" not in os.environ:
    start()
    os.environ["EXPECTED_VENDOR"] = "postgresql"
