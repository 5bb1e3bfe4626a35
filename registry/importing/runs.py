"""Bringing in a file: first what it would do, then the same thing for good. All rows or none."""

from dataclasses import dataclass, field, replace

import tablib
from django.db import transaction
from django.utils.translation import gettext as _
from import_export.results import RowResult

from registry.foundation.errors import Refused
from registry.foundation.spreadsheets import Unfit
from registry.foundation.spreadsheets.cells import cell_problem
from registry.importing.similar_rows import probable_duplicates
from registry.models import Import
from registry.proposals.proposals import edit

SHOWN_PROBLEMS = 50
SHOWN_ROWS = 100
ADDED, CHANGED, SAME = RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE, RowResult.IMPORT_TYPE_SKIP


@dataclass(frozen=True)
class Row:
    """A row that the file would add or change; ``changes`` are (column, before, after). One that waits is asked of
    the owners of a page, and changes nothing by itself."""

    number: int
    name: str
    is_new: bool
    changes: tuple[tuple[str, str, str], ...]
    waits: bool = False
    entry: object = field(default=None, compare=False, repr=False)

    def as_json(self):
        return [self.number, self.name, self.is_new, [list(change) for change in self.changes], self.waits]

    @classmethod
    def from_json(cls, stored):
        number, name, is_new, changes, waits = stored
        return cls(number, name, is_new, tuple(tuple(change) for change in changes), waits)


@dataclass(frozen=True)
class Fault:
    """What is wrong: with a cell, with a row, or (number 0) with the file."""

    number: int
    column: str
    message: str

    def __str__(self):
        if self.number and self.column:
            return cell_problem(self.number, self.column, self.message)
        return _("regel %(number)d: %(message)s") % vars(self) if self.number else self.message


@dataclass(frozen=True)
class Clash:
    """A row that is no longer as the preview showed it."""

    number: int
    name: str
    column: str
    previewed: str
    now: str


@dataclass(frozen=True)
class Outcome:
    """What a file does. With faults or clashes it does nothing at all."""

    faults: tuple[Fault, ...] = ()
    clashes: tuple[Clash, ...] = ()
    likenesses: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    plan: tuple[Row, ...] = ()
    unchanged: int = 0

    def as_json(self, clashes=()):
        return {
            "faults": [[fault.number, fault.column, fault.message] for fault in self.faults],
            "clashes": [
                [clash.number, clash.name, clash.column, clash.previewed, clash.now] for clash in clashes
            ],
            "likenesses": self.likenesses,
            "mended": self.mended,
            "notes": self.notes,
            "plan": [row.as_json() for row in self.plan],
            "unchanged": self.unchanged,
        }

    @classmethod
    def from_json(cls, stored):
        return cls(
            faults=tuple(Fault(*fault) for fault in stored["faults"]),
            clashes=tuple(Clash(*clash) for clash in stored["clashes"]),
            likenesses=tuple(stored["likenesses"]),
            mended=tuple(stored["mended"]),
            notes=tuple(stored["notes"]),
            plan=tuple(Row.from_json(row) for row in stored["plan"]),
            unchanged=stored["unchanged"],
        )

    @property
    def problems(self):
        return tuple(str(fault) for fault in self.faults[:SHOWN_PROBLEMS])

    @property
    def more_problems(self):
        return max(len(self.faults) - SHOWN_PROBLEMS, 0)

    @property
    def warnings(self):
        return self.likenesses[:SHOWN_PROBLEMS]

    @property
    def more_warnings(self):
        return max(len(self.likenesses) - SHOWN_PROBLEMS, 0)

    @property
    def rows(self):
        return self.plan[:SHOWN_ROWS]

    @property
    def more_rows(self):
        return max(len(self.plan) - SHOWN_ROWS, 0)

    @property
    def added(self):
        return sum(row.is_new for row in self.plan)

    @property
    def changed(self):
        return sum(not (row.is_new or row.waits) for row in self.plan)

    @property
    def waiting(self):
        return sum(row.waits for row in self.plan)

    @property
    def totals(self):
        return [self.added, self.changed, self.unchanged]


def refused(refusal):
    """The Outcome of a file that cannot be read."""
    return Outcome(faults=tuple(Fault(0, "", problem) for problem in refusal.messages))


def try_out(resource, table, *, by):
    """The Outcome of ``table`` (a spreadsheets.Table) without any of it: the transaction is rolled back."""
    return _run(resource, table, dry_run=True, user=by)


def carry_out(resource, table, *, by, file_name, seen, key=None):
    """Bring ``table`` in and record it as an Import.

    Nothing happens when it would now do anything else than ``seen``, the rows that the person agreed to: then the
    clashes say what somebody else did in the meantime. Of probable duplicates, only ``try_out`` warns.
    """
    with transaction.atomic():
        # Until all is in, nobody changes what was compared.
        resource.is_locking = True
        outcome = _run(resource, table, dry_run=False, user=by, reason=f"import {file_name}")
        outcome = replace(outcome, clashes=() if outcome.faults else tuple(_clashes(seen, outcome.plan)))
        if outcome.faults or outcome.clashes:
            transaction.set_rollback(True)
            return outcome, None
        record = Import.objects.create(
            resource=str(resource._meta.model._meta.verbose_name_plural)[:40],
            file_name=file_name[:255],
            by=by,
            key=key,
            added=outcome.added,
            changed=outcome.changed,
            unchanged=outcome.unchanged,
            proposed=outcome.waiting,
        )
        for row in outcome.plan:
            if row.waits:
                _ask_owners(resource, row, by)
    return outcome, record


