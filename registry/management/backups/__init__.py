"""A backup of the whole site in one file, made while it answers: database and images, and what they belong to.

Of the settings it holds the names and never a value: keys and passwords are kept apart from it.
"""

import os
import re
import shutil
import subprocess
from collections import defaultdict
from contextlib import contextmanager, suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from django.conf import ENVIRONMENT_VARIABLE, settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from registry.importing.staging import FOLDER as PARKED
from registry.management.backups import archive, databases
from registry.management.backups.errors import Unusable
from registry.models import Initiative
from registry.models.initiative import IMAGES

__all__ = ["Unusable", "make", "orphans", "prune", "restore", "verify"]

MEDIA = "media/"
SUFFIX = ".backup"
# What settings ask the environment for.
NAMES = re.compile(r'\benv(?:\.\w+)?\(\s*"([A-Z][A-Z0-9_]*)"')


def make(target, *, key):
    """The path of the new backup. ``target`` is a file, or a folder in which it gets a name with the moment."""
    if target.is_dir():
        target /= f"samenbuurten-{timezone.now():%Y-%m-%dT%H%M%SZ}{SUFFIX}"
    database = databases.of_this_site()
    made_at = timezone.now()
    with archive.writing(target, key) as out, database.place() as folder:
        # Images are never changed, only added and removed: what stood there before and after the moment of the
        # database holds every one that the database names.
        _add_media(out)
        dump = folder / database.member
        rows = database.dump(dump)
        with dump.open("rb") as file:
            out.add(database.member, file, dump.stat().st_size)
        _add_media(out)
        out.add_json(
            archive.LAST,
            {
                "made_at": made_at.isoformat(),
                "vendor": connection.vendor,
                "code": _code(),
                "migrations": _migrations(),
                "settings": sorted(_settings()),
                "rows": rows,
                "files": dict(out.files),
            },
        )
    return target


def verify(path, *, key):
    """The manifest of a backup of which every byte, the database and the number of its rows are right."""
    with _checked(path, key) as (manifest, _database, _dump):
        return manifest


def restore(path, *, key, replace):
    """Put the backup in the place of this site. The manifest, and where the database of before is (or None).

    Raises Unusable, and then has changed nothing but that images of the backup may lie beside the others.
    """
    if not replace and not databases.is_empty():
        raise Unusable("Deze database is niet leeg. Met --replace komt de back-up ervoor in de plaats.")
    with _checked(path, key) as (manifest, database, dump):
        _refuse_newer(manifest)
        for name, stream in archive.members(path, key):
            if name.startswith(MEDIA):
                _put(name.removeprefix(MEDIA), stream)
        aside = database.put_back(dump)
    if databases.counts() != manifest["rows"]:
        raise Unusable(
            "De database is teruggezet, maar telt andere rijen dan de back-up. Zet hem opnieuw terug."
        )
    return manifest, aside


def orphans():
    """The names of images that no page has: newer than a backup that was put back, or of an act that was cut off. Not
    those of the last hour: their page may still be on its way to the database."""
    in_use = set(Initiative._base_manager.exclude(image="").values_list("image", flat=True))
    before = timezone.now() - timedelta(hours=1)
    for name in _media(f"{IMAGES}/"):
        with suppress(FileNotFoundError):
            if name not in in_use and default_storage.get_modified_time(name) < before:
                yield name


def prune(folder, *, keep):
    """Remove all but the newest ``keep`` backups of this folder; their names."""
    oldest = sorted(folder.glob(f"samenbuurten-*{SUFFIX}"), reverse=True)[keep:]
    for path in oldest:
        path.unlink()
    return [path.name for path in oldest]


@contextmanager
def _checked(path, key):
    """The manifest of a backup that is whole, the database of this site, and the copy in the backup as a file."""
    database = databases.of_this_site()
    with database.place() as folder:
        dump, manifest = folder / database.member, {}
        for name, content in archive.members(path, key):
            if name == database.member:
                with dump.open("wb") as file:
                    shutil.copyfileobj(content, file, archive.BLOCK)
            elif name == archive.LAST:
                manifest = content
        if manifest["vendor"] != connection.vendor:
            raise Unusable(
                f"Deze back-up is van {manifest['vendor']}, en deze site werkt op {connection.vendor}."
            )
        if database.check(dump) != manifest["rows"]:
            raise Unusable("De database in de back-up telt andere rijen dan toen hij werd gemaakt.")
        yield manifest, database, dump


def _add_media(out):
    for name in _media():
        if MEDIA + name in out.files:
            continue
        try:
            file = default_storage.open(name)
        except FileNotFoundError:  # removed since it was listed
            continue
        with file:
            out.add(MEDIA + name, file, file.size)


def _media(folder=""):
    """The names of all images. What waits for a yes of the person who sent it is no content yet."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(names):
        yield f"{folder}{name}"
    for below in sorted(folders):
        if f"{folder}{below}" != PARKED:
            yield from _media(f"{folder}{below}/")


def _put(name, stream):
    """Under this very name, in the place of what had it."""
    if default_storage.exists(name):
        default_storage.delete(name)
    if default_storage.save(name, _Incoming(stream)) != name:
        raise Unusable(f"{name} kan niet onder die naam worden bewaard.")


class _Incoming(File):
    """An image as it comes out of a backup: from front to back, once."""

    def __init__(self, stream):
        super().__init__(stream, "")

    def chunks(self, chunk_size=None):
        while data := self.file.read(archive.BLOCK):
            yield data

    def read(self, size=-1):
        return self.file.read(size)

    def seek(self, place, whence=0):
        return place


def _refuse_newer(manifest):
    present = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    strange = [
        f"{app}.{name}"
        for app, names in manifest["migrations"].items()
        for name in names
        if app in ("registry", "survey") and (app, name) not in present
    ]
    if strange:
        raise Unusable(
            f"Deze back-up is van een nieuwere versie van de site ({strange[-1]}). Zet eerst die versie klaar."
        )


def _migrations():
    applied = defaultdict(list)
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        applied[app].append(name)
    return applied


def _settings():
    """The names that this site takes from its environment, without a value."""
    source = Path(import_module(os.environ[ENVIRONMENT_VARIABLE]).__file__).read_text(encoding="utf-8")
    return {name for name in NAMES.findall(source) if name in os.environ}


def _code():
    """The commit of the clone, "" when this is none."""
    git = shutil.which("git")
    done = git and subprocess.run(  # noqa: S603  our own words
        [git, "rev-parse", "HEAD"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done else ""
