"""Database triggers that count each change to what the public sees (see registry/models/operations/trace.py).

A trigger sees what no Python does: bulk updates, imports, a fix by hand in the database. It compares what the public
saw of a row before with what it sees after: concepts, private columns and statements that change nothing count for
nothing. On SQLite it runs once a row. On PostgreSQL it runs once a statement and only notes what changed: that is
counted at the commit, so that writers wait for each other no longer than that lasts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
# The rows that a statement left behind or took away, by the name that a PostgreSQL function knows them by.
_ROWS = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
}
_PUBLISHED = "'gepubliceerd'"
_IS_PUBLISHED = (
    f"EXISTS (SELECT 1 FROM registry_initiative p WHERE p.{{column}} = {{key}} AND p.status = {_PUBLISHED})"
)
# Whether what a row hangs on is public, by the {key} of that; NULL hangs on nothing.
IS_PUBLIC = {
    "initiative": f"({{key}} IS NULL OR {_IS_PUBLISHED.format(column='id', key='{key}')})",
    "organisation": f"({{key}} IS NULL OR {_IS_PUBLISHED.format(column='organisation_id', key='{key}')})",
    "bottleneck": (
        "({key} IS NULL OR EXISTS "
        "(SELECT 1 FROM registry_bottleneck b WHERE b.code = {key} AND b.status <> 'kandidaat'))"
    ),
    "of_case": (
        f"({{key}} IS NULL OR EXISTS (SELECT 1 FROM registry_case c WHERE c.id = {{key}} AND c.status = {_PUBLISHED} "
        f"AND (c.initiative_id IS NULL OR {_IS_PUBLISHED.format(column='id', key='c.initiative_id')})))"
    ),
}


@dataclass(frozen=True)
class Shown:
    """What the public sees of a table: which columns, and of which rows, both with {row} for the row.

    ``when``: what the row itself says. ``hangs_on``: the columns with what has to be public too, by the names in
    IS_PUBLIC. ``moves``: the columns of the stamp that count it, beside the version.
    """

    table: str
    columns: tuple[str, ...]
    when: str = "TRUE"
    hangs_on: Mapping[str, str] = field(default_factory=dict)
    moves: tuple[str, ...] = ()

    def changed_row(self, event):
        """A condition, on SQLite: whether the public sees something else of the row."""
        if event != "UPDATE":
            return self._is_seen("NEW" if event == "INSERT" else "OLD")
        before, after = (self._is_seen(row) for row in ("OLD", "NEW"))
        differ = " OR ".join(
            f"{column.format(row='OLD')} IS NOT {column.format(row='NEW')}" for column in self.columns
        )
        return f"({before}) <> ({after}) OR (({after}) AND ({differ}))"

    def _is_seen(self, row):
        keys = {name: column.format(row=row) for name, column in self.hangs_on.items()}
        return " AND ".join(
            [self.when.format(row=row), *(IS_PUBLIC[name].format(key=keys[name]) for name in keys)]
        )

    def changed_rows(self, event):
        """A query, on PostgreSQL: what the rows hang on of which the statement changed what the public may see."""
        if event != "UPDATE":
            return self._rows("new_rows" if event == "INSERT" else "old_rows")
        old, new = self._rows("old_rows"), self._rows("new_rows")
        return f"({new} EXCEPT ALL {old}) UNION ALL ({old} EXCEPT ALL {new})"

    def _rows(self, rows):
        of = (f"{column} AS {name}" for name, column in self.hangs_on.items())
        columns = ", ".join(column.format(row=rows) for column in (*of, *self.columns))
        # Names of columns, of models.
        return f"SELECT {columns} FROM {rows} WHERE {self.when.format(row=rows)}"


def bump(vendor, moves=KNOWLEDGE):
    counted = "".join(f", {column} = {column} + 1" for column in moves)
    # Names of columns, of our own.
    return (
        f"UPDATE registry_contentstamp SET version = version + 1, changed_at = {_NOW[vendor]}{counted} "
        "WHERE id = 1"
    )


def visible_columns(model, *, but=(), instead=(), **how):
    """All columns of a model but some, and what is seen ``instead`` of those; ``how`` as in Shown."""
    columns = [
        f'{{row}}."{field.column}"' for field in model._meta.concrete_fields if field.column not in but
    ]
    return Shown(model._meta.db_table, (*columns, *instead), **how)


def counting(vendor, tables, acts=lambda table, event: []):
    """The statements that make the stamp count each change to what is ``Shown``.

    ``acts``: what is to be done when a table was changed: statements on SQLite, queries as in ``noting`` on
    PostgreSQL.
    """
    for shown in tables:
        for event in EVENTS:
            also = acts(shown.table, event)
            if vendor == "postgresql":
                yield from noting(shown, event, also)
            else:
                yield row_trigger(
                    shown.table, event, shown.changed_row(event), bump(vendor, shown.moves), *also
                )
        if vendor == "postgresql":
            yield from on_truncate(shown.table, "stamp_truncate", bump(vendor))


def noting(shown, event, notes):
    """What notes each statement that changed what the public may see, to be counted at the commit (registry/partners/at_commit.py).

    ``notes``: queries of more rows for registry_pending, (columns, query), when it did.
    """
    name = f"registry_shown_{shown.table}_{event.lower()}"
    columns = (*shown.hangs_on, *shown.moves)
    values = ", ".join([*shown.hangs_on, *("TRUE" for _column in shown.moves)])
    main = (
        f"INSERT INTO registry_pending ({', '.join(('is_shown', *columns))}) "
        f"SELECT DISTINCT TRUE{values and ', '}{values} FROM ({shown.changed_rows(event)}) changed"
    )
    more = "; ".join(f"INSERT INTO registry_pending ({columns}) {query}" for columns, query in notes)
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{main}; IF FOUND THEN {more}{more and '; '}PERFORM registry_note(); END IF; RETURN NULL; END $$"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER stamp_{event.lower()} AFTER {event} ON {shown.table} "
        f"{_ROWS[event]} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
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
