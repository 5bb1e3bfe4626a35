"""Pages of a long list, and the cursor that says where the next one begins."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

if TYPE_CHECKING:

    class _Paginator(Paginator[Any]):
        """With what Django has and its stubs leave out."""

        object_list: QuerySet[Any]

        def _get_page(self, object_list: Any, number: int, paginator: Any) -> Page[Any]: ...

else:
    _Paginator = Paginator


class KeyPaginator(_Paginator):
    """Finds the keys of a page first, which an index can give, and then reads those rows only.

    ``keys_of``: gives the keys from one place to another, when something else than the rows knows their order.
    """

    keys_of: Callable[[int, int], Sequence[Any]] | None = None

    def page(self, number: int | str) -> Page[Any]:
        if self.keys_of is None:
            return super().page(number)
        valid = self.validate_number(number)
        start = (valid - 1) * self.per_page
        return self._with_rows(self.keys_of(start, start + self.per_page), valid, self)

    def _get_page(self, object_list: QuerySet[Any], number: int, paginator: Any) -> Page[Any]:
        keys = list(object_list.prefetch_related(None).values_list("pk", flat=True))
        return self._with_rows(keys, number, paginator)

    def _with_rows(self, keys: Sequence[Any], number: int, paginator: Any) -> Page[Any]:
        rows = {row.pk: row for row in self.object_list.order_by().filter(pk__in=keys)}
        return super()._get_page([rows[key] for key in keys if key in rows], number, paginator)


def encode(text: str) -> str:
    """``text`` as a cursor: without a character that an address would have to escape."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(token: str) -> str:
    """The text in a cursor; ValueError when it is none of ours."""
    if not 0 < len(token) <= 200 or not token.isascii():
        raise ValueError(token)
    try:
        text = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as wrong:
        raise ValueError(token) from wrong
    if not text.isprintable():
        raise ValueError(token)
    return text
