"""Stop what comes again and again: a signed link in each such letter, and one tap, by hand or by a mail program (RFC 8058).

What sends something that repeats adds a door: how to find whose it is, what it is in words, and how to end it.
"""

from dataclasses import dataclass
from typing import Any

from django.core import signing

from registry.mail.letters import address

SALT = "registry.mail.unsubscribe"
_doors = {}


@dataclass(frozen=True)
class _Door:
    find: Any
    what: Any
    stop: Any


@dataclass(frozen=True)
class Found:
    """Something that is still sent to somebody."""

    door: _Door
    row: Any

    @property
    def what(self):
        return self.door.what(self.row)

    def stop(self):
        self.door.stop(self.row)


def add(name, *, find, what, stop):
    """``find(key)``: the row, or None when nothing is sent (any more); ``what(row)`` in words; ``stop(row)`` ends it."""
    _doors[name] = _Door(find, what, stop)


def token(name, row):
    return signing.Signer(salt=SALT).sign(f"{name}:{row.pk}")


def way_out(name, row):
    """What a letter that repeats carries: the blank ``stop``, and the headers by which a mail program stops it."""
    link = address("stop", token(name, row))
    return {
        "stop": link,
        "headers": {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    }


def find(token):
    """What a link stops, or None when that is made up or no longer sent."""
    try:
        name, _colon, key = signing.Signer(salt=SALT).unsign(token).partition(":")
    except signing.BadSignature:
        return _find_of_before(token)
    return _found(name, key)


def _find_of_before(token):
    """Links of before there was more to stop than a filter."""
    try:
        return _found("filter", signing.Signer(salt="registry.community.saved_searches").unsign(token))
    except signing.BadSignature:
        return None


def _found(name, key):
    door = _doors.get(name)
    row = door and door.find(key)
    return Found(door, row) if row else None
