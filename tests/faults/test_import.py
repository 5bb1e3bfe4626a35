"""A long file is looked at while others write: they wait for a small piece of it at most."""

import sqlite3

import pytest
from django.db import connection, connections

from registry.foundation.spreadsheets import read
from registry.importing import runs
from registry.models import Initiative, Role
from registry.resources import InitiativeResource, base, writing
from tests import factories

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
ROWS = 60


def write_elsewhere():
    """As somebody else does, who waits for nobody: an error when the preview holds what is written to."""
    if connection.vendor == "sqlite":
        other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        other.close()
        return
    other = connections.create_connection("default")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SET lock_timeout = 1")
        # The row that every change of content counts in, and a row that the file changes.
        cursor.execute("SELECT 1 FROM registry_contentstamp FOR UPDATE")
        cursor.execute("SELECT 1 FROM registry_initiative FOR UPDATE")
    other.rollback()
    other.close()


def test_nobody_waits_while_a_file_is_read_and_judged(monkeypatch):
    monkeypatch.setattr(base, "TELL_EVERY", 5)
    monkeypatch.setattr(writing, "TRIED_AT_ONCE", 7)
    known = factories.initiative("Hof 0")
    lines = "".join(f"hof-{number},Hof {number}\n" for number in range(1, ROWS))
    table = read(f"adres,naam\n{known.slug},Hof nul\n{lines}".encode())
    resource, turns, pieces = InitiativeResource(user=factories.person(role=Role.MANAGER)), [], []
    resource.progress = lambda done: (write_elsewhere(), turns.append(done))
    try_piece = writing._try

    def watch(resource, new, changed):
        pieces.append(len(new) + len(changed))
        try_piece(resource, new, changed)
        write_elsewhere()

    monkeypatch.setattr(writing, "_try", watch)
    outcome = runs.try_out(resource, table, by=resource.user)
    assert (outcome.faults, outcome.added, outcome.changed) == ((), ROWS - 1, 1)
    assert (len(turns), sum(pieces), max(pieces)) == (ROWS // 5, ROWS, 7)
    assert Initiative.objects.count() == 1
