"""The site as the benchmarks run it: in this process, on databases of its own."""

import importlib
import json
import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection


@contextmanager
def home(keep=None):
    """A directory for databases: one that goes afterwards, or ``keep``."""
    directory = Path(keep or tempfile.mkdtemp(prefix="samenbuurten-bench-"))
    directory.mkdir(parents=True, exist_ok=True)
    try:
        yield directory
    finally:
        if not keep:
            shutil.rmtree(directory, ignore_errors=True)


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
    (home / "static").mkdir(exist_ok=True)
    (home / "frontend").mkdir(exist_ok=True)
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
        shutil.copy(_empty(home), name)
    use(name)
    # Also a copy: what was kept may be of before.
    _migrate()
    return name


def _empty(home):
    """A file to copy: all migrations take longer than most of what is measured. BENCH_EMPTY shares it between runs."""
    file = Path(os.environ.get("BENCH_EMPTY") or home / "empty.sqlite3")
    if not file.exists():
        use(str(file))
        _migrate()
        connection.close()  # and nothing of it stays in a write-ahead log
    return file


def _migrate():
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def filled(home, size, *, all_public=False):
    """A database in use from now on, with so many fictional initiatives; its name. Of what is generated a
    ninth is not public, unless ``all_public``."""
    label = f"{size}_public" if all_public else size
    database = home / f"bench_{label}.sqlite3"
    if connection.vendor == "sqlite" and database.exists():
        use(str(database))
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as generating does
        return str(database)
    name = create(home, label)
    started = time.perf_counter()
    with Path(os.devnull).open("w") as nowhere:
        call_command("load_deck", stdout=nowhere)
        call_command("sample_initiatives", initiatives=size, stdout=nowhere)
    if all_public:
        models = importlib.import_module("registry.models")
        models.Initiative.objects.filter(merged_into=None).update(status=models.Status.PUBLISHED)
    print(f"made {size:,} initiatives in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return name


def use(name):
    connection.close()
    connection.settings_dict["NAME"] = name
    caches["figures"].clear()


def forget_everyday_words():
    """So that a search finds what one finds that knows letters only, and both can be compared."""
    importlib.import_module("registry.models").Everyday.objects.all().delete()


def report(ratios):
    """Hand ``ratios`` (by name) to who runs all benchmarks: a line of JSON in the file that BENCH_RATIOS names."""
    if file := os.environ.get("BENCH_RATIOS"):
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(ratios) + "\n")
