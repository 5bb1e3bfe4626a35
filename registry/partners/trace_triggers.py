"""Database triggers that keep a Trace of each initiative that is or was public (see registry/models/operations/trace.py).

Each counts as those of registry/models/operations/triggers.py do, and then writes the new version at the initiatives of which
the public sees something else. In that order: the row of the stamp is locked first, and what a statement
looks up after that holds all that others committed before it. ``shown_tables`` says what counts; ``watched``
of that what shows on the page of an initiative.
"""

from dataclasses import dataclass

from registry.models import (
    Bottleneck,
    Case,
    Everyday,
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
    Postcode,
    Source,
    Status,
    Term,
    Wording,
)
from registry.models.bottleneck import Language
from registry.models.operations.triggers import (
    DOCUMENTS,
    IS_PUBLIC,
    KNOWLEDGE,
    bump,
    counting,
    on_truncate,
    visible_columns,
)
from registry.partners import at_commit
from registry.partners.trace_acts import APPEAR, MOMENT_OF_CASE, OF_INITIATIVE, REMOVE, TOUCH

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

_PUBLISHED = f"'{Status.PUBLISHED.value}'"
_WITH = "SELECT id FROM registry_initiative WHERE {} IN ({{keys}})"


@dataclass(frozen=True)
class Watched:
    """A table of which a change shows on the page of an initiative.

    ``seen``: the expressions that the public sees, with {row} for the row. ``key``: what tells which
    initiative it is about, by way of ``via`` when that is not its key itself. ``bottleneck``: the one that has to
    have a page. Rows that an initiative points at (``is_pointed_at``) have no initiative yet when they come and
    none left when they go.
    """

    model: type
    seen: tuple[str, ...]
    key: str = "{row}.initiative_id"
    via: str = "{keys}"
    bottleneck: str = ""
    is_pointed_at: bool = False
    is_of_case: bool = False

    @property
    def table(self):
        return self.model._meta.db_table

    @property
    def name(self):
        """What its notes are called on PostgreSQL."""
        return f"cases by {self.table}" if self.is_of_case else self.table

    @property
    def key_type(self):
        has_word = self.is_pointed_at and self.model._meta.pk.get_internal_type() != "BigAutoField"
        return "varchar" if has_word else "bigint"

    def says(self, event):
        """Whether it tells of an initiative when a row comes, changes or goes."""
        return event == "UPDATE" or not self.is_pointed_at

    def acts(self, event):
        """On SQLite: the statements to run for a row that changed."""
        if not self.says(event):
            return []
        if self.is_of_case:
            acts = [MOMENT_OF_CASE]
        else:
            acts = OF_INITIATIVE[event] if self.model is Initiative else [TOUCH]
        touched = self.via.format(keys=self._changed_row(event))
        return [act.format(touched=touched) for act in acts]

    def notes(self, event):
        """On PostgreSQL: the rows to note of a statement, to be looked up at the commit."""
        if not self.says(event):
            return []
        columns, values = "noted_by, key", f"'{self.name}', CAST(key AS text)"
        if self.bottleneck:
            columns, values = f"{columns}, bottleneck", f"{values}, bottleneck"
        return [(columns, f"SELECT DISTINCT {values} FROM ({self._changed_rows(event)}) changed")]

    def _changed_rows(self, event):
        if event != "UPDATE":
            return self._values("new_rows" if event == "INSERT" else "old_rows")
        old, new = (self._values(rows) for rows in ("old_rows", "new_rows"))
        return f"({new} EXCEPT {old}) UNION ALL ({old} EXCEPT {new})"

    def _values(self, rows):
        of = f", {self.bottleneck} AS bottleneck" if self.bottleneck else ""
        values = ", ".join((f"{{row}}.{self.model._meta.pk.column}", *self.seen))
        # Names of columns, of models.
        return f"SELECT {self.key} AS key{of}, {values} FROM {{row}}".format(row=rows)

    def _changed_row(self, event):
        old, new = (self._key(row) for row in ("OLD", "NEW"))
        if event != "UPDATE":
            return f"SELECT {new if event == 'INSERT' else old}"
        before, after = (
            ", ".join([self._key(row), *(seen.format(row=row) for seen in self.seen)])
            for row in ("OLD", "NEW")
        )
        return f"SELECT {old} WHERE ({before}) IS NOT ({after}) UNION SELECT {new} WHERE ({before}) IS NOT ({after})"

    def _key(self, row):
        key = self.key.format(row=row)
        if not self.bottleneck:
            return key
        has_page = IS_PUBLIC["bottleneck"].format(key=self.bottleneck.format(row=row))
        return f"CASE WHEN {has_page} THEN {key} END"


