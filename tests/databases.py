"""The databases of the tests: migrated once, kept under var/, copied for each worker, and put back after a
test that commits.

What is kept is named after all that decides its content (``SOURCES``): a changed migration makes a new one.
Nothing here needs settings at import: the plugin for PostgreSQL reads it before there are any.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import django
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "testing"
# What a migrate leaves behind: migrations, what they read, and what goes with each migrate (*/apps.py).
SOURCES = """
    */apps.py */migrations/*.py */models/**/*.py */seed/**/* registry/accounts/*.py survey/roles.py
    registry/partners/*.py registry/foundation/*.py registry/mail/**/* samenbuurten/settings.py tests/databases.py requirements.txt
""".split()
TEMPLATE = "samenbuurten_template"
PATIENCE = 300  # seconds; only what hangs takes as long


def sources():
    return sorted({path for pattern in SOURCES for path in ROOT.glob(pattern) if _is_source(path)})


def _is_source(path):
    return path.is_file() and path.suffix != ".pyc" and "node_modules" not in path.parts


@cache
def fingerprint():
    parts = [
        f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in sources()
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@contextmanager
def kept(kind, make):
    """The path of what ``make`` made once, in whichever process came first; older ones of a kind go."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{kind}-{fingerprint()}"
    with (KEPT / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for older in KEPT.glob(f"{kind}-*"):
                shutil.rmtree(older) if older.is_dir() else older.unlink()
            make(path)
        yield path


def migrate(url):
    """Make the tables and what stands in them from the beginning, in a process of its own."""
    subprocess.run(
        [sys.executable, "-m", "tests.databases"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "samenbuurten.settings"},
        check=True,
    )


def copy_of_sqlite(path):
    """A migrated SQLite at the path."""
    with kept("sqlite", _make_sqlite) as template:
        return shutil.copyfile(template, path)


def _make_sqlite(path):
    unfinished = path.with_name(f"unfinished-{path.name}")
    _remove(unfinished)
    migrate(f"sqlite:///{unfinished}")
    unfinished.rename(path)


def _remove_of_the_dead(path):
    """The copies of runs that were killed."""
    for copy in path.parent.glob(f"{path.name.split('.')[0]}.*.sqlite3"):
        if not _is_running(int(copy.name.split(".")[1])):
            _remove(copy)
            _remove(copy.with_name(f"{copy.name}.template"))


def _is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of somebody else
        return True
    return True


def _remove(path):
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def open_for_tests(connection):
    """Point the connection to a fresh copy, which can be put back as it was (``reset``) and closed."""
    kinds = {"sqlite": SqliteCopy, "postgresql": PostgresqlCopy}
    return kinds[connection.vendor](connection, connection.creation._get_test_db_name())


class SqliteCopy:
    """Named after its process: two runs in one clone leave each other alone."""

    def __init__(self, connection, name):
        self.connection, self.path = connection, Path(name).with_suffix(f".{os.getpid()}.sqlite3")
        _remove_of_the_dead(self.path)
        connection.close()
        self.close()
        self.template = copy_of_sqlite(self.path.with_name(f"{self.path.name}.template"))
        shutil.copyfile(self.template, self.path)
        connection.settings_dict["NAME"] = str(self.path)

    def reset(self):
        """Page by page into the open file: other threads and processes may have it open too."""
        ends_by = time.monotonic() + PATIENCE

        def give_up(*_progress):
            if time.monotonic() > ends_by:
                raise TimeoutError("Something that the test started is still writing.")

        self.connection.ensure_connection()
        with closing(sqlite3.connect(self.template)) as source:
            source.backup(self.connection.connection, progress=give_up)

    def close(self):
        self.connection.close()
        _remove(self.path)
        _remove(self.path.with_name(f"{self.path.name}.template"))


class PostgresqlCopy:
    """Only tables with other rows than the template are put back.

    A row knows the number of the transaction that wrote it, and numbers only grow: as many rows with the same
    sum are the same rows.
    """

    def __init__(self, connection, name):
        self.connection = connection
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
        connection.close()
        connection.settings_dict["NAME"] = name
        tables = self._read("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        self.tables = [table for (table,) in tables]
        self.rows = {}
        with connection.cursor() as cursor:
            for table in self.tables:
                with cursor.copy(f'COPY "{table}" TO STDOUT') as out:
                    self.rows[table] = b"".join(out)
        self.marks = self._marks(self.tables)

    def _read(self, query):
        with self.connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def _marks(self, tables):
        counts = (
            f"SELECT '{table}', count(*), coalesce(sum(xmin::text::bigint), 0) FROM \"{table}\""
            for table in tables
        )
        return {table: mark for table, *mark in self._read(" UNION ALL ".join(counts))}

    def reset(self):
        changed = [table for table, mark in self._marks(self.tables).items() if mark != self.marks[table]]
        if not changed:
            return
        with self.connection.cursor() as cursor:
            # No trigger and no foreign key looks on: what is put back was whole.
            cursor.execute("BEGIN; SET LOCAL session_replication_role = replica")
            for table in changed:
                cursor.execute(f'DELETE FROM "{table}"')
                if self.rows[table]:
                    with cursor.copy(f'COPY "{table}" FROM STDIN') as into:
                        into.write(self.rows[table])
            cursor.execute("COMMIT")
        self.marks |= self._marks(changed)

    def close(self):
        """The cluster is thrown away whole, while a server that a test killed may still be connected."""


if __name__ == "__main__":
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
