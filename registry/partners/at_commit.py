"""On PostgreSQL: what statements changed is noted, and counted when the transaction commits.

Triggers put what a statement touched in registry_pending (registry/models/operations/triggers.py); one of its own,
deferred, holds the row of the stamp, looks what of it the public sees by then, counts and writes the traces. So:

- The row is held for as long as a commit lasts, and versions follow one another in the order of the commits.
- Whether something is public is looked up with the row held: what others committed is seen, and who commits later
  sees this.
- Nobody else ever sees a row of registry_pending: what a transaction adds it takes away before it ends. Rows that
  are undone with a savepoint go with it, and so does ``registry.pending``, which says that there are some.
- ``ContentStamp.versions()`` counts first when it is asked in a transaction.
"""

from registry.models.operations.triggers import IS_PUBLIC
from registry.partners.trace_acts import APPEAR, MOMENT_OF_CASE, REMOVE, TOUCH

# The trigger, for SET CONSTRAINTS.
NAME = "registry_settled"
TABLE = """
CREATE UNLOGGED TABLE IF NOT EXISTS registry_pending (
    is_shown boolean NOT NULL DEFAULT FALSE,
    initiative bigint, organisation bigint, bottleneck varchar, of_case bigint,
    knowledge boolean NOT NULL DEFAULT FALSE, documents boolean NOT NULL DEFAULT FALSE,
    noted_by varchar, key varchar,
    is_last boolean NOT NULL DEFAULT FALSE
)"""
# The last of what a statement notes, once in a transaction: the trigger on it runs at the commit.
NOTE = """
CREATE OR REPLACE FUNCTION registry_note() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    IF coalesce(current_setting('registry.pending', TRUE), '') = '' THEN
        PERFORM set_config('registry.pending', 'yes', TRUE);
        INSERT INTO registry_pending (is_last) VALUES (TRUE);
    END IF;
END $$"""
AT_COMMIT = """
CREATE OR REPLACE FUNCTION registry_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM registry_settle();
    RETURN NULL;
END $$"""
TRIGGER = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = '{NAME}' AND tgrelid = 'registry_pending'::regclass) THEN
        CREATE CONSTRAINT TRIGGER {NAME} AFTER INSERT ON registry_pending DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.is_last) EXECUTE FUNCTION registry_at_commit();
    END IF;
END $$"""
VERSIONS = """
CREATE OR REPLACE FUNCTION registry_versions() RETURNS SETOF registry_contentstamp LANGUAGE plpgsql AS $$ BEGIN
    PERFORM registry_settle();
    RETURN QUERY SELECT * FROM registry_contentstamp WHERE id = 1;
END $$"""
SETTLE = """
CREATE OR REPLACE FUNCTION registry_settle() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    is_seen boolean; is_learned boolean; is_documented boolean;
    notes text[]; changed bigint[]; touched bigint[] := '{{}}'; cases bigint[] := '{{}}';
BEGIN
    IF coalesce(current_setting('registry.pending', TRUE), '') = '' THEN RETURN; END IF;
    PERFORM 1 FROM registry_contentstamp WHERE id = 1 FOR UPDATE;
    SELECT count(*) > 0, coalesce(bool_or(knowledge), FALSE), coalesce(bool_or(documents), FALSE)
        INTO is_seen, is_learned, is_documented FROM registry_pending noted WHERE is_shown AND {is_public};
    IF is_seen THEN
        notes := ARRAY(SELECT DISTINCT noted_by FROM registry_pending WHERE noted_by IS NOT NULL);
        changed := ARRAY(
            SELECT DISTINCT CAST(key AS bigint) FROM registry_pending WHERE noted_by = 'registry_initiative'
        );
        {look_ups}
        is_documented := is_documented OR EXISTS (SELECT FROM registry_case WHERE initiative_id = ANY(changed));
        UPDATE registry_contentstamp SET version = version + 1,
            changed_at = GREATEST(changed_at, clock_timestamp()),
            knowledge = knowledge + CAST(is_learned AS int), documents = documents + CAST(is_documented AS int)
            WHERE id = 1;
        {acts};
    END IF;
    DELETE FROM registry_pending;
    PERFORM set_config('registry.pending', '', TRUE);
END $$"""
# Who holds the row of a case is saving it, and sets the moment too: waiting for that one, who may wait for the stamp,
# would be a deadlock.
_FREE = "SELECT id FROM registry_case WHERE id = ANY(cases) FOR NO KEY UPDATE SKIP LOCKED"


def statements(watched):
    """``watched``: the tables whose notes tell of initiatives and of cases (trace_triggers.py)."""
    is_public = " AND ".join(of.format(key=f"noted.{name}") for name, of in IS_PUBLIC.items())
    look_ups = "".join(_look_up(table) for table in watched if table.name != "registry_initiative")
    acts = [
        MOMENT_OF_CASE.format(touched=_FREE),
        *(act.format(touched="SELECT unnest(changed)") for act in (APPEAR, REMOVE)),
        TOUCH.format(touched="SELECT unnest(touched)"),
    ]
    yield TABLE
    yield NOTE
    yield SETTLE.format(is_public=is_public, look_ups=look_ups, acts="; ".join(acts))
    yield AT_COMMIT
    yield TRIGGER
    yield VERSIONS


def _look_up(table):
    keys = f"SELECT CAST(noted.key AS {table.key_type}) FROM registry_pending noted WHERE noted.noted_by = '{table.name}'"
    if table.bottleneck:
        keys += f" AND {IS_PUBLIC['bottleneck'].format(key='noted.bottleneck')}"
    into = "cases" if table.is_of_case else "touched"
    return f"IF '{table.name}' = ANY(notes) THEN {into} := {into} || ARRAY({table.via.format(keys=keys)}); END IF; "