def _columns(model, *, but=()):
    return tuple(
        f"{{row}}.{field.column}" for field in model._meta.concrete_fields if field.column not in but
    )


def watched():
    yield Watched(
        Initiative, (*_columns(Initiative, but=UNSEEN | IN_PART.keys()), *IN_PART.values()), key="{row}.id"
    )
    yield Watched(Link, _columns(Link), bottleneck="{row}.bottleneck_id")
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
        key="CASE WHEN {row}.status <> 'kandidaat' THEN {row}.code END",
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
        key="{row}.case_id",
        bottleneck="{row}.bottleneck_id",
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


def shown_tables():
    """All that the public sees of the register."""
    yield visible_columns(
        Initiative,
        but=PRIVATE | IN_PART.keys(),
        instead=IN_PART.values(),
        when=f"({{row}}.status = {_PUBLISHED})",
    )
    of_initiative = {"initiative": "{row}.initiative_id"}
    yield visible_columns(Link, hangs_on=of_initiative | {"bottleneck": "{row}.bottleneck_id"})
    for model in (Mention, Exchange, ExternalId):
        yield visible_columns(model, hangs_on=of_initiative)
    # A case of an initiative that is not public is not public either.
    yield visible_columns(
        Case,
        but={"created_at"},
        when=f"({{row}}.status = {_PUBLISHED})",
        hangs_on=of_initiative,
        moves=DOCUMENTS,
    )
    yield visible_columns(Case.bottlenecks.through, hangs_on={"of_case": "{row}.case_id"})
    yield visible_columns(Organisation, but={"contact_email"}, hangs_on={"organisation": "{row}.id"})
    yield visible_columns(Bottleneck, when="({row}.status <> 'kandidaat')", moves=KNOWLEDGE)
    # Others are copied into a questionnaire, and read from there.
    yield visible_columns(
        Wording,
        when=f"({{row}}.language = '{Language.DUTCH.value}')",
        hangs_on={"bottleneck": "{row}.bottleneck_id"},
        moves=KNOWLEDGE,
    )
    for model in (Municipality, Place, Postcode, Level, Term, Everyday):
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
        about_it = [watched_table for watched_table in everywhere if watched_table.table == table]
        if vendor == "postgresql":
            acts = [note for watched_table in about_it for note in watched_table.notes(event)]
        else:
            acts = [act for watched_table in about_it for act in watched_table.acts(event)]
        return [*acts, *_made_anew(vendor)] if (table, event) == (_INITIATIVES, "UPDATE") else acts

    if vendor == "postgresql":
        yield from at_commit.statements(everywhere)
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


_INITIATIVES = Initiative._meta.db_table


def _made_anew(vendor):
    """What search looks at became another text, of the same words: no page tells, and no trace."""
    seen = next(watched()).seen
    old, new = ("old_rows", "new_rows") if vendor == "postgresql" else ("OLD", "NEW")

    def rows(columns):
        return [f"({', '.join(column.format(row=row) for column in columns)})" for row in (old, new)]

    (text, text_now), (page, page_now) = rows(SEARCHED), rows(seen)
    if vendor == "postgresql":
        is_so = f"{text} IS DISTINCT FROM {text_now} AND {page} IS NOT DISTINCT FROM {page_now}"
        query = f"SELECT TRUE, TRUE FROM old_rows JOIN new_rows USING (id) WHERE {is_so} LIMIT 1"
        return [("is_shown, knowledge", query)]
    is_so = f"{text} IS NOT {text_now} AND {page} IS {page_now}"
    return [f"UPDATE registry_contentstamp SET knowledge = knowledge + 1 WHERE id = 1 AND {is_so}"]


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
