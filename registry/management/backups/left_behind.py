"""What a command that was killed left: half of a backup, or a copy of the database, with all that is in it."""

import shutil
import time
from contextlib import suppress

AFTER_SECONDS = 24 * 3600  # no backup takes so long


def sweep(folder, pattern):
    """Remove files and folders of that name that nobody writes any more; what is somebody else's stays."""
    before = time.time() - AFTER_SECONDS
    for path in folder.glob(pattern):
        with suppress(OSError):
            if path.lstat().st_mtime > before:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
