"""Whether the database is at the version of this code."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_whole: set[str] = set()  # names of databases that were: they stay so for as long as this process lives


def missing() -> int:
    """How many migrations were not applied: all of an upgrade, or the rest of one that was cut off."""
    name = str(connection.settings_dict["NAME"])
    if name in _whole:
        return 0
    executor = MigrationExecutor(connection)
    number = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not number:
        _whole.add(name)
    return number


def forget() -> None:
    """Look anew."""
    _whole.clear()
