"""Database triggers that keep a Trace of each initiative that is or was public (see registry/models/operations/trace.py).

Each counts as those of registry/models/operations/triggers.py do, and then writes the new version at the initiatives of which
the public sees something else. In that order: the row of the stamp is locked first, and what a statement
looks up after that holds all that others committed before it. ``SHOWN`` says what counts; ``watched`` of that
what shows on the page of an initiative.
"""

from dataclasses import dataclass

from registry.models import (
    Bottleneck,
    Case,
    Exchange,
    ExternalId,
    Finding,
    Initiative,
    Interaction,
    Level,
    Link,
    Mention,
    Municipality,
    Organisation,
    Place,
    Source,
    Status,
    Term,
    Wording,
)
from registry.models.bottleneck import Language
from registry.models.operations.triggers import (
    DOCUMENTS,
    KNOWLEDGE,
    bump,
    counting,
    on_truncate,
    visible_columns,
)

# Columns of an initiative that no public page, file or answer shows; ``changed_at`` is for staff.
PRIVATE = {"created_at", "changed_at", "reminded_on", "asked_since"}
SEARCHED = ("{row}.search_title", "{row}.search_text")
UNSEEN = PRIVATE | {"position", "search_title", "search_text"}
CONTACT = ["contact_name", "contact_email", "contact_phone"]
# Columns that the public sees in part, and that part. A shielded point as models.initiative.public_point gives it.
_POINT = (
    "CASE WHEN {{row}}.is_location_shielded THEN (CAST(ROUND({{row}}.{0} * 1000000) AS BIGINT) + 5000) / 10000 "
    "ELSE CAST(ROUND({{row}}.{0} * 1000000) AS BIGINT) END"
)
IN_PART = {
    "image_alt": "CASE WHEN {row}.image <> '' THEN {row}.image_alt END",
    **{name: f"CASE WHEN {{row}}.is_contact_public THEN {{row}}.{name} END" for name in CONTACT},
    **{name: _POINT.format(name) for name in ("longitude", "latitude")},
}

_HAS_PAGE = "EXISTS (SELECT 1 FROM registry_bottleneck b WHERE b.code = {row}.bottleneck_id AND b.status <> 'kandidaat')"
_IS_DUTCH = f"{{row}}.language = '{Language.DUTCH.value}'"
_PUBLISHED = f"'{Status.PUBLISHED.value}'"
# Whoever empties the database, table by table, may begin with the stamp: then there is no moment to tell.
_STAMPED = "EXISTS (SELECT 1 FROM registry_contentstamp WHERE id = 1)"
_NOW = "(version, changed_at) = (SELECT version, changed_at FROM registry_contentstamp WHERE id = 1)"

# What the initiatives in {touched} need: the three do nothing to the others.
APPEAR = (
    "INSERT INTO registry_trace (public_id, initiative, version, changed_at, appeared, is_removed) "
    "SELECT i.public_id, i.id, s.version, s.changed_at, s.version, FALSE "
    "FROM registry_initiative i, registry_contentstamp s "
    # Not a plain comparison: without statistics SQLite would go by the index on status, and read all that is
    # public for each row that comes in.
    f"WHERE s.id = 1 AND CASE i.status WHEN {_PUBLISHED} THEN TRUE ELSE FALSE END AND i.id IN ({{touched}}) "
    "ON CONFLICT (public_id) DO UPDATE SET initiative = excluded.initiative, version = excluded.version, "
    "changed_at = excluded.changed_at, is_removed = FALSE, appeared = "
    "CASE WHEN registry_trace.is_removed THEN excluded.version ELSE registry_trace.appeared END"
)
REMOVE = (
    f"UPDATE registry_trace SET {_NOW}, is_removed = TRUE WHERE NOT is_removed AND initiative IN ({{touched}}) "
    "AND NOT EXISTS (SELECT 1 FROM registry_initiative i WHERE i.public_id = registry_trace.public_id "
    f"AND i.id = registry_trace.initiative AND i.status = {_PUBLISHED}) AND {_STAMPED}"
)
# As long as an initiative is public its trace is there: what hangs on it has no need to look.
TOUCH = (
    f"UPDATE registry_trace SET {_NOW} WHERE NOT is_removed AND initiative IN ({{touched}}) AND {_STAMPED}"
)

