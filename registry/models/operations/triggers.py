"""Database triggers that count each change to what the public sees (see registry/models/operations/trace.py).

A trigger sees what no Python does: bulk updates, imports, a fix by hand in the database. It compares what the public
saw of a row before with what it sees after: concepts, private columns and statements that change nothing count for
nothing. On PostgreSQL it runs once a statement, on SQLite once a row.
"""

from dataclasses import dataclass

EVENTS = ("INSERT", "UPDATE", "DELETE")
# The columns of the stamp that move with the words that visitors choose from and search by; and with what is found
# beside initiatives, which holds those words too.
DOCUMENTS = ("documents",)
KNOWLEDGE = ("knowledge", *DOCUMENTS)
# As Django writes a moment, so that the two compare as text.
_NOW = {
    "postgresql": "GREATEST(changed_at, clock_timestamp())",
    "sqlite": "max(changed_at, strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')",
}
# Before a look at what is public: what others committed is seen, and what they are about to do waits.
_LOCK = "PERFORM 1 FROM registry_contentstamp WHERE id = 1 FOR UPDATE"
# The rows that a statement left behind or took away, by the name that a PostgreSQL function knows them by.
_ROWS = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
}


@dataclass(frozen=True)
class Shown:
    """What the public sees of a table: which columns, and of which rows (``when``), both with {row} for the row.

    ``moves``: the columns of the stamp that count it, beside the version.
    """

    table: str
    columns: tuple[str, ...]
    when: str = "TRUE"
    moves: tuple[str, ...] = ()

    def changed(self, vendor, event):
        """A condition: whether the statement (on SQLite: the row) changed what the public sees."""
        if vendor == "postgresql":
            if event != "UPDATE":
                return f"EXISTS ({self._rows('new_rows' if event == 'INSERT' else 'old_rows')})"
            old, new = self._rows("old_rows"), self._rows("new_rows")
            return f"EXISTS (({new} EXCEPT ALL {old}) UNION ALL ({old} EXCEPT ALL {new}))"
        if event != "UPDATE":
            return self.when.format(row="NEW" if event == "INSERT" else "OLD")
        before, after = (self.when.format(row=row) for row in ("OLD", "NEW"))
        differ = " OR ".join(
            f"{column.format(row='OLD')} IS NOT {column.format(row='NEW')}" for column in self.columns
        )
        return f"({before}) <> ({after}) OR (({after}) AND ({differ}))"

    def _rows(self, rows):
        columns = ", ".join(column.format(row=rows) for column in self.columns)
        # Names of columns, of models.
        return f"SELECT {columns} FROM {rows} WHERE {self.when.format(row=rows)}"  # noqa: S608


def bump(vendor, moves=KNOWLEDGE):
    counted = "".join(f", {column} = {column} + 1" for column in moves)
    # Names of columns, of our own.
    return (
        f"UPDATE registry_contentstamp SET version = version + 1, changed_at = {_NOW[vendor]}{counted} "  # noqa: S608
        "WHERE id = 1"
    )


def visible_columns(model, *, but=(), instead=(), when="TRUE", moves=()):
    """All columns of a model but some, and what is seen ``instead`` of those."""
    columns = [
        f'{{row}}."{field.column}"' for field in model._meta.concrete_fields if field.column not in but
    ]
    return Shown(model._meta.db_table, (*columns, *instead), when, moves)


def counting(vendor, tables, acts=lambda table, event: []):
    """The statements that make the stamp count each change to what is ``Shown``, and then do the ``acts``."""
    for watched_table in tables:
        for event in EVENTS:
            body = (bump(vendor, watched_table.moves), *acts(watched_table.table, event))
            if vendor == "postgresql":
                name = f"shown_{watched_table.table}_{event.lower()}"
                yield function(name, event, watched_table.changed(vendor, event), *body)
                yield trigger(watched_table.table, event, name)
            else:
                yield row_trigger(watched_table.table, event, watched_table.changed(vendor, event), *body)
        if vendor == "postgresql":
            yield from on_truncate(watched_table.table, "stamp_truncate", bump(vendor))


def function(name, event, condition, *body):
    """A PostgreSQL function to run after a statement, when that hit a row and ``condition`` holds."""
    rows = "old_rows" if event == "DELETE" else "new_rows"
    work = "; ".join(body)
    return (
        f"CREATE OR REPLACE FUNCTION registry_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF EXISTS (SELECT FROM {rows}) THEN {_LOCK}; IF {condition} THEN {work}; END IF; END IF; "
        "RETURN NULL; END $$"
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


def row_trigger(table, event, condition, *body):
    work = "; ".join(body)
    return (
        f"CREATE TRIGGER IF NOT EXISTS stamp_{table}_{event.lower()} AFTER {event} ON {table} "
        f"WHEN {condition} BEGIN {work}; END"
    )
