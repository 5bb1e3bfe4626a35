"""Which word stands in the texts of which public initiative: what search looks at.

Triggers keep it, as they keep the stamp and the traces: whatever writes ``search_title``, ``search_text`` or ``status``,
by whatever road, is followed in the same transaction. Of what is not public it holds nothing.
"""

from collections.abc import Iterator

from django.db import models

_PUBLISHED = "'gepubliceerd'"
_TABLE = "registry_posting"


# Of a longer word no more than this: it has to fit in an index of every database.
LONGEST = 80


class Weight(models.IntegerChoices):
    """Where a word stands, at best."""

    TEXT = 0
    TITLE = 1
    FIRST = 2  # the first word of the title
    WHOLE = 3  # the title is this word


class Posting(models.Model):
    """No foreign key: the triggers keep what one would, and it would have to be checked for every word. And no index on the
    initiative: what it held of words its old texts tell."""

    pk = models.CompositePrimaryKey("word", "weight", "initiative")
    word = models.TextField()
    weight = models.PositiveSmallIntegerField(choices=Weight)
    initiative = models.BigIntegerField()

    class Meta:
        default_permissions = ()


def statements(vendor: str) -> Iterator[str]:
    """What puts the triggers in the database; on SQLite by the names that are taken away before a migrate."""
    if vendor == "postgresql":
        yield from _on_postgresql()
        return
    drop = (
        f"DELETE FROM {_TABLE} WHERE initiative = OLD.id AND weight IN {_WEIGHTS} AND word IN ("
        f"SELECT substr(value, 1, {LONGEST}) FROM {_words('OLD.search_title')} "
        f"UNION SELECT substr(value, 1, {LONGEST}) FROM {_words('OLD.search_text')})"
    )
    changed = " OR ".join(
        f"OLD.{name} IS NOT NEW.{name}" for name in ("status", "search_title", "search_text")
    )
    for event, condition, acts in (
        ("INSERT", f"NEW.status = {_PUBLISHED}", [_write_on_sqlite("NEW")]),
        (
            "UPDATE",
            f"{_PUBLISHED} IN (OLD.status, NEW.status) AND ({changed})",
            [drop, _write_on_sqlite("NEW")],
        ),
        ("DELETE", f"OLD.status = {_PUBLISHED}", [drop]),
    ):
        yield (
            f"CREATE TRIGGER IF NOT EXISTS stamp_words_{event.lower()} AFTER {event} ON registry_initiative "
            f"WHEN {condition} BEGIN {'; '.join(acts)}; END"
        )


def make_anew(vendor: str) -> list[str]:
    """What fills the table from nothing."""
    public = f"(SELECT * FROM registry_initiative WHERE status = {_PUBLISHED})"
    write = _write_on_postgresql(public) if vendor == "postgresql" else _write_on_sqlite(None)
    return [f"DELETE FROM {_TABLE}", write]


# All of them: so that a word is looked up by its initiative too.
_WEIGHTS = tuple(int(weight) for weight in Weight)


def _words(column: str) -> str:
    """The words of a column as rows, on SQLite."""
    return f"""json_each('["' || replace(trim({column}), ' ', '","') || '"]')"""


def _write_on_sqlite(row: str | None) -> str:
    """Of the row of a trigger, or of all that is public."""
    source = "" if row else "registry_initiative i, "
    of = row or "i"

    title, text = (_words(f"{of}.{column}") for column in ("search_title", "search_text"))
    is_public = f"{of}.status = {_PUBLISHED}"
    return (
        f"INSERT INTO {_TABLE} (word, initiative, weight) SELECT word, initiative, MAX(place) FROM ("
        f"SELECT substr(value, 1, {LONGEST}) AS word, {of}.id AS initiative, CASE WHEN trim({of}.search_title) = value "
        f"THEN 3 WHEN key = 0 THEN 2 ELSE 1 END AS place FROM {source}{title} WHERE {is_public} "
        f"UNION ALL SELECT substr(value, 1, {LONGEST}), {of}.id, 0 FROM {source}{text} WHERE {is_public}"
        ") WHERE word <> '' GROUP BY word, initiative"
    )


def _write_on_postgresql(rows: str) -> str:
    def words(column: str) -> str:
        return f"unnest(string_to_array(trim(r.{column}), ' ')) WITH ORDINALITY AS w (value, number)"

    return (
        f"INSERT INTO {_TABLE} (word, initiative, weight) SELECT word, initiative, MAX(place) FROM ("
        f"SELECT substr(value, 1, {LONGEST}) AS word, r.id AS initiative, CASE WHEN trim(r.search_title) = value "
        f"THEN 3 WHEN number = 1 THEN 2 ELSE 1 END AS place FROM {rows} r, {words('search_title')} "
        f"WHERE r.status = {_PUBLISHED} "
        f"UNION ALL SELECT substr(value, 1, {LONGEST}), r.id, 0 FROM {rows} r, {words('search_text')} "
        f"WHERE r.status = {_PUBLISHED}) AS found WHERE word <> '' GROUP BY word, initiative"
    )


def _on_postgresql() -> Iterator[str]:
    changed = " OR ".join(
        f"o.{name} IS DISTINCT FROM n.{name}" for name in ("status", "search_title", "search_text")
    )
    others = (
        "(SELECT {}.* FROM new_rows n JOIN old_rows o USING (id) "
        f"WHERE {_PUBLISHED} IN (o.status, n.status) AND ({changed}))"
    )
    drop = (
        f"DELETE FROM {_TABLE} p USING (SELECT DISTINCT r.id AS initiative, substr(w.value, 1, {LONGEST}) AS word "
        "FROM {} r, unnest(string_to_array(trim(r.search_title || ' ' || r.search_text), ' ')) AS w (value)) AS gone "
        f"WHERE p.word = gone.word AND p.initiative = gone.initiative AND p.weight IN {_WEIGHTS}"
    )
    for event, rows, acts in (
        ("INSERT", "NEW TABLE AS new_rows", [_write_on_postgresql("new_rows")]),
        (
            "UPDATE",
            "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            [drop.format(others.format("o")), _write_on_postgresql(others.format("n"))],
        ),
        ("DELETE", "OLD TABLE AS old_rows", [drop.format("old_rows")]),
    ):
        name = f"registry_words_{event.lower()}"
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {'; '.join(acts)}; RETURN NULL; END $$"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER words_{event.lower()} AFTER {event} ON registry_initiative "
            f"REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
    yield (
        "CREATE OR REPLACE FUNCTION registry_words_truncate() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN DELETE FROM {_TABLE}; RETURN NULL; END $$"
    )
    yield (
        "CREATE OR REPLACE TRIGGER words_truncate AFTER TRUNCATE ON registry_initiative "
        "FOR EACH STATEMENT EXECUTE FUNCTION registry_words_truncate()"
    )
