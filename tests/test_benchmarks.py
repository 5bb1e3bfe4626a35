"""A benchmark that no longer starts is found here, not on the day that somebody needs its figures."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import __main__ as runner
from benchmarks import targets
from tests import databases

pytestmark = pytest.mark.once


ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def empty(tmp_path_factory, front_end):
    """A migrated database for each benchmark to begin with; with the deck, which each would load anew."""
    file = databases.copy_of_sqlite(tmp_path_factory.mktemp("bench") / "empty.sqlite3")
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{file}"}
    subprocess.run([sys.executable, "manage.py", "load_deck", "-v0"], cwd=ROOT, env=environment, check=True)
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return str(file)


@pytest.mark.parametrize(
    ("name", "small", "figure"),
    [
        ("list_page", ["--sizes", "5", "--rounds", "1"], "list, first page"),
        ("after_change", ["--sizes", "40", "--rounds", "1", "--requests", "6"], "visitors, 95 % within"),
        (
            "api",
            ["--size", "400", "--deep", "60", "--rounds", "1", "--requests", "2"],
            "cursor page, deep, 60",
        ),
        ("files", ["--features", "30", "--lines", "40", "--rounds", "1"], "less than django-import-export"),
        ("imports", ["--rows", "12", "--rounds", "1"], "less than import-export"),
        ("served", ["--size", "400", "--rounds", "1", "--requests", "1"], "seconds to the first answer"),
        ("results", ["--sizes", "40", "--rounds", "1"], "page of a closed round"),
        ("intake", ["--requests", "2", "--rounds", "1"], "checked, nothing stored"),
        ("memory", ["--size", "30", "--requests", "20"], "MB after"),
        ("pages", ["--sizes", "30", "40", "--rounds", "1", "--matched", "2"], "a plain DetailView"),
    ],
)
def test_a_benchmark_runs(name, small, figure, empty, tmp_path):
    (tmp_path / "ratios").touch()
    ran = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *small],
        cwd=ROOT,
        env=os.environ | {"BENCH_EMPTY": empty, "BENCH_RATIOS": str(tmp_path / "ratios")},
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, figure in ran.stdout) == (0, True), ran.stderr[-2000:]
    reported = [json.loads(line) for line in (tmp_path / "ratios").read_text().splitlines()]
    assert {key for ratios in reported for key in ratios} <= targets.TARGETS.keys()


@pytest.mark.parametrize(
    ("least", "holds", "code"), [(0.5, True, 0), (2, True, 1), (2, False, 0), (None, True, 1)]
)
def test_a_ratio_that_held_and_falls_short_fails(least, holds, code, monkeypatch, tmp_path, capsys):
    """None: the benchmark itself came to no end."""
    monkeypatch.setattr(targets, "TARGETS", {"x": targets.Target("A thing", least=least, holds=holds)})
    monkeypatch.setattr(runner, "TARGETS", targets.TARGETS)
    monkeypatch.setattr(runner, "_run", lambda *_: {} if least is None else {"x": 1.0})
    monkeypatch.setattr("sys.argv", ["benchmarks", "--quick", "--keep", str(tmp_path), "--only", "api"])
    with pytest.raises(SystemExit) as end:
        runner.main()
    assert end.value.code == code
    assert ("Falls short" in capsys.readouterr().out) == (code == 1 and least is not None)
    assert "| A thing | 1.00 |" in (tmp_path / "RESULTS.md").read_text() or least is None
