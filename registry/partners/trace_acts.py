"""What happens to traces (registry/models/operations/trace.py) and to the moments of cases, as SQL for both databases.

Each after the stamp counted, and for what {touched} gives: keys of initiatives, of cases for MOMENT_OF_CASE.
"""

from registry.models import Status

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

# A case has no trace, and keeps the moment itself.
MOMENT_OF_CASE = (
    "UPDATE registry_case SET changed_at = (SELECT changed_at FROM registry_contentstamp WHERE id = 1) "
    f"WHERE status = {_PUBLISHED} AND id IN ({{touched}}) AND {_STAMPED}"
)

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
