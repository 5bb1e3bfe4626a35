"""One file with all of a site: a tar, gzip around it, and a seal around that when there is a key.

The last member says of each other one how large it is and its SHA-256.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from contextlib import contextmanager

from registry.management.backups import left_behind
from registry.management.backups.errors import Unusable
from registry.management.backups.sealing import Opener, Sealer, is_sealed

FIRST, LAST = "samenbuurten-backup.json", "manifest.json"
FORMAT = {"format": "samenbuurten-backup", "version": 1}
BLOCK = 1024 * 1024
BROKEN = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError, KeyError)


class Archive:
    """To be filled; ``files`` says what is in it so far."""

    def __init__(self, tar):
        self.tar, self.files = tar, {}

    def add(self, name, stream, size):
        """``size`` bytes of a binary stream."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        counted = _Counted(stream)
        self.tar.addfile(member, counted)
        self.files[name] = counted.seen()

    def add_json(self, name, content):
        data = json.dumps(content, indent=1, sort_keys=True).encode()
        self.add(name, io.BytesIO(data), len(data))


@contextmanager
def writing(path, key):
    """An Archive that becomes the file at ``path`` (mode 0600) when all of it is on the disk, and else is not there."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    left_behind.sweep(path.parent, ".samenbuurten-*.*")
    descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            sealed = Sealer(file, key) if key else file
            with (
                gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=1) as zipped,
                tarfile.open(fileobj=zipped, mode="w|", format=tarfile.PAX_FORMAT) as tar,
            ):
                archive = Archive(tar)
                archive.add_json(FIRST, FORMAT)
                yield archive
            if key:
                sealed.close()
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def members(path, key):
    """(name, stream) of each file in the backup, and last of all (LAST, the manifest as a dict).

    Raises Unusable when it is no backup, does not open, or any byte is not what was put in: until the manifest came,
    nothing of it may be trusted.
    """
    try:
        yield from _members(path, key)
    except BROKEN as error:
        raise Unusable(f"{path} is beschadigd, of is geen back-up van Samen Buurten.") from error


def _members(path, key):
    if not path.is_file():
        raise Unusable(f"{path} is er niet.")
    if is_sealed(path) and not key:
        raise Unusable("Deze back-up is versleuteld. Zet BACKUP_KEY op de sleutel waarmee hij is gemaakt.")
    with path.open("rb") as file:
        opened = Opener(file, key) if is_sealed(path) else file
        with (
            gzip.GzipFile(fileobj=opened, mode="rb") as zipped,
            tarfile.open(fileobj=zipped, mode="r|") as tar,
        ):
            first = tar.next()
            if first is None or first.name != FIRST:
                raise Unusable(f"{path} is geen back-up van Samen Buurten.")
            head = _Counted(tar.extractfile(first))
            if json.loads(head.read()) != FORMAT:
                raise Unusable("Deze back-up is van een andere versie van `backup`.")
            seen, manifest = {FIRST: head.seen()}, None
            while member := tar.next():
                stream = _Counted(tar.extractfile(member))
                if member.name == LAST:
                    manifest = json.loads(stream.read())
                    continue
                yield member.name, stream
                stream.drain()
                seen[member.name] = stream.seen()
            # To the very end: what checks the stream itself stands there.
            while zipped.read(BLOCK):
                pass
    if manifest is None or manifest["files"] != seen:
        raise Unusable(f"{path} is beschadigd: de inhoud is niet wat erin is gedaan.")
    yield LAST, manifest


class _Counted:
    """A stream that remembers how much went by, and the hash of it."""

    def __init__(self, stream):
        if stream is None:
            raise ValueError("not a file")
        self.stream, self.size, self.hash = stream, 0, hashlib.sha256()

    def read(self, size=-1):
        try:
            data = self.stream.read(size)
        except BROKEN as error:
            raise Unusable("Deze back-up is beschadigd.") from error
        self.size += len(data)
        self.hash.update(data)
        return data

    def drain(self):
        while self.read(BLOCK):
            pass

    def seen(self):
        return {"size": self.size, "sha256": self.hash.hexdigest()}