# A case has no trace, and keeps the moment itself. Who holds its row is saving it, and sets the moment too: waiting for
# that one, who may wait for the stamp, would be a deadlock.
_MOMENT_OF_CASE = (
    "UPDATE registry_case SET changed_at = (SELECT changed_at FROM registry_contentstamp WHERE id = 1) "
    f"WHERE status = {_PUBLISHED} AND id IN ({{touched}}) AND {_STAMPED}"
)
MOMENT_OF_CASE = {
    "sqlite": _MOMENT_OF_CASE,
    "postgresql": _MOMENT_OF_CASE.format(
        touched="SELECT id FROM registry_case WHERE id IN ({touched}) FOR NO KEY UPDATE SKIP LOCKED"
    ),
}

# A case names its initiative, and is no more public than that is.
COUNT_CASES = (
    "UPDATE registry_contentstamp SET documents = documents + 1 WHERE id = 1 "
    "AND EXISTS (SELECT 1 FROM registry_case WHERE initiative_id IN ({touched}))"
)
OF_INITIATIVE = {
    "INSERT": [APPEAR],
    "UPDATE": [APPEAR, REMOVE, COUNT_CASES],
    "DELETE": [REMOVE, COUNT_CASES],
}
_WITH = "SELECT id FROM registry_initiative WHERE {} IN ({{keys}})"


@dataclass(frozen=True)
class Watched:
    """A table of which a change shows on the page of an initiative.

    ``seen``: the expressions that the public sees, with {row} for the row. ``key``: what tells which
    initiative it is about, by way of ``via`` when that is not its key itself. Rows that an initiative
    points at (``is_pointed_at``) have no initiative yet when they come and none left when they go.
    """

    model: type
    seen: tuple[str, ...]
    key: str = "{row}.initiative_id"
    via: str = "{keys}"
    is_pointed_at: bool = False
    is_of_case: bool = False

    @property
    def table(self):
        return self.model._meta.db_table

    def acts(self, vendor, event, keys):
        if self.is_pointed_at and event != "UPDATE":
            return []
        if self.is_of_case:
            return [MOMENT_OF_CASE[vendor].format(touched=self.via.format(keys=keys))]
        if self.model is Initiative:
            acts = [*OF_INITIATIVE[event], *([self._count_made_anew(vendor)] if event == "UPDATE" else [])]
        else:
            acts = [TOUCH]
        return [act.format(touched=self.via.format(keys=keys)) for act in acts]

    def touch(self, vendor, event):
        """What is to be done when the table was changed."""
        changed = self._changed_rows if vendor == "postgresql" else self._changed_row
        return self.acts(vendor, event, changed(event))

    def _count_made_anew(self, vendor):
        """What search looks at became another text, of the same words: no page tells, and no trace."""
        searched, seen = (f"({', '.join(columns)})" for columns in (SEARCHED, self.seen))
        if vendor == "sqlite":
            before, after = ([each.format(row=row) for each in (searched, seen)] for row in ("OLD", "NEW"))
            is_so = f"{before[0]} IS NOT {after[0]} AND {before[1]} IS {after[1]}"
        else:
            before, after = (
                [each.format(row=row) for each in (searched, seen)] for row in ("old_rows", "new_rows")
            )
            is_so = (
                "EXISTS (SELECT 1 FROM old_rows JOIN new_rows USING (id) "
                f"WHERE {before[0]} IS DISTINCT FROM {after[0]} AND {before[1]} IS NOT DISTINCT FROM {after[1]})"
            )
        return f"UPDATE registry_contentstamp SET knowledge = knowledge + 1 WHERE id = 1 AND {is_so}"

    def _changed_rows(self, event):
        if event != "UPDATE":
            rows = "new_rows" if event == "INSERT" else "old_rows"
            return f"SELECT {self.key.format(row=rows)} FROM {rows}"
        old, new = (f"SELECT {self._values(rows)} FROM {rows}" for rows in ("old_rows", "new_rows"))
        return f"SELECT key FROM (({new} EXCEPT {old}) UNION ALL ({old} EXCEPT {new})) changed"

    def _changed_row(self, event):
        old, new = (self.key.format(row=row) for row in ("OLD", "NEW"))
        if event != "UPDATE":
            return f"SELECT {new if event == 'INSERT' else old}"
        before, after = (", ".join(self._seen(row)) for row in ("OLD", "NEW"))
        return f"SELECT {old} WHERE ({before}) IS NOT ({after}) UNION SELECT {new} WHERE ({before}) IS NOT ({after})"

    def _seen(self, row):
        return [expression.format(row=row) for expression in (self.key, *self.seen)]

    def _values(self, rows):
        key, *rest = self._seen(rows)
        own = f"{rows}.{self.model._meta.pk.column}"
        return ", ".join([f"{key} AS key", own, *rest])


