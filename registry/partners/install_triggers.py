"""Puts the triggers in the database that count changes (registry/models/operations/triggers.py) and keep traces
(trace_triggers.py).

They are put back after every migrate, and not by migrations: their text follows from the models, so that a
column that is added is watched without a thought; a migration would have to bring all of them each time. On SQLite
they are taken away before one: it cannot rebuild a table that a trigger of another table names, and drops
those of the table itself.
"""

from django.apps import apps
from django.db import connections

from registry.models import ContentStamp, Trace
from registry.partners import trace_triggers


def remove(using="default", plan=(), **kwargs):
    """Before a migrate that has something to do: take the triggers away where they would be in the way."""
    connection = connections[using]
    if not plan or connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for name in _there(cursor):
            cursor.execute(f'DROP TRIGGER "{name}"')


def install(using="default", **kwargs):
    """Make the one row, the triggers and what traces are missing; harmless when all is there already."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if (
        not apps.is_installed("registry")
        or not {model._meta.db_table for model in (ContentStamp, Trace)} <= tables
    ):
        return
    ContentStamp.objects.using(using).get_or_create(pk=1)
    with connection.cursor() as cursor:
        # While they were away nobody counted: then everything public counts as changed.
        were_away = connection.vendor == "sqlite" and not _there(cursor)
        for statement in trace_triggers.statements(connection.vendor):
            cursor.execute(statement)
        trace_triggers.catch_up(cursor, connection.vendor, all_again=were_away)


def _there(cursor):
    cursor.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'stamp\\_%' ESCAPE '\\'"
    )
    return [name for (name,) in cursor.fetchall()]
