"""The site as the benchmarks run it: in this process, on databases of its own."""

import importlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection


def set_up(home, postgresql):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "samenbuurten.settings",
        "PLAIN_HTTP": "true",
        "SECRET_KEY": "for-a-benchmark-only",
        "VAR_DIR": str(home),
    }
    os.environ.pop("DATABASE_URL", None)
    if postgresql:
        importlib.import_module("tests.postgresql")  # starts a cluster, and says where in DATABASE_URL
    (home / "static").mkdir()
    (home / "frontend").mkdir()
    # The names of collected files are no part of what is measured.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    django.setup()


def create(home, size):
    """An empty database in use from now on; its name."""
    name = f"bench_{size}"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    else:
        name = str(home / f"{name}.sqlite3")
    use(name)
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    return name


def use(name):
    connection.close()
    connection.settings_dict["NAME"] = name
    caches["figures"].clear()
