"""Which version somebody read: a decision is about that one, and about no other.

A version is the newest history of the entry and of each kind of row that goes public with it, and how many rows there
are: whatever is changed makes another one, also when it is changed back.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.models import Case, ChangeProposal, Initiative, ProposedChange

# The rows that stand on the page of an entry.
ROWS = {Initiative: ("links", "exchanges", "mentions", "external_ids"), Case: ()}


class Changed(Refused):
    """It is no longer what was read. ``entry`` is as it is now, ``read`` the version that was read."""

    def __init__(self, entry: Initiative | Case, read: str) -> None:
        text = _(
            "‘%s’ is gewijzigd sinds u het las. Er is niets besloten: kijk wat er anders is en beslis opnieuw."
        )
        super().__init__(text % entry)
        self.entry, self.read = entry, read


@dataclass(frozen=True)
class Difference:
    """A field of which ``was`` and ``now`` hold the value, or a kind of row of which they are lists."""

    field: object
    was: object
    now: object

    @property
    def is_rows(self) -> bool:
        return isinstance(self.was, list)


def version_of(entry: Initiative | Case) -> str:
    return versions_of([entry])[entry.pk]


def versions_of(entries: Iterable[Initiative | Case]) -> dict[int, str]:
    """{key: version} of entries of one model, in the same number of queries for any number of them."""
    rows_of_model = list(entries)
    if not rows_of_model:
        return {}
    model, keys = type(rows_of_model[0]), [entry.pk for entry in rows_of_model]
    newest = _newest(model.history.filter(id__in=keys), "id")
    parts = {key: [str(newest.get(key, 0))] for key in keys}
    for name in ROWS[model]:
        rows = _model_of(model, name)
        newest = _newest(rows.history.filter(initiative__in=keys), "initiative")
        counted = rows.objects.filter(initiative__in=keys).order_by().values_list("initiative")
        counts = dict(counted.annotate(Count("pk")))
        for key in keys:
            parts[key].append(f"{newest.get(key, 0)}-{counts.get(key, 0)}")
    return {key: ".".join(parts[key]) for key in keys}


def version_of_proposal(proposal: ChangeProposal, of_entry: str | None = None) -> str:
    """What is asked, and the entry that it is asked of (``of_entry``: its version, when that is known)."""
    open_changes = proposal.changes.filter(outcome=ProposedChange.Outcome.OPEN).order_by("pk")
    keys = "-".join(str(key) for key in open_changes.values_list("pk", flat=True))
    return f"{of_entry or version_of(proposal.initiative)}/{keys}"


def refuse_unread(entry: Initiative | Case, read: str) -> None:
    """Raises Changed unless ``read`` is the version of the entry, which the caller holds."""
    if version_of(entry) != read:
        raise Changed(entry, read)


def as_read(versions: Mapping[int, str]) -> Callable[[Initiative | Case], None]:
    """A check for a decision: the entry is still what ``versions`` (by key) says that was read."""
    return lambda entry: refuse_unread(entry, versions.get(entry.pk, ""))


def proposal_as_read(read: str) -> Callable[[ChangeProposal], None]:
    """The same for a proposal."""

    def check(proposal: ChangeProposal) -> None:
        if version_of_proposal(proposal) != read:
            raise Changed(proposal.initiative, read.partition("/")[0])

    return check


def since(entry: Initiative | Case, read: str) -> list[Difference]:
    """The Differences between the version that was read and now; none when that version is not known."""
    model = type(entry)
    wanted = [part.partition("-")[0] for part in read.split(".")]
    if len(wanted) != 1 + len(ROWS[model]) or not all(part.isdecimal() and len(part) < 19 for part in wanted):
        return []
    record = model.history.filter(id=entry.pk, history_id=int(wanted[0])).first()
    if record is None:
        return []
    differences = [
        Difference(field, record, entry)
        for field in model._meta.concrete_fields
        if field.editable and getattr(record, field.attname, None) != getattr(entry, field.attname)
        if hasattr(record, field.attname)
    ]
    for field in model._meta.many_to_many:
        was = sorted(
            str(getattr(row, field.m2m_reverse_field_name())) for row in getattr(record, field.name).all()
        )
        now = sorted(str(row) for row in getattr(entry, field.name).all())
        differences += [Difference(field, was, now)] * (was != now)
    for name, upto in zip(ROWS[model], wanted[1:], strict=True):
        rows = _model_of(model, name)
        was, now = _rows_at(rows, entry, int(upto)), list(getattr(entry, name).all())
        is_same = sorted(map(_values(rows), was)) == sorted(map(_values(rows), now))
        differences += [] if is_same else [Difference(model._meta.get_field(name), was, now)]
    return differences


def is_as_stored(entry: models.Model) -> bool:
    """Whether saving it would change nothing, a new file apart."""
    stored = type(entry)._base_manager.filter(pk=entry.pk).first()
    fields = [field for field in entry._meta.concrete_fields if field.editable]
    has_file = any(not getattr(getattr(entry, field.name, None), "_committed", True) for field in fields)
    return (
        stored is not None
        and not has_file
        and all(getattr(stored, field.attname) == getattr(entry, field.attname) for field in fields)
    )


def _newest(history: QuerySet[Any], by: str) -> dict[int, int]:
    return dict(history.order_by().values_list(by).annotate(Max("history_id")))


def _model_of(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name).related_model


def _rows_at(rows: Any, entry: Initiative | Case, upto: int) -> list[Any]:
    """The records of the rows that the entry had at this moment in the history."""
    ever = rows.history.filter(initiative=entry.pk).order_by().values("id")
    last = {}
    for record in rows.history.filter(id__in=ever, history_id__lte=upto).order_by("history_id"):
        last[record.id] = record
    return [
        record for record in last.values() if record.history_type != "-" and record.initiative_id == entry.pk
    ]


def _values(rows: Any) -> Callable[[Any], list[str]]:
    names = [field.attname for field in rows._meta.concrete_fields]
    return lambda row: [str(getattr(row, name)) for name in names]
