"""What the database promises, and the copies of it that tests run on."""

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate

from registry.models import ContentStamp, Initiative
from tests import databases, factories

OURS = ("registry", "survey")


@pytest.mark.django_db
def test_what_was_thanked_is_on_the_disk():
    """SQLite waits for the disk at each commit: with NORMAL a power cut takes back what was acknowledged."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            found = [
                cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")
            ]
        assert found == [2, "wal"]


def _groups():
    return set(Group.objects.values_list("pk", "name"))


@pytest.mark.django_db(transaction=True)
def test_what_a_test_committed_is_put_back(django_db_setup):
    groups, stamp = _groups(), ContentStamp.current()
    first, second, *_others = Group.objects.order_by("pk")
    first.delete()
    Group.objects.filter(pk=second.pk).update(name="anders")
    Group.objects.create(name="erbij")
    factories.initiative()
    assert _groups() != groups
    assert ContentStamp.current() != stamp

    django_db_setup.reset()
    assert _groups() == groups
    assert ContentStamp.current() == stamp
    assert not Initiative.objects.exists()
    # The triggers are there, and a number is not given twice.
    factories.initiative()
    assert ContentStamp.current() != stamp
    assert Group.objects.create(name="erbij").pk not in {pk for pk, _name in groups}


@pytest.mark.once
def test_what_a_migrate_reads_decides_the_name_of_what_is_kept():
    migrations = [path for app in OURS for path in (databases.ROOT / app / "migrations").glob("*.py")]
    modules = {
        node.module
        for path in migrations
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in OURS
    }
    for app in OURS:
        for signal in (pre_migrate, post_migrate):
            receivers, _asynchronous = signal._live_receivers(apps.get_app_config(app))
            modules |= {receiver.__module__ for receiver in receivers if receiver.__module__.startswith(OURS)}
    files = {Path(find_spec(module).origin) for module in modules}
    assert {"stamp_triggers.py", "texts.py", "second_factor.py"} <= {file.name for file in files}
    assert {*migrations, *files} <= {*databases.sources()}
