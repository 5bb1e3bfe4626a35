"""Bringing in a file: first what it would do, then the same thing for good. All rows or none."""

from collections import Counter
from dataclasses import dataclass

import tablib
from django.db import transaction
from django.utils.translation import gettext as _
from import_export.results import RowResult

from registry.duplicates import Known
from registry.models import Import
from registry.spreadsheets import Refused

SHOWN_PROBLEMS = 50
SHOWN_ROWS = 100
ADDED, CHANGED, SAME = RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE, RowResult.IMPORT_TYPE_SKIP


@dataclass(frozen=True)
class Row:
    """A row that the file would add or change; ``changes`` are (column, before, after)."""

    number: int
    name: str
    is_new: bool
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Outcome:
    """What a file does. With problems it does nothing at all."""

    problems: tuple[str, ...] = ()
    more_problems: int = 0
    warnings: tuple[str, ...] = ()
    more_warnings: int = 0
    rows: tuple[Row, ...] = ()
    more_rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def totals(self):
        return [self.added, self.changed, self.unchanged]


def try_out(resource, table, *, by):
    """The Outcome of ``table`` (a spreadsheets.Table) without any of it: the transaction is rolled back."""
    return _run(resource, table, dry_run=True, user=by)


def carry_out(resource, table, *, by, file_name, expected):
    """Bring ``table`` in and record it as an Import. Nothing happens when the outcome is no longer
    ``expected``: then someone changed the register after the person agreed. Of probable duplicates, only
    ``try_out`` warns: they were agreed to."""
    with transaction.atomic():
        outcome = _run(resource, table, dry_run=False, user=by, reason=f"import {file_name}")
        if outcome.problems or outcome.totals != expected:
            transaction.set_rollback(True)
            return outcome, None
        record = Import.objects.create(
            resource=str(resource._meta.model._meta.verbose_name_plural)[:40],
            file_name=file_name[:255],
            by=by,
            added=outcome.added,
            changed=outcome.changed,
            unchanged=outcome.unchanged,
        )
    return outcome, record


def check_columns(resource, headers):
    """Raises Refused when the columns are not those of the resource."""
    known = [field.column_name for field in resource.fields.values()]
    problems = []
    if missing := [name for name in resource.key_columns() if name not in headers]:
        problems.append(_("Deze kolommen ontbreken: %s.") % ", ".join(missing))
    if unknown := [name for name in headers if name and name not in known]:
        problems.append(
            _("Deze kolommen kennen wij niet: %(unknown)s. Kies uit: %(known)s.")
            % {
                "unknown": ", ".join(name[:40] for name in unknown[:10])
                + (", …" if len(unknown) > 10 else ""),
                "known": ", ".join(known),
            }
        )
    if double := [name for name, count in Counter(filter(None, headers)).items() if count > 1]:
        problems.append(_("Deze kolommen staan er twee keer: %s.") % ", ".join(double))
    if "" in headers:
        problems.append(_("Kolom %d heeft geen naam.") % (headers.index("") + 1))
    if problems:
        raise Refused(*problems)


def _check_doubles(resource, table):
    first, problems = {}, []
    for number, cells in table.rows:
        key = resource.key_of(dict(zip(table.headers, cells, strict=True)))
        if key in first:
            problems.append(
                _("regel %(number)d: dit staat ook op regel %(first)d (%(key)s).")
                % {"number": number, "first": first[key], "key": ", ".join(filter(None, key))[:80]}
            )
        first.setdefault(key, number)
    return problems


def _run(resource, table, *, dry_run, **kwargs):
    check_columns(resource, table.headers)
    if problems := _check_doubles(resource, table):
        return _failed(problems)
    numbers = [number for number, _cells in table.rows]
    dataset = tablib.Dataset(*(cells for _number, cells in table.rows), headers=table.headers)
    result = resource.import_data(dataset, dry_run=dry_run, rollback_on_validation_errors=True, **kwargs)
    if problems := list(_problems(resource, table, result, numbers)):
        return _failed(problems)
    rows = [
        Row(numbers[at], str(found.instance), found.import_type == ADDED, found.changes)
        for at, found in enumerate(result.rows)
        if found.import_type != SAME
    ]
    alike = list(_probable_duplicates(resource, result, numbers)) if dry_run else []
    return Outcome(
        warnings=tuple(alike[:SHOWN_PROBLEMS]),
        more_warnings=max(len(alike) - SHOWN_PROBLEMS, 0),
        rows=tuple(rows[:SHOWN_ROWS]),
        more_rows=max(len(rows) - SHOWN_ROWS, 0),
        added=result.totals[ADDED],
        changed=result.totals[CHANGED],
        unchanged=result.totals[SAME],
    )


def _failed(problems):
    return Outcome(
        problems=tuple(problems[:SHOWN_PROBLEMS]), more_problems=max(len(problems) - SHOWN_PROBLEMS, 0)
    )


def _problems(resource, table, result, numbers):
    """In the order of the file; what is wrong with all rows alike is said once."""
    absent = set()
    for error in result.base_errors:
        yield _("Het bestand kan niet worden ingelezen: %s") % type(error.error).__name__
    for at, found in enumerate(result.rows):
        number = numbers[at]
        if found.errors:
            yield _("regel %d: deze regel kan niet worden bewaard.") % number
        elif found.validation_error:
            for column, message in resource.problems_of(found.validation_error):
                if column and column in resource.needed_for_new() and column not in table.headers:
                    absent.add(column)
                elif column:
                    yield _("regel %(number)d, kolom ‘%(column)s’: %(message)s") % {
                        "number": number,
                        "column": column,
                        "message": message,
                    }
                else:
                    yield _("regel %(number)d: %(message)s") % {"number": number, "message": message}
    for column in sorted(absent):
        yield _("De kolom ‘%s’ ontbreekt. Die is nodig voor nieuwe regels.") % column


def _probable_duplicates(resource, result, numbers):
    model = resource._meta.model
    if not {"name", "website", "municipality"} <= {field.name for field in model._meta.fields}:
        return
    new = {found.instance.slug: at for at, found in enumerate(result.rows) if found.import_type == ADDED}
    if not new:
        return
    there = resource.get_queryset().values_list("slug", "name", "municipality_id", "website")
    known = Known(row[1:] for row in there if row[0] not in new)
    for at in new.values():
        entry = result.rows[at].instance
        if like := known.like(entry.name, entry.municipality_id, entry.website):
            yield _("regel %(number)d: ‘%(name)s’ lijkt op ‘%(like)s’, dat er al staat.") % {
                "number": numbers[at],
                "name": entry.name,
                "like": like,
            }
