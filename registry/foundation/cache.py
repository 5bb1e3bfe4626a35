"""Caches results under the version of the content that they were computed from, and the SQL of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

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
        if not may_be_undone():
            # No time limit: when the content changes, nobody asks for this key again.
            cache.set(key, value, timeout=None)
    return value


def may_be_undone() -> bool:
    """Whether what is read now may have been written by this very transaction, and be rolled back with it."""
    # That of a test stands for the world outside all transactions, as it does to Django itself.
    return any(not block._from_testcase for block in connection.atomic_blocks)  # type: ignore[attr-defined] # its stubs leave it out


def fingerprint(*parts: object) -> str:
    """32 characters that stand for ``parts``, for an ETag.

    With the secret: nobody reads in it how much changed behind the pages, or makes up one that was never given.
    """
    text = "|".join(map(str, (settings.SECRET_KEY, *parts)))
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


class Prepared:
    """A question that is asked all the time, compiled once: to make up such SQL costs more than to run it.

    The rows that ``make(keys)`` asks for, a ``values_list`` of what stands at those primary keys.

    ``make`` is given negative numbers in the place of keys, and uses none of its own; it asks the same
    whenever it is called.
    """

    def __init__(self, make: Callable[[Sequence[int]], QuerySet[Any, Any]]) -> None:
        self.make = make
        # Once for each number of keys that there are: mostly that of a full page or chunk.
        self.compiled = lru_cache(maxsize=128)(self._compile)

    def rows(self, keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
        """An iterator of rows: sequences of the columns."""
        if not keys:
            return iter([])
        compiler, sql, params = self.compiled(connection.vendor, len(keys))
        bound = [keys[param] if isinstance(param, int) and param < 0 else param for param in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, bound)
            return compiler.results_iter([cursor.fetchall()])

    def _compile(self, _vendor: str, number: int) -> tuple[SQLCompiler, str, tuple[Any, ...]]:
        compiler = self.make(range(-number, 0)).query.get_compiler("default")
        return compiler, *compiler.as_sql()
