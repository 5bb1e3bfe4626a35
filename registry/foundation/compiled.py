"""Questions that are asked all the time, compiled once: to make up such SQL costs more than to run it."""

from functools import lru_cache

from django.db import connection


class Prepared:
    """The rows that ``make(keys)`` asks for, a ``values_list`` of what stands at those primary keys.

    ``make`` is given negative numbers in the place of keys, and uses none of its own; it asks the same
    whenever it is called.
    """

    def __init__(self, make):
        self.make = make
        # Once for each number of keys that there are: mostly that of a full page or chunk.
        self.compiled = lru_cache(maxsize=128)(self._compile)

    def rows(self, keys):
        """An iterator of rows: sequences of the columns."""
        if not keys:
            return iter([])
        compiler, sql, params = self.compiled(connection.vendor, len(keys))
        given = [keys[one] if isinstance(one, int) and one < 0 else one for one in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            return compiler.results_iter([cursor.fetchall()])

    def _compile(self, _vendor, number):
        compiler = self.make(range(-number, 0)).query.get_compiler("default")
        return compiler, *compiler.as_sql()
