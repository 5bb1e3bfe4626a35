"""Database triggers that count each change to public content (see models/stamp.py).

A trigger sees what no Python does: bulk updates, imports, a fix by hand in the database. On PostgreSQL it
runs once a statement, on SQLite once a row; a statement that hits no row counts for nothing on either.
"""

EVENTS = ("INSERT", "UPDATE", "DELETE")
# As Django writes a moment, so that the two compare as text.
BUMP = {
    "postgresql": "UPDATE registry_contentstamp SET version = version + 1, "
    "changed_at = GREATEST(changed_at, clock_timestamp()) WHERE id = 1",
    "sqlite": "UPDATE registry_contentstamp SET version = version + 1, "
    "changed_at = max(changed_at, strftime('%Y-%m-%d %H:%M:%f', 'now') || '000') WHERE id = 1",
}
# The rows that a statement left behind or took away, by the name that a PostgreSQL function knows them by.
_ROWS = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
}


def counting(vendor, tables):
    """The statements that make the stamp count each change to these tables."""
    if vendor == "postgresql":
        for event in EVENTS:
            yield function(f"stamp_{event.lower()}", event, BUMP[vendor])
    for table in tables:
        for event in EVENTS:
            if vendor == "postgresql":
                yield trigger(table, event, f"stamp_{event.lower()}")
            else:
                yield row_trigger(table, event, BUMP[vendor])
        if vendor == "postgresql":
            yield from on_truncate(table, "stamp_truncate", BUMP[vendor])


def function(name, event, *body):
    """A PostgreSQL function to run after a statement, when that hit a row."""
    rows = "old_rows" if event == "DELETE" else "new_rows"
    work = "; ".join(body)
    return (
        f"CREATE OR REPLACE FUNCTION registry_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF EXISTS (SELECT FROM {rows}) THEN {work}; END IF; RETURN NULL; END $$"
    )


def trigger(table, event, name):
    return (
        f"CREATE OR REPLACE TRIGGER stamp_{event.lower()} AFTER {event} ON {table} "
        f"{_ROWS[event]} FOR EACH STATEMENT EXECUTE FUNCTION registry_{name}()"
    )


def on_truncate(table, name, *body):
    work = "; ".join(body)
    yield (
        f"CREATE OR REPLACE FUNCTION registry_{name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {work}; RETURN NULL; END $$"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER stamp_truncate AFTER TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION registry_{name}()"
    )


def row_trigger(table, event, *body):
    work = "; ".join(body)
    return (
        f"CREATE TRIGGER IF NOT EXISTS stamp_{table}_{event.lower()} AFTER {event} ON {table} "
        f"BEGIN {work}; END"
    )
