"""Where limits are counted for all processes together: a Redis for more than one machine, else a file.

The file is apart from the database: a reader need not wait for who writes content, a count is not undone with
the transaction it was made in, and it is worth nothing after a crash, so that nothing waits for the disk.
"""

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

import redis
from redis.client import Pipeline

# When, how much, in which process, and whether it is on lease: what one line of a log says.
Entry = list[Any]
Logs = dict[str, list[Entry]]
# What a store raises when it cannot be reached.
AWAY = (redis.RedisError, sqlite3.Error, OSError)


class Store(Protocol):
    """Logs by name, and salts: what is changed in it, nobody else changes meanwhile."""

    def change(self, names: Iterable[str], act: Callable[[Logs], Logs], *, until: float) -> None:
        """Let ``act`` make new logs of those under ``names``, while nobody else can."""

    def read(self, names: Iterable[str]) -> list[Entry]:
        """All that stands in the logs under ``names``."""

    def salt(self, name: str, *, until: float) -> bytes:
        """The salt of this name, made by who asks first."""

    def sweep(self, now: float) -> None:
        """Throw away what is over."""

    def close(self) -> None: ...


def store(location: str) -> Store:
    """The store at a path or at the address of a Redis."""
    return _Redis(location) if "://" in str(location) else _File(location)


class _File:
    def __init__(self, path: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        # Only for who runs the site.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self.connection = sqlite3.connect(path, timeout=2, isolation_level=None, check_same_thread=False)
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=OFF",
            "PRAGMA secure_delete=ON",
            "CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, log TEXT NOT NULL, until REAL NOT NULL) "
            "WITHOUT ROWID",
            "CREATE INDEX IF NOT EXISTS counts_until ON counts (until)",
        ):
            self.connection.execute(statement)

    def change(self, names: Iterable[str], act: Callable[[Logs], Logs], *, until: float) -> None:
        """Let ``act`` make new logs of those under ``names``, while nobody else can."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            logs = {name: json.loads(self._get(name) or "[]") for name in names}
            for name, log in act(dict(logs)).items():
                if log != logs[name]:
                    self._put(name, json.dumps(log), until)
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise

    def read(self, names: Iterable[str]) -> list[Entry]:
        """All that stands in the logs under ``names``."""
        return [entry for name in names for entry in json.loads(self._get(name) or "[]")]

    def salt(self, name: str, *, until: float) -> bytes:
        fresh = os.urandom(16).hex()
        self.connection.execute("INSERT OR IGNORE INTO counts VALUES (?, ?, ?)", (name, fresh, until))
        # Swept away between the two, when its time is up: then nobody else has it any more.
        return bytes.fromhex(self._get(name) or fresh)

    def sweep(self, now: float) -> None:
        if self.connection.execute("SELECT 1 FROM counts WHERE until <= ? LIMIT 1", (now,)).fetchone():
            self.connection.execute("DELETE FROM counts WHERE until <= ?", (now,))
            # Not in the log of what was written either.
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        self.connection.close()

    def _get(self, name: str) -> str | None:
        row = self.connection.execute("SELECT log FROM counts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def _put(self, name: str, log: str, until: float) -> None:
        self.connection.execute("INSERT OR REPLACE INTO counts VALUES (?, ?, ?)", (name, log, until))


class _Redis:
    PREFIX = "samenbuurten:limit:"

    def __init__(self, address: str) -> None:
        self.client = redis.Redis.from_url(address, socket_connect_timeout=0.5, socket_timeout=0.5)

    def change(self, names: Iterable[str], act: Callable[[Logs], Logs], *, until: float) -> None:
        keys = {name: self.PREFIX + name for name in names}

        def attempt(pipe: Pipeline) -> None:
            logs = {name: json.loads(pipe.get(key) or "[]") for name, key in keys.items()}
            changed = act(dict(logs))
            pipe.multi()
            for name, log in changed.items():
                if log != logs[name]:
                    pipe.set(keys[name], json.dumps(log), px=_milliseconds(until))

        # Once more from the start when somebody else changed one of them in the meantime.
        self.client.transaction(attempt, *keys.values())

    def read(self, names: Iterable[str]) -> list[Entry]:
        texts = self.client.mget([self.PREFIX + name for name in names])
        return [entry for log in texts for entry in json.loads(log or "[]")]

    def salt(self, name: str, *, until: float) -> bytes:
        key, fresh = self.PREFIX + name, os.urandom(16).hex()
        self.client.set(key, fresh, nx=True, px=_milliseconds(until))
        # Gone between the two, when its time is up: then nobody else has it any more.
        salt = self.client.get(key) or fresh
        return bytes.fromhex(salt.decode() if isinstance(salt, bytes) else str(salt))

    def sweep(self, now: float) -> None:
        """Redis throws away by itself."""

    def close(self) -> None:
        self.client.close()


def _milliseconds(until: float) -> int:
    return max(1, int((until - time.time()) * 1000))
