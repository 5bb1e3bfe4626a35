"""Taking a page off the site, with what was still asked of it."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from registry import ownership
from registry.models import Initiative, Status, User
from registry.moderation import decisions
from registry.moderation.decisions import Entry
from registry.proposals.proposals import close_open


@transaction.atomic
def withdraw(
    entry: Entry,
    *,
    by: User | None,
    reason: str,
    seen: str | None = None,
    check: Callable[[Entry], object] | None = None,
) -> Entry:
    """Withdraw an entry (an initiative or a case). Nobody decides later about what was proposed to a page that is not
    there: that is closed, and who proposed it is told."""
    decisions.decide(entry, Status.WITHDRAWN, by=by, reason=reason, seen=seen, check=check)
    if isinstance(entry, Initiative):
        _close(entry, by)
    return entry


@transaction.atomic
def withdraw_as_owner(initiative: Initiative, *, by: User, reason: str = "") -> None:
    """The same, as one of its owners; the others hear of it."""
    ownership.withdraw(initiative, by=by, reason=reason)
    _close(initiative, by)


def _close(initiative: Initiative, by: User | None) -> None:
    close_open(
        initiative,
        by=by,
        why=_("De pagina is van de site gehaald. Stel het opnieuw voor als zij er weer op staat."),
    )
