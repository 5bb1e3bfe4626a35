"""Where a file waits between its preview and the yes of the person who sent it."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

FOLDER = "imports"
MAX_AGE = timedelta(hours=1)


@dataclass(frozen=True)
class Parked:
    path: str
    file_name: str
    totals: list[int]

    def content(self):
        with default_storage.open(self.path) as file:
            return file.read()


def park(content, *, by, what, file_name, totals):
    """Keep ``content`` and give a ticket. Nobody but ``by`` can use it, and only for ``what``."""
    sweep()
    path = default_storage.save(f"{FOLDER}/{uuid.uuid4()}", ContentFile(content))
    return signing.dumps([path, by.pk, what, file_name, totals], salt=FOLDER)


def parked(ticket, *, by, what):
    """What the ticket stands for, or None: made up, of someone else, too old, or used before."""
    try:
        path, owner, of, file_name, totals = signing.loads(ticket, salt=FOLDER, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    if (owner, of) != (by.pk, what) or not default_storage.exists(path):
        return None
    return Parked(path, file_name, totals)


def discard(file):
    default_storage.delete(file.path)


def sweep():
    """What nobody said yes to is not kept: such a file can hold addresses of people."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for name in names:
        path = f"{FOLDER}/{name}"
        if default_storage.get_modified_time(path) < timezone.now() - MAX_AGE:
            default_storage.delete(path)
