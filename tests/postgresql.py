"""A throwaway PostgreSQL for one run of the tests: ``pytest -p tests.postgresql``.

A plugin and not a conftest, because pytest-django reads the settings before any conftest: what comes
later would test SQLite without saying so. The cluster runs as user postgres when we are root (it
refuses root), listens on a free port of this machine only, and is gone with the run.
"""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


def _binaries():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise SystemExit("PostgreSQL is not installed: no initdb found. On Debian: apt-get install postgresql")


def start():
    binaries = _binaries()
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    home = Path(tempfile.mkdtemp(prefix="samenbuurten-pg-"))
    if as_postgres:
        shutil.chown(home, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(*command):
        done = subprocess.run([*as_postgres, *command], cwd=home, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{command[0]} failed:\n{done.stdout}\n{done.stderr}")

    data = home / "data"
    run(
        f"{binaries}/initdb",
        "-D",
        str(data),
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    )
    # Nobody will miss this data after a crash: leave the waiting for the disk out.
    options = (
        f"-p {port} -k {home} -h 127.0.0.1 -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    )
    run(f"{binaries}/pg_ctl", "-D", str(data), "-l", str(home / "log"), "-w", "-o", options, "start")

    def stop():
        subprocess.run(
            [*as_postgres, f"{binaries}/pg_ctl", "-D", str(data), "-m", "immediate", "stop"],
            capture_output=True,
        )
        shutil.rmtree(home, ignore_errors=True)

    atexit.register(stop)
    os.environ["DATABASE_URL"] = f"postgres://postgres@127.0.0.1:{port}/postgres"


# The workers of pytest-xdist use the cluster of the run that started them.
if "PYTEST_XDIST_WORKER" not in os.environ:
    start()
    os.environ["EXPECTED_VENDOR"] = "postgresql"
