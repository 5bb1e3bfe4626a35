"""Tells a database, a disk or a storage that is away or takes nothing in, or is at another version, from a mistake."""

import errno
import sqlite3
from enum import Enum

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor


class Trouble(Enum):
    AWAY = "away"  # nothing can be read or written
    CLOSED = "closed"  # full, or read-only: reading goes on


class StorageAway(OSError):
    """Where images are kept does not answer. A file that is not there is FileNotFoundError instead."""


_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}
# Of SQLite. The wait for another writer is over by then (settings.DATABASES).
_AWAY_SQLITE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN}
_CLOSED_SQLITE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
# Of PostgreSQL: the connection, the server that stops or starts, no place for one more client, a lock waited for in vain.
_AWAY_POSTGRESQL = ("08", "57P", "53300", "55P03")
_CLOSED_POSTGRESQL = ("25006", "53")  # read-only; disk or memory is full


def trouble_of(error: BaseException | None) -> Trouble | None:
    """What ``error``, or what it came of, says of the database, the disk or the storage; None when that is nothing."""
    while error is not None:
        if isinstance(error, StorageAway):
            return Trouble.AWAY
        if isinstance(error, OSError) and error.errno in _DISK:
            return Trouble.CLOSED
        if isinstance(error, DatabaseError | InterfaceError) and (trouble := _of_database(error)):
            return trouble
        error = error.__cause__ or error.__context__
    return None


def _of_database(error: BaseException) -> Trouble | None:
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        return Trouble.AWAY if code in _AWAY_SQLITE else Trouble.CLOSED if code in _CLOSED_SQLITE else None
    state = getattr(cause, "sqlstate", None)
    if state is None:
        # No answer of a server at all.
        return Trouble.AWAY if isinstance(error, OperationalError | InterfaceError) else None
    if state.startswith(_AWAY_POSTGRESQL):
        return Trouble.AWAY
    return Trouble.CLOSED if state.startswith(_CLOSED_POSTGRESQL) else None


_whole: set[str] = set()  # names of databases that were: they stay so for as long as this process lives


def missing_migrations() -> int:
    """How many migrations were not applied: all of an upgrade, or the rest of one that was cut off."""
    name = str(connection.settings_dict["NAME"])
    if name in _whole:
        return 0
    executor = MigrationExecutor(connection)
    number = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not number:
        _whole.add(name)
    return number


def look_anew() -> None:
    """At the migrations."""
    _whole.clear()
