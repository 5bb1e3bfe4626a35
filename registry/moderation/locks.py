"""The one order in which acts hold rows: initiatives first, by key; then what hangs on them.

Who wrote public content holds the content stamp until the commit (registry/models/operations/trace.py). From then on nothing may be waited
for that another can hold who still has to write: so an act locks before it writes.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.models import Initiative, User

Row = TypeVar("Row", bound=Model)


class Gone(Refused):
    """The row was deleted, or the person lost the right to change it, between the page and the request."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text or _("Dit is net verwijderd. Er is niets veranderd."))


def lock(*keys: int | None) -> dict[int, Initiative]:
    """{key: initiative} as they are now, held until the commit. ``None`` is left out."""
    # Not the key: who only points at the row does not wait.
    rows = Initiative.objects.select_for_update(no_key=True).order_by("pk")
    return {row.pk: row for row in rows.filter(pk__in={key for key in keys if key is not None})}


def lock_one(key: int) -> Initiative:
    """The initiative as it is now; raises Gone when it was deleted."""
    return lock_all(key)[key]


def lock_all(*keys: int | None) -> dict[int, Initiative]:
    """As ``lock``; raises Gone when one of them was deleted."""
    locked = lock(*keys)
    if not {key for key in keys if key is not None} <= set(locked):
        raise Gone
    return locked


def lock_row(row: Row) -> Row:
    """A row of another model as it is now; raises Gone when it was deleted. What it stands on is held before it."""
    locked = type(row)._base_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if locked is None:
        raise Gone
    return locked


def lock_kept_by(user: User, addresses: Iterable[str], pages: Iterable[int] = ()) -> None:
    """All that this person keeps, or is written to about at one of these addresses, and these pages."""
    theirs = Q(ownerships__user=user) | Q(contact_email__in=addresses)
    lock(*pages, *Initiative.objects.filter(theirs).order_by().values_list("pk", flat=True))


def lock_sides(*entries: Initiative | None) -> None:
    """The initiatives and what they were merged into at last: what a link in a letter may be about."""
    there = [entry for entry in entries if entry is not None]
    lock(*(page.pk for entry in there for page in (entry, entry.survivor)))


def lock_rows(queryset: QuerySet[Any]) -> list[int]:
    """Hold these rows of another model, the lowest key first; what they stand on is held before them."""
    rows = queryset.order_by("pk").select_for_update(of=("self",))
    return list(rows.values_list("pk", flat=True))
