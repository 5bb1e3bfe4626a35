"""Database triggers that count each change to public content (see models/stamp.py).

A trigger sees what no Python does: bulk updates, imports, a fix by hand in the database. They are put
back after every migrate, because SQLite drops them when a migration rebuilds a table.
"""

from django.apps import apps
from django.db import connections

# History, decisions, accounts and counters are not public content.
TABLES = (
    "level bottleneck wording finding finding_bottlenecks finding_municipalities interaction source term "
    "municipality place organisation initiative link mention exchange externalid case case_bottlenecks"
).split()
BUMP = "UPDATE registry_contentstamp SET version = version + 1 WHERE id = 1"


def install(using="default", **kwargs):
    """Make the one row and a trigger per table; harmless when they are there already."""
    connection = connections[using]
    stamp = apps.get_model("registry", "ContentStamp")
    if stamp._meta.db_table not in connection.introspection.table_names():
        return
    stamp.objects.using(using).get_or_create(pk=1)
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def _statements(vendor):
    if vendor == "postgresql":
        yield (
            "CREATE OR REPLACE FUNCTION registry_bump_stamp() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {BUMP}; RETURN NULL; END $$"
        )
        for table in TABLES:
            yield (
                f"CREATE OR REPLACE TRIGGER stamp_{table} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE "
                f"ON registry_{table} FOR EACH STATEMENT EXECUTE FUNCTION registry_bump_stamp()"
            )
    else:
        for table in TABLES:
            for event in ("INSERT", "UPDATE", "DELETE"):
                yield (
                    f"CREATE TRIGGER IF NOT EXISTS stamp_{table}_{event.lower()} AFTER {event} "
                    f"ON registry_{table} BEGIN {BUMP}; END"
                )
