"""What SQLite and PostgreSQL each do: a copy of one moment while the site goes on, a look whether it is whole, and the
copy in the place of what was there: all of it, or nothing."""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from registry.management.backups import left_behind
from registry.management.backups.errors import Unusable

TEMPORARY = "samenbuurten-backup-"
QUOTED = "SELECT count(*) FROM "
COPY = re.compile(rb"COPY (?:public\.)?\"?(\w+)\"? \(.*\) FROM stdin;\n?")
BUSY = "Iets heeft de database nog open. Stop de site en `manage.py work`, en probeer het opnieuw."
# Who goes on beside a restore keeps figures of before it in memory, and writes what is then gone.
OTHERS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user
AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
# What a newer version of the site left behind goes too; what an extension brought stays.
EMPTY_SQL = """
SET lock_timeout = '30s';
DO $$
DECLARE thing record;
BEGIN
  FOR thing IN SELECT c.oid::regclass AS name FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', thing.name); END LOOP;
  FOR thing IN SELECT c.oid::regclass AS name, c.relkind AS kind FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'S', 'm')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP %s IF EXISTS %s CASCADE',
    CASE thing.kind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'SEQUENCE' END, thing.name);
  END LOOP;
  FOR thing IN SELECT p.oid::regprocedure AS name FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', thing.name); END LOOP;
END $$;
"""


def is_empty():
    return connection.introspection.table_names() == []


def counts():
    """The number of rows of each table, as they are now."""
    with connection.cursor() as cursor:
        return _counts(cursor, connection.introspection.table_names(cursor))


def of_this_site():
    return {"sqlite": _Sqlite, "postgresql": _Postgresql}[connection.vendor](connection.settings_dict)


class _Sqlite:
    member = "database.sqlite3"

    def __init__(self, database):
        self.path = Path(database["NAME"])

    def dump(self, into):
        """A copy of one moment at the path, and the number of rows of each table in it."""
        # Closed at the end: who has the database open, even to read, is in the way of a restore.
        with (
            closing(sqlite3.connect(self.path, timeout=60)) as source,
            closing(sqlite3.connect(into)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            return _counts(copy.cursor(), _tables(copy))

    def check(self, dump):
        """The number of rows of each table in a copy that is whole."""
        try:
            with closing(sqlite3.connect(dump)) as copy:
                if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                    raise Unusable("De database in de back-up is beschadigd.")
                if copy.execute("PRAGMA foreign_key_check").fetchone():
                    raise Unusable("In de database in de back-up ontbreken rijen waar andere naar wijzen.")
                return _counts(copy.cursor(), _tables(copy))
        except sqlite3.Error as error:
            raise Unusable("De database in de back-up is beschadigd.") from error

    @contextmanager
    def place(self):
        """A folder on the disk of the database."""
        left_behind.sweep(self.path.parent, ".restore-*")
        with _private_folder(self.path.parent / f".restore-{os.getpid()}") as folder:
            yield folder

    def put_back(self, dump):
        """In one step; what was there before stays beside it. Its path, when there was something."""
        aside = self.path.with_name(f"{self.path.name}.before-restore")
        is_there = self.path.exists() and not is_empty()
        connection.close()
        if self.path.exists():
            self._let_go()
        if is_there:
            aside.unlink(missing_ok=True)
            os.link(self.path, aside)
        with dump.open("rb") as file:
            os.fsync(file.fileno())
        dump.chmod(0o600)
        dump.replace(self.path)
        return aside if is_there else None

    def _let_go(self):
        """Nobody may have it open: they would go on in a file that is no longer the database."""
        with closing(sqlite3.connect(self.path, timeout=2)) as old:
            try:
                (mode,) = old.execute("PRAGMA journal_mode=DELETE").fetchone()
                old.execute("BEGIN EXCLUSIVE")
                old.execute("ROLLBACK")
            except sqlite3.OperationalError:
                mode = "busy"
        if mode != "delete":
            raise Unusable(BUSY)


class _Postgresql:
    member = "database.dump"

    def __init__(self, database):
        command, environment = DatabaseClient.settings_to_cmd_args_env(database, [])
        self.target, self.environment = command[1:], os.environ | (environment or {})

    def dump(self, into):
        """A dump of one moment at the path, and the number of rows of each table in it."""
        reader = connection.copy()
        try:
            with reader.cursor() as cursor:
                cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SELECT pg_export_snapshot()")
                (snapshot,) = cursor.fetchone()
                rows = _counts(cursor, reader.introspection.table_names(cursor))
                options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
                self._run("pg_dump", *options, f"--file={into}", *self.target)
        finally:
            reader.close()
        return rows

    def check(self, dump):
        """The number of rows of each table in a dump that is whole. Beside it comes what puts it back, as SQL."""
        rows, table = {}, None
        with (
            self._script(dump).open("wb") as script,
            subprocess.Popen(  # noqa: S603  our own words
                [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dump)],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            ) as reading,
        ):
            for line in reading.stdout:
                script.write(line)
                if table is None and (copy := COPY.fullmatch(line)):
                    table = copy[1].decode()
                    rows[table] = 0
                elif table is not None and line == b"\\.\n":
                    table = None
                elif table is not None:
                    rows[table] += 1
        if reading.returncode:
            raise Unusable("De database in de back-up is beschadigd.")
        return rows

    @contextmanager
    def place(self):
        left_behind.sweep(Path(tempfile.gettempdir()), f"{TEMPORARY}*")
        with _private_folder(None) as folder:
            yield folder

    def put_back(self, dump):
        """In one transaction, with all that was there before."""
        with connection.cursor() as cursor:
            cursor.execute(OTHERS)
            (others,) = cursor.fetchone()
        if others:
            raise Unusable(BUSY)
        empty = dump.with_name("empty.sql")
        empty.write_text(EMPTY_SQL, encoding="utf-8")
        connection.close()
        options = [
            "--no-psqlrc",
            "--quiet",
            "--output=/dev/null",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
        ]
        files = [f"--file={empty}", f"--file={self._script(dump)}"]
        self._run("psql", *options, *files, *self.target)

    def _run(self, program, *options):
        command = [_program(program), *options]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)  # noqa: S603  our own words
        if done.returncode:
            last_line = (done.stderr.strip().splitlines() or [""])[-1]
            raise Unusable(BUSY if "lock timeout" in last_line else f"{program}: {last_line}")

    @staticmethod
    def _script(dump):
        return dump.with_suffix(".sql")


def _tables(copy):
    return [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def _counts(cursor, tables):
    rows = {}
    for table in sorted(tables):
        if not table.startswith("sqlite_"):
            cursor.execute(QUOTED + connection.ops.quote_name(table))
            (rows[table],) = cursor.fetchone()
    return rows


def _program(name):
    if path := shutil.which(name):
        return path
    raise Unusable(f"{name} is er niet: installeer de client van PostgreSQL (op Debian: postgresql-client).")


@contextmanager
def _private_folder(path):
    """For who runs this only; it goes with all that is in it."""
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY) if path is None else path)
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
