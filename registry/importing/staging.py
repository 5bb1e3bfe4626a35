"""Where a file waits between its preview and the yes of the person who sent it, with what the preview showed."""

import json
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from registry.models import ImportTask
from registry.models.operations.importing import KEPT

FOLDER = "imports"
MAX_AGE = timedelta(hours=1)


@dataclass(frozen=True)
class Parked:
    """A file of one person for one list."""

    path: str
    file_name: str

    def content(self):
        with default_storage.open(self.path) as file:
            return file.read()


@dataclass(frozen=True)
class Plan:
    """What a person saw that a file does, and how it was to be read. ``key`` is of this one preview."""

    key: uuid.UUID
    file: Parked | None
    sheet: str = ""
    columns: tuple[str, ...] = ()
    seen: tuple = ()


def park(content, *, by, what, file_name):
    """Keep ``content`` and give a ticket. Nobody but ``by`` can use it, and only for ``what``."""
    sweep()
    path = default_storage.save(f"{FOLDER}/{uuid.uuid4()}", ContentFile(content))
    return signing.dumps([path, by.pk, what, file_name], salt=FOLDER)


def parked(ticket, *, by, what):
    """What the ticket stands for, or None: made up, of someone else, too old, or used before."""
    try:
        path, owner, of, file_name = signing.loads(ticket, salt=FOLDER, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    if (owner, of) != (by.pk, what) or not default_storage.exists(path):
        return None
    return Parked(path, file_name)


def promise(ticket, *, sheet, columns, seen):
    """Keep what was shown of the file of ``ticket`` (anything that JSON can hold), and give the ticket to say yes to."""
    key = uuid.uuid4()
    promised_json = json.dumps({"sheet": sheet, "columns": columns, "seen": seen}).encode()
    default_storage.save(_path(key), ContentFile(promised_json))
    return signing.dumps([ticket, key.hex], salt=f"{FOLDER}.plan")


def promised(ticket, *, by, what):
    """The Plan of such a ticket; without a file when that is no longer there, and None when it is made up."""
    try:
        of_file, key = signing.loads(ticket, salt=f"{FOLDER}.plan", max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    key = uuid.UUID(key)
    file = parked(of_file, by=by, what=what)
    if file is None or not default_storage.exists(_path(key)):
        return Plan(key, None)
    with default_storage.open(_path(key)) as stored:
        return Plan(key, file, **json.loads(stored.read()))


def put(key, result):
    """Keep what came, so far, of a task (anything that JSON can hold)."""
    with default_storage.open(_path(key), "w") as file:
        file.write(json.dumps(result))


def got(key):
    """What came of a task so far."""
    try:
        with default_storage.open(_path(key)) as file:
            return json.loads(file.read())
    except (FileNotFoundError, ValueError):  # not yet, or half written
        return {}


def ticket_of(promise):
    """The ticket of the file that a promise is about."""
    return signing.loads(promise, salt=f"{FOLDER}.plan")[0]


def discard(plan):
    for path in (plan.file.path, _path(plan.key)):
        default_storage.delete(path)


def _path(key):
    return f"{FOLDER}/{key}.json"


def sweep():
    """What nobody said yes to is not kept: such a file can hold addresses of people."""
    ImportTask.objects.filter(asked_at__lt=timezone.now() - KEPT).delete()
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for name in names:
        path = f"{FOLDER}/{name}"
        # Another machine may sweep too.
        with suppress(FileNotFoundError):
            if default_storage.get_modified_time(path) < timezone.now() - MAX_AGE:
                default_storage.delete(path)