def _ask_owners(resource, row, by):
    """As the form of staff does: what residents run waits for their yes."""
    attributes = {column.column_name: column.attribute for column in resource.fields.values()}
    changes = {
        attributes[name]: getattr(row.entry, attributes[name]) for name, _before, _after in row.changes
    }
    edit(row.entry, changes, by=by)


def _clashes(seen, plan):
    previewed, now = ({row.number: row for row in rows} for rows in (seen, plan))
    for number in sorted({*previewed, *now}):
        before, after = previewed.get(number), now.get(number)
        if before != after:
            yield from _differences(number, before, after)


def _differences(number, previewed, now):
    """Both views of a row: what stood there at the preview, and what stands there now."""
    name = (previewed or now).name
    if previewed and now and previewed.is_new != now.is_new:
        words = {True: _("stond er nog niet"), False: _("staat er al")}
        yield Clash(number, name, "", words[previewed.is_new], words[now.is_new])
        return
    before, after = (
        {change[0]: change[1:] for change in row.changes} if row else {} for row in (previewed, now)
    )
    clashes = []
    for column in dict.fromkeys([*before, *after]):
        # A column that is not in a list says already what the file says.
        was, file_says = before.get(column) or (after[column][1], after[column][1])
        became, file_says_now = after.get(column) or (file_says, file_says)
        if (was, file_says) != (became, file_says_now):
            clashes.append(
                Clash(number, name, column, *((was, became) if was != became else (file_says, file_says_now)))
            )
    if clashes:
        yield from clashes
    else:
        words = {True: _("wacht op de eigenaren"), False: _("gaat meteen in")}
        yield Clash(
            number, name, "", words[bool(previewed and previewed.waits)], words[bool(now and now.waits)]
        )


def check_columns(resource, headers):
    """Raises Refused when the columns are not those of the resource."""
    names = [column.column_name for column in resource.fields.values()]
    problems = []
    if missing := [name for name in resource.key_columns() if name not in headers]:
        problems.append(_("Deze kolommen ontbreken: %s.") % ", ".join(missing))
    if unknown := [name for name in headers if name not in names]:
        problems.append(
            _("Deze kolommen kennen wij niet: %(unknown)s. Kies uit: %(known)s.")
            % {"unknown": ", ".join(unknown)[:400], "known": ", ".join(names)}
        )
    if problems:
        raise Refused(*problems)


def _double_rows(resource, rows, numbers):
    first = {}
    for number, row in zip(numbers, rows, strict=True):
        key = resource.own_key(row)
        if any(isinstance(row.get(name), Unfit) for name in resource.key_columns()):
            continue  # said of the cell itself
        if key in first:
            message = _("dit staat ook op regel %(first)d (%(key)s).") % {
                "first": first[key],
                "key": ", ".join(filter(None, key))[:80],
            }
            yield Fault(number, "", message)
        first.setdefault(key, number)


def _run(resource, table, *, dry_run, **kwargs):
    check_columns(resource, table.headers)
    table = resource.completed(table)
    numbers = [number for number, _cells in table.rows]
    dataset = tablib.Dataset(*(cells for _number, cells in table.rows), headers=table.headers)
    rows = dataset.dict
    resource.find_known(rows)
    if faults := tuple(_double_rows(resource, rows, numbers)):
        return Outcome(faults=faults)
    result = resource.import_data(dataset, dry_run=dry_run, rollback_on_validation_errors=True, **kwargs)
    if faults := tuple(_faults(resource, table, result, numbers)):
        return Outcome(faults=faults)
    numbered_rows = list(zip(numbers, result.rows, strict=True))
    plan = tuple(
        Row(number, str(row.instance), row.import_type == ADDED, row.changes, row.waits, row.instance)
        for number, row in numbered_rows
        if row.import_type != SAME
    )
    read_only = [column.column_name for column in resource.fields.values() if column.readonly]
    ignored = [name for name in table.headers if name in read_only]
    notes = (
        [_("Deze kolommen zijn alleen om te lezen en tellen niet mee: %s.") % ", ".join(ignored)]
        if ignored
        else []
    )
    new = [(row.number, row.entry) for row in plan if row.is_new]
    return Outcome(
        likenesses=tuple(probable_duplicates(resource.get_queryset(), new)) if dry_run else (),
        mended=tuple(cell_problem(number, *note) for number, row in numbered_rows for note in row.notes),
        notes=(*table.notes, *notes),
        plan=plan,
        unchanged=result.totals[SAME],
    )


def _faults(resource, table, result, numbers):
    """In the order of the file; what is wrong with all rows alike is said once."""
    absent = set()
    for error in result.base_errors:
        yield Fault(0, "", _("Het bestand kan niet worden ingelezen: %s") % type(error.error).__name__)
    for number, row in zip(numbers, result.rows, strict=False):
        if row.errors:
            yield Fault(number, "", _("deze regel kan niet worden bewaard."))
        for column, message in resource.problems_of(row.validation_error) if row.validation_error else ():
            if column and column in resource.needed_for_new() and column not in table.headers:
                absent.add(column)
            else:
                yield Fault(number, column, message)
    for column in sorted(absent):
        yield Fault(0, "", _("De kolom ‘%s’ ontbreekt. Die is nodig voor nieuwe regels.") % column)
