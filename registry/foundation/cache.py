"""Caches results under the version of the content that they were computed from."""

from collections.abc import Callable
from hashlib import blake2b
from typing import TypeVar

from django.conf import settings
from django.core.cache import caches

Value = TypeVar("Value")


def kept(stamp: object, name: str, make: Callable[[], Value]) -> Value:
    """What ``make()`` gave for this ``name`` when the content was at version ``stamp``.

    Read the stamp before the content: what is kept is then never older than the stamp says.
    """
    key = f"{stamp}-{blake2b(name.encode(), digest_size=16).hexdigest()}"
    cache = caches["figures"]
    value: Value | None = cache.get(key)
    if value is None:
        value = make()
        # No time limit: when the content changes, nobody asks for this key again.
        cache.set(key, value, timeout=None)
    return value


def fingerprint(*parts: object) -> str:
    """32 characters that stand for ``parts``, for an ETag.

    With the secret: nobody reads in it how much changed behind the pages, or makes up one that was never given.
    """
    text = "|".join(map(str, (settings.SECRET_KEY, *parts)))
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()
