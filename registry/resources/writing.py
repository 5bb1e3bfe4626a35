"""All rows of a file in a few statements."""

from django.db import connection
from django.utils import timezone

from registry.models.fields.text import KeyField

BATCH = 500


def write_together(resource, *, with_history):
    """What waited in ``resource``, new or changed."""
    new, changed, model = resource.create_instances, resource.update_instances, resource._meta.model
    model.objects.bulk_create(new, batch_size=BATCH)
    if changed:
        _update(resource, changed)
    if with_history:
        model.history.bulk_history_create(new, batch_size=BATCH)
        model.history.bulk_history_create(changed, batch_size=BATCH, update=True)


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
