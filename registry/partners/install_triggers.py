"""Puts the triggers in the database that count changes (registry/models/operations/triggers.py), keep traces
(trace_triggers.py) and write down which words stand where (registry/models/operations/posting.py).

They are put back after every migrate, and not by migrations: their text follows from the models, so that a
column that is added is watched without a thought; a migration would have to bring all of them each time. On SQLite
they are taken away before one: it cannot rebuild a table that a trigger of another table names, and drops
those of the table itself.
"""

from django.apps import apps
from django.db import connections

from registry.models import ContentStamp, Posting, Trace
from registry.models.operations import posting
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
        or not {model._meta.db_table for model in (ContentStamp, Posting, Trace)} <= tables
    ):
        return
    ContentStamp.objects.using(using).get_or_create(pk=1)
    with connection.cursor() as cursor:
        # While they were away nobody counted: then everything public counts as changed.
        were_away = connection.vendor == "sqlite" and not _there(cursor)
        words_are_new = were_away or not _follows_words(cursor, connection.vendor)
        for statement in trace_triggers.statements(connection.vendor):
            cursor.execute(statement)
        trace_triggers.catch_up(cursor, connection.vendor, all_again=were_away)
        for statement in posting.statements(connection.vendor):
            cursor.execute(statement)
        for statement in posting.make_anew(connection.vendor) if words_are_new else ():
            cursor.execute(statement)


def _follows_words(cursor, vendor):
    catalogue = "pg_trigger WHERE tgname" if vendor == "postgresql" else "sqlite_master WHERE name"
    cursor.execute(f"SELECT COUNT(*) FROM {catalogue} IN ('words_update', 'stamp_words_update')")
    return cursor.fetchone()[0] > 0


def _there(cursor):
    cursor.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'stamp\\_%' ESCAPE '\\'"
    )
    return [name for (name,) in cursor.fetchall()]
