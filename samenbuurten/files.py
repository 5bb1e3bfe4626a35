"""Writes files with mode 0600: only the user of the site may read them."""

import os
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600


def keep_private(name, *, create=False):
    """Let only the owner of the file read and write it; with ``create`` it is made so when it is not there.

    The files that SQLite keeps beside a database count too. What cannot be changed, because the file is somebody
    else's or the disk is read-only, stays as it is.
    """
    path = Path(name)
    if str(name) == ":memory:" or str(name).startswith("file:"):
        return
    with suppress(OSError):
        if create and path.parent.is_dir() and not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, PRIVATE))
        for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            if file.exists() and file.stat().st_mode & 0o777 & ~PRIVATE:
                file.chmod(PRIVATE)
