"""A stream of bytes under a key, in chunks: as large as a disk, with one chunk in memory.

Each chunk is AES-256-GCM with its place as nonce, and the last one says that it is the last: what was changed, left
out, put elsewhere or cut off does not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from registry.management.backups.errors import Unusable

MAGIC = b"samenbuurten sealed backup 1\n"
CHUNK, TAG, SALT = 1024 * 1024, 16, 16


class Sealer:
    """Writes to ``file`` under ``key`` (text); what was written counts once it is closed."""

    def __init__(self, file, key):
        salt = os.urandom(SALT)
        self.file, self.cipher, self.number, self.waiting = file, _cipher(key, salt), 0, bytearray()
        file.write(MAGIC + salt)

    def write(self, data):
        self.waiting += data
        while len(self.waiting) > CHUNK:
            self._put(bytes(self.waiting[:CHUNK]), is_last=False)
            del self.waiting[:CHUNK]
        return len(data)

    def flush(self):
        """A part of a chunk stays until the rest has come."""

    def close(self):
        self._put(bytes(self.waiting), is_last=True)

    def _put(self, chunk, *, is_last):
        self.file.write(self.cipher.encrypt(_nonce(self.number, is_last), chunk, MAGIC))
        self.number += 1


class Opener:
    """Reads what a Sealer wrote; raises Unusable at the first chunk that does not fit."""

    def __init__(self, file, key):
        file.read(len(MAGIC))
        self.file, self.cipher, self.number, self.waiting = file, _cipher(key, file.read(SALT)), 0, b""
        self.sealed = file.read(CHUNK + TAG)

    def read(self, size=-1):
        while self.sealed and (size < 0 or len(self.waiting) < size):
            following = self.file.read(CHUNK + TAG)
            try:
                self.waiting += self.cipher.decrypt(_nonce(self.number, not following), self.sealed, MAGIC)
            except InvalidTag as wrong:
                raise Unusable("Deze back-up past niet bij BACKUP_KEY, of is beschadigd.") from wrong
            self.sealed, self.number = following, self.number + 1
        size = len(self.waiting) if size < 0 else size
        data, self.waiting = self.waiting[:size], self.waiting[size:]
        return data


def is_sealed(path):
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _cipher(key, salt):
    if len(salt) != SALT:
        raise Unusable("Deze back-up is afgebroken.")
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(key.encode()))


def _nonce(number, is_last):
    return number.to_bytes(11, "big") + bytes([is_last])