def _columns(model, *, but=()):
    return tuple(
        f"{{row}}.{field.column}" for field in model._meta.concrete_fields if field.column not in but
    )


def watched():
    yield Watched(
        Initiative, (*_columns(Initiative, but=UNSEEN | IN_PART.keys()), *IN_PART.values()), key="{row}.id"
    )
    yield Watched(Link, _columns(Link), key=f"CASE WHEN {_HAS_PAGE} THEN {{row}}.initiative_id END")
    for model in (Mention, Exchange, ExternalId):
        yield Watched(model, _columns(model))
    # What the page of an initiative says of its cases: those that are published.
    yield Watched(
        Case,
        ("{row}.slug", "{row}.title", "{row}.summary"),
        key=f"CASE WHEN {{row}}.status = {_PUBLISHED} THEN {{row}}.initiative_id END",
    )
    for model, names in (
        (Municipality, "name"),
        (Place, "slug name"),
        (Organisation, "slug name website description kvk_number"),
    ):
        yield Watched(
            model,
            tuple(f"{{row}}.{name}" for name in names.split()),
            key=f"{{row}}.{model._meta.pk.column}",
            via=_WITH.format(f"{model._meta.model_name}_id"),
            is_pointed_at=True,
        )
    yield Watched(
        Source,
        ("{row}.slug", "{row}.citation"),
        key="{row}.id",
        via="SELECT initiative_id FROM registry_mention WHERE source_id IN ({keys})",
        is_pointed_at=True,
    )
    # Its status hides and shows its links; number and position give their order. Its words are an object of their own.
    yield Watched(
        Bottleneck,
        ("{row}.status", "{row}.level_id", "{row}.number"),
        key="{row}.code",
        via="SELECT initiative_id FROM registry_link WHERE bottleneck_id IN ({keys})",
        is_pointed_at=True,
    )
    yield Watched(
        Level,
        ("{row}.position",),
        key="{row}.slug",
        via=(
            "SELECT l.initiative_id FROM registry_link l JOIN registry_bottleneck b "
            "ON b.code = l.bottleneck_id WHERE b.level_id IN ({keys})"
        ),
        is_pointed_at=True,
    )


def watched_of_cases():
    """The tables, beside its own, of which a change shows in a case: what it names, and its bottlenecks."""
    codes = Case.bottlenecks.through
    yield Watched(
        codes,
        ("{row}.bottleneck_id",),
        key=f"CASE WHEN {_HAS_PAGE} THEN {{row}}.case_id END",
        is_of_case=True,
    )
    of_codes = f"SELECT case_id FROM {codes._meta.db_table} WHERE bottleneck_id IN ({{keys}})"
    by = "SELECT id FROM registry_case WHERE {} IN ({{keys}})"
    for model, names, via in (
        (Initiative, "public_id name slug", by.format("initiative_id")),
        (Bottleneck, "status", of_codes),
        (Source, "slug citation", by.format("source_id")),
    ):
        yield Watched(
            model,
            tuple(f"{{row}}.{name}" for name in names.split()),
            key=f"{{row}}.{model._meta.pk.column}",
            via=via,
            is_pointed_at=True,
            is_of_case=True,
        )


