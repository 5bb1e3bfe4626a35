"""Long imports outside a request: by ``manage.py work``, or by who will not wait for that."""

import logging

from django.db import transaction
from django.utils import timezone

from registry import resources
from registry.foundation.retry import once_more
from registry.foundation.spreadsheets import read
from registry.importing import runs, staging
from registry.models import ImportTask
from registry.resources import columns as matching

logger = logging.getLogger(__name__)
LONG = 1000  # rows; more take longer than a page should


def run_waiting():
    """All that waits, the oldest first."""
    for task in ImportTask.objects.waiting().order_by("asked_at"):
        run(task)


def run(task):
    """Do it, unless somebody else does; what came of it waits beside the file."""
    if not ImportTask.objects.claim(task):
        return
    try:
        result = once_more(lambda: _result(task))
    except Exception:
        logger.exception("A long import failed.")
        ImportTask.objects.filter(pk=task.pk).update(ended_at=timezone.now(), is_failed=True)
    else:
        staging.put(task.key, result)
        ImportTask.objects.filter(pk=task.pk).update(ended_at=timezone.now())


def table_of(resource, file, sheet, columns):
    table = read(file.content(), sheet=sheet, is_header=matching.is_header_for(resource))
    return matching.chosen(table, columns)


def promised(ticket, outcome, *, sheet, columns):
    """The ticket to say yes with to what a file does, or None when it does nothing."""
    if not outcome.plan:
        return None
    seen = [row.as_json() for row in outcome.plan]
    return staging.promise(ticket, sheet=sheet, columns=columns, seen=seen)


def agreed(resource, plan, *, by):
    """Bring in what somebody said yes to. Gives the Outcome, and the Import or None."""
    seen = [runs.Row.from_json(row) for row in plan.seen]
    table = table_of(resource, plan.file, plan.sheet, plan.columns)
    return runs.carry_out(resource, table, by=by, file_name=plan.file.file_name, seen=seen, key=plan.key)


def _result(task):
    resource = _resource_of(task)
    resource.progress = lambda done: staging.put(task.key, {"done": done})
    if task.is_agreed:
        plan = staging.promised(task.ticket, by=task.by, what=task.what)
        if plan is None or plan.file is None:
            return {"gone": True}
        outcome, record = agreed(resource, plan, by=task.by)
        if record:
            transaction.on_commit(lambda: staging.discard(plan))
            return {"done": task.total}
        clashes, file, ticket = outcome.clashes, plan.file, staging.ticket_of(task.ticket)
        sheet, columns = plan.sheet, plan.columns
        resource = _resource_of(task)
    else:
        clashes, ticket, sheet, columns = (), task.ticket, task.sheet, task.columns
        file = staging.parked(ticket, by=task.by, what=task.what)
        if file is None:
            return {"gone": True}
    outcome = runs.try_out(resource, table_of(resource, file, sheet, columns), by=task.by)
    yes = promised(ticket, outcome, sheet=sheet, columns=columns)
    return {
        "outcome": outcome.as_json(clashes),
        "ticket": yes,
        "bestand": ticket,
        "blad": sheet,
        "columns": columns,
    }


def _resource_of(task):
    for name in resources.__all__:
        resource = getattr(resources, name)
        if resource._meta.model._meta.model_name == task.what:
            return resource(user=task.by)
    raise LookupError(task.what)
