"""What the database promises."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_what_was_thanked_is_on_the_disk():
    """SQLite waits for the disk at each commit: with NORMAL a power cut takes back what was acknowledged."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            found = [
                cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")
            ]
        assert found == [2, "wal"]
