"""The publication life of an entry: the only code that writes a status.

Form, admin action, import and API all end here. Every step leaves a Decision: who, when, why.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.foundation.errors import Refused
from registry.models import Case, Decision, Initiative, Status, User
from registry.moderation.locks import lock, lock_all, lock_row

# What has a publication life.
Entry = TypeVar("Entry", Initiative, Case)

__all__ = ["NEEDS_REASON", "TRANSITIONS", "Refused", "decide", "submit", "unmerge"]

TRANSITIONS = {
    # Staff may publish their own entry at once; what a visitor sends in goes by way of "ingediend".
    Status.DRAFT: {Status.SUBMITTED, Status.PUBLISHED, Status.WITHDRAWN},
    Status.SUBMITTED: {Status.NEEDS_MORE, Status.PUBLISHED, Status.REJECTED, Status.WITHDRAWN, Status.MERGED},
    Status.NEEDS_MORE: {Status.SUBMITTED, Status.PUBLISHED, Status.REJECTED, Status.WITHDRAWN, Status.MERGED},
    Status.PUBLISHED: {Status.WITHDRAWN, Status.MERGED},
    Status.REJECTED: {Status.SUBMITTED},
    Status.WITHDRAWN: {Status.SUBMITTED, Status.PUBLISHED},
    Status.MERGED: set(),  # the way back is ``unmerge``
}
NEEDS_REASON = {Status.NEEDS_MORE, Status.REJECTED, Status.WITHDRAWN}


def decide(
    entry: Entry,
    to: str,
    *,
    by: User | None,
    reason: str = "",
    seen: str | None = None,
    merged_into: Initiative | None = None,
    check: Callable[[Entry], object] | None = None,
) -> Entry:
    """Move ``entry`` (an initiative or a case) to status ``to`` and log who, when and why.

    ``seen`` is the status that the person saw when deciding: when a colleague was first, nothing
    changes. ``check`` is called with the entry as it is now, and raises when that is not what was read.
    Raises Refused with a Dutch explanation; ``entry`` is brought up to date otherwise.
    """
    with transaction.atomic():
        locked = _locked(entry, merged_into)
        current = locked[entry.pk]
        was, to = Status(current.status), Status(to)
        if seen is not None and was != seen:
            raise Refused(
                _("Een collega was u voor: de status is nu ‘%(status)s’. Er is niets veranderd.")
                % {"status": was.label}
            )
        if to not in TRANSITIONS[was]:
            raise Refused(_("Van ‘%(was)s’ naar ‘%(to)s’ kan niet.") % {"was": was.label, "to": to.label})
        if to in NEEDS_REASON and not reason.strip():
            raise Refused(_("Schrijf een reden op bij ‘%(to)s’.") % {"to": to.label})
        if merged_into and (merged_into.pk == entry.pk or locked[merged_into.pk].status == Status.MERGED):
            raise Refused(_("‘%(name)s’ is zelf samengevoegd. Kies een ander.") % {"name": merged_into})
        if check:
            check(current)
        _step(current, to, by=by, reason=reason, merged_into=merged_into)
    entry.refresh_from_db()
    return entry


def submit(initiative: Initiative, *, by: User | None) -> Initiative:
    """The maker says that it is ready for staff: the first time, or after they asked for more."""
    return decide(initiative, Status.SUBMITTED, by=by)


def unmerge(initiative: Initiative, to: str, *, by: User | None, reason: str) -> None:
    """The way back of a merge, for merging.undo alone; the caller holds the row."""
    if initiative.status != Status.MERGED:
        raise Refused(_("‘%(name)s’ is niet samengevoegd.") % {"name": initiative})
    _step(initiative, Status(to), by=by, reason=reason)


def _locked(entry: Entry, merged_into: Initiative | None) -> dict[int, Entry]:
    """In one order, so that two who decide about the same two at once wait for each other."""
    if isinstance(entry, Initiative):
        return lock_all(entry.pk, merged_into.pk if merged_into else None)
    lock(entry.initiative_id)
    return {entry.pk: lock_row(entry)}


def _step(
    current: Initiative | Case,
    to: Status,
    *,
    by: User | None,
    reason: str,
    merged_into: Initiative | None = None,
) -> None:
    was = current.status
    current.status = to
    if isinstance(current, Initiative):
        current.merged_into = merged_into
        if to == Status.PUBLISHED and current.published_at is None:
            current.published_at = timezone.now()
    current._history_user = by
    current._change_reason = reason.strip()[:100] or str(to.label)
    current.save()
    Decision.objects.create(
        **{str(current._meta.model_name): current},
        from_status=was,
        to_status=to,
        reason=reason.strip(),
        by=by,
    )


def log_decision(initiative: Initiative, what: str, *, by: User | None) -> None:
    """A line of what was done that left the status as it is."""
    Decision.objects.create(
        initiative=initiative, from_status=initiative.status, to_status=initiative.status, reason=what, by=by
    )
