"""All rows of a file in a few statements."""

import time

from django.db import connection, transaction
from django.utils import timezone

from registry.models.fields.text import KeyField

BATCH = 500
TRIED_AT_ONCE = 50  # rows; some tens of milliseconds at most
# As django-import-export calls it.
WITHOUT_TRANSACTION = {"raise_errors": False, "using_transactions": False, "collect_failed_rows": False}


def write_together(resource):
    """What waited in ``resource``, new or changed, with its history."""
    new, changed, model = resource.create_instances, resource.update_instances, resource._meta.model
    _write(resource, new, changed)
    model.history.bulk_history_create(new, batch_size=BATCH)
    model.history.bulk_history_create(changed, batch_size=BATCH, update=True)


def try_together(resource):
    """Whether the database takes them, and none of it: in pieces that are each undone. Who writes something else
    meanwhile waits for one piece at most, and then has twice as long for itself. History is left out: it can break no
    promise of its own. That two rows do not fit together is seen when each is judged (registry/resources/unique.py)."""
    for at in range(0, len(resource.create_instances), TRIED_AT_ONCE):
        _try(resource, resource.create_instances[at : at + TRIED_AT_ONCE], [])
    # The lowest key first, as all do who hold more than one (registry/moderation/locks.py).
    changed = sorted(resource.update_instances, key=lambda instance: instance.pk)
    for at in range(0, len(changed), TRIED_AT_ONCE):
        _try(resource, [], changed[at : at + TRIED_AT_ONCE])


def _try(resource, new, changed):
    began = time.monotonic()
    with transaction.atomic():
        _write(resource, new, changed)
        transaction.set_rollback(True)
    time.sleep(2 * (time.monotonic() - began))


def _write(resource, new, changed):
    resource._meta.model.objects.bulk_create(new, batch_size=BATCH)
    if changed:
        _update(resource, changed)


def _update(resource, changed):
    """As ``bulk_update``, which costs more than to save the rows one by one."""
    columns = {field.column_name: field.attribute for field in resource.fields.values()}
    names = {columns[name] for instance in changed for name in instance.changed_columns}
    for instance in changed:
        # As save() does; here it is known already what changed.
        if hasattr(instance, "shows") and instance.shows(
            {columns[name] for name in instance.changed_columns}
        ):
            instance.changed_at = timezone.now()
    of_model = resource._meta.model._meta
    fields = [
        field
        for field in of_model.concrete_fields
        if field.name in {*names, *resource.derived, "changed_at"} or isinstance(field, KeyField)
    ]
    quote = connection.ops.quote_name
    values = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    rows = [
        [
            *(field.get_db_prep_save(field.pre_save(instance, False), connection) for field in fields),
            instance.pk,
        ]
        for instance in changed
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(of_model.db_table)} SET {values} WHERE {quote(of_model.pk.column)} = %s",  # noqa: S608 (names of columns)
            rows,
        )
