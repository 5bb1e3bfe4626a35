"""Images and files that wait, in a bucket of any S3: then it is all the same which machine answers."""

from contextlib import suppress
from datetime import timedelta
from io import BytesIO

from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible
from django.utils.functional import cached_property
from obstore.store import S3Store

# Of one attempt, and of all attempts at one thing together: a page must not wait for a store that is away.
TIMEOUT, GIVE_UP_AFTER_SECONDS, RETRIES = "10s", 15, 2


@deconstructible
class S3Storage(Storage):
    """A bucket as a storage of Django. What is in it goes out through pages, never by an address of its own."""

    def __init__(self, **options):
        self.options = options

    @cached_property
    def store(self):
        """Made in the process that uses it: its threads do not survive a fork."""
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
            client_options={"timeout": TIMEOUT, "allow_http": endpoint.startswith("http://")},
            retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=GIVE_UP_AFTER_SECONDS)},
        )

    def _open(self, name, mode="rb"):
        if "w" in mode:
            return _Outgoing(self, name)
        return File(BytesIO(self.store.get(name).bytes().to_bytes()), name)

    def _save(self, name, content):
        self.store.put(name, b"".join(content.chunks()))
        return name

    def delete(self, name):
        with suppress(FileNotFoundError):
            self.store.delete(name)

    def exists(self, name):
        try:
            self.store.head(name)
        except FileNotFoundError:
            return False
        return True

    def listdir(self, path):
        """(folders, files) right below ``path``."""
        below = f"{path.strip('/')}/" if path.strip("/") else ""
        listed = self.store.list_with_delimiter(below or None)
        return (
            [folder.removeprefix(below).rstrip("/") for folder in listed["common_prefixes"]],
            [entry["path"].removeprefix(below) for entry in listed["objects"]],
        )

    def size(self, name):
        return self.store.head(name)["size"]

    def get_modified_time(self, name):
        return self.store.head(name)["last_modified"]


class _Outgoing(File):
    """Text or bytes that become the object when it is closed, in the place of what was there."""

    def __init__(self, storage, name):
        super().__init__(BytesIO(), name)
        self.storage = storage

    def write(self, content):
        return self.file.write(content.encode() if isinstance(content, str) else content)

    def close(self):
        if not self.file.closed:
            self.storage.store.put(self.name, self.file.getvalue())
        super().close()
