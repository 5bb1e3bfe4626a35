"""Compiles the SQL of frequent queries once per process: to build it takes longer than to run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler


class Prepared:
    """The rows that ``make(keys)`` asks for, a ``values_list`` of what stands at those primary keys.

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
        bound_params = [keys[param] if isinstance(param, int) and param < 0 else param for param in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, bound_params)
            return compiler.results_iter([cursor.fetchall()])

    def _compile(self, _vendor: str, number: int) -> tuple[SQLCompiler, str, tuple[Any, ...]]:
        compiler = self.make(range(-number, 0)).query.get_compiler("default")
        return compiler, *compiler.as_sql()