def _public(model, row):
    return f"EXISTS (SELECT 1 FROM {model._meta.db_table} p WHERE p.id = {row} AND p.status = {_PUBLISHED})"


def shown_tables():
    """All that the public sees of the register."""
    yield visible_columns(
        Initiative,
        but=PRIVATE | IN_PART.keys(),
        instead=IN_PART.values(),
        when=f"({{row}}.status = {_PUBLISHED})",
    )
    of_initiative = _public(Initiative, "{row}.initiative_id")
    yield visible_columns(Link, when=f"({of_initiative} AND {_HAS_PAGE})")
    for model in (Mention, Exchange, ExternalId):
        yield visible_columns(model, when=of_initiative)
    # A case of an initiative that is not public is not public either.
    on_its_own = f"({{row}}.initiative_id IS NULL OR {of_initiative})"
    yield visible_columns(
        Case,
        but={"created_at"},
        when=f"({{row}}.status = {_PUBLISHED} AND {on_its_own})",
        moves=DOCUMENTS,
    )
    yield visible_columns(
        Case.bottlenecks.through,
        when=(
            f"EXISTS (SELECT 1 FROM registry_case c WHERE c.id = {{row}}.case_id AND c.status = {_PUBLISHED} "
            f"AND {on_its_own.format(row='c')})"
        ),
    )
    yield visible_columns(
        Organisation,
        but={"contact_email"},
        when=f"EXISTS (SELECT 1 FROM registry_initiative p WHERE p.organisation_id = {{row}}.id AND p.status = {_PUBLISHED})",
    )
    yield visible_columns(Bottleneck, when="({row}.status <> 'kandidaat')", moves=KNOWLEDGE)
    # Others are copied into a questionnaire, and read from there.
    yield visible_columns(Wording, when=f"({_HAS_PAGE} AND {_IS_DUTCH})", moves=KNOWLEDGE)
    for model in (Municipality, Place, Level, Term):
        yield visible_columns(model, moves=KNOWLEDGE)
    for model in (Finding, Finding.bottlenecks.through, Finding.municipalities.through):
        yield visible_columns(model, moves=DOCUMENTS)
    for model in (Source, Interaction):
        yield visible_columns(model)


def statements(vendor):
    by_table = {watched_table.table: watched_table for watched_table in watched()}
    # First: it counts once more, and a trace has the newest version.
    everywhere = [*watched_of_cases(), *by_table.values()]

    def acts(table, event):
        return [
            act
            for watched_table in everywhere
            if watched_table.table == table
            for act in watched_table.touch(vendor, event)
        ]

    yield from counting(vendor, shown_tables(), acts)
    if vendor == "postgresql":
        everything = "SELECT initiative FROM registry_trace"
        emptied = [act.format(touched=everything) for act in (REMOVE, TOUCH)]
        for table in by_table:
            yield from on_truncate(table, "trace_truncate", bump(vendor), *emptied)
    if vendor == "sqlite":
        # Without a stamp there are no versions and so no traces: a flush empties both, in whatever order.
        yield (
            "CREATE TRIGGER IF NOT EXISTS stamp_emptied AFTER DELETE ON registry_contentstamp "
            "BEGIN DELETE FROM registry_trace; END"
        )


def catch_up(cursor, vendor, *, all_again):
    """Give each public initiative its trace. ``all_again``: everything may have changed unseen."""
    untraced = (
        f"SELECT id FROM registry_initiative i WHERE status = {_PUBLISHED} AND NOT EXISTS "
        "(SELECT 1 FROM registry_trace t WHERE t.public_id = i.public_id AND NOT t.is_removed)"
    )
    traced = "SELECT initiative FROM registry_trace WHERE NOT is_removed"
    if all_again:
        public = f"SELECT id FROM registry_initiative WHERE status = {_PUBLISHED}"
        acts = [REMOVE.format(touched=traced), APPEAR.format(touched=public)]
    else:
        acts = [APPEAR.format(touched=untraced)]
        cursor.execute(f"SELECT 1 FROM ({untraced}) missing LIMIT 1")
        if not cursor.fetchone():
            return
    for statement in (bump(vendor), *acts):
        cursor.execute(statement)
