"""Images and files that wait, in a bucket of any S3: then it is all the same which machine answers."""

import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import BytesIO

from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible
from django.utils.functional import cached_property
from obstore.exceptions import BaseError
from obstore.store import S3Store

from registry.foundation.away import StorageAway

# Of one attempt, which is done once more: a page must not wait for a store that is away, and a monitor waits less.
TIMEOUT_SECONDS, TIMEOUT_OF_A_LOOK_SECONDS, RETRIES = 5, 2, 1
# For so long after a failure it is not asked again: who waits for a store that hangs keeps a thread of the site.
QUIET_SECONDS = 5


@deconstructible
class S3Storage(Storage):
    """A bucket as a storage of Django. What is in it goes out through pages, never by an address of its own."""

    def __init__(self, **options):
        self.options = options
        self.is_away, self.ask_after = False, 0.0

    @cached_property
    def store(self):
        """Made in the process that uses it: its threads do not survive a fork."""
        return self.connected(TIMEOUT_SECONDS)

    @cached_property
    def store_for_a_look(self):
        """The same for small questions, and for the one that finds out whether it is back."""
        return self.connected(TIMEOUT_OF_A_LOOK_SECONDS)

    def connected(self, timeout):
        endpoint = self.options["endpoint"]
        return S3Store(
            self.options["bucket"],
            prefix=self.options["prefix"] or None,
            endpoint=endpoint or None,
            region=self.options["region"],
            access_key_id=self.options["access_key"],
            secret_access_key=self.options["secret_key"],
            # A store of one's own seldom has a name for each bucket.
            virtual_hosted_style_request=not endpoint,
            client_options={
                "timeout": f"{round(timeout * 1000)}ms",
                "allow_http": endpoint.startswith("http://"),
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=timeout)},
        )

    @contextmanager
    def asking(self, *, is_look=False):
        """Around each call of the store, which does one thing. StorageAway when it does not answer, or takes no orders
        from this key; for a while after that nobody asks, and then one does, for whom the others do not wait."""
        now = time.monotonic()
        if now < self.ask_after:
            raise StorageAway("The store did not answer a moment ago.")
        if self.is_away:
            self.ask_after = now + 2 * TIMEOUT_OF_A_LOOK_SECONDS
        try:
            yield self.store_for_a_look if is_look or self.is_away else self.store
        except BaseError as error:
            self.is_away, self.ask_after = True, time.monotonic() + QUIET_SECONDS
            raise StorageAway("The store does not answer, or not to this key.") from error
        except FileNotFoundError:
            self.is_away, self.ask_after = False, 0.0
            raise
        self.is_away, self.ask_after = False, 0.0

    def _open(self, name, mode="rb"):
        if "w" in mode:
            return _Outgoing(self, name)
        with self.asking() as store:
            return File(BytesIO(store.get(name).bytes().to_bytes()), name)

    def _save(self, name, content):
        whole = b"".join(content.chunks())
        with self.asking() as store:
            store.put(name, whole)
        return name

    def delete(self, name):
        with suppress(FileNotFoundError), self.asking() as store:
            store.delete(name)

    def exists(self, name):
        try:
            with self.asking(is_look=True) as store:
                store.head(name)
        except FileNotFoundError:
            return False
        return True

    def listdir(self, path):
        """(folders, files) right below ``path``."""
        below = f"{path.strip('/')}/" if path.strip("/") else ""
        with self.asking() as store:
            listed = store.list_with_delimiter(below or None)
        return (
            [folder.removeprefix(below).rstrip("/") for folder in listed["common_prefixes"]],
            [entry["path"].removeprefix(below) for entry in listed["objects"]],
        )

    def size(self, name):
        with self.asking() as store:
            return store.head(name)["size"]

    def get_modified_time(self, name):
        with self.asking() as store:
            return store.head(name)["last_modified"]


class _Outgoing(File):
    """Text or bytes that become the object when it is closed, in the place of what was there."""

    def __init__(self, storage, name):
        super().__init__(BytesIO(), name)
        self.storage = storage

    def write(self, content):
        return self.file.write(content.encode() if isinstance(content, str) else content)

    def close(self):
        if not self.file.closed:
            with self.storage.asking() as store:
                store.put(self.name, self.file.getvalue())
        super().close()
