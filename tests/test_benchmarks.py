"""A benchmark that no longer starts is found here, not on the day that somebody needs its figures."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import databases

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def empty(tmp_path_factory, front_end):
    """A migrated database for each benchmark to begin with."""
    return str(databases.copy_of_sqlite(tmp_path_factory.mktemp("bench") / "empty.sqlite3"))


@pytest.mark.parametrize(
    ("name", "small", "figure"),
    [
        ("list_page", ["--sizes", "5", "--rounds", "1"], "list, first page"),
        ("after_change", ["--sizes", "40", "--rounds", "1", "--requests", "6"], "visitors, 95 % within"),
        ("api", ["--size", "400", "--deep", "60", "--rounds", "1"], "cursor page, deep, 60"),
        ("files", ["--features", "30", "--lines", "40", "--rounds", "1"], "less than django-import-export"),
        ("imports", ["--rows", "60", "--rounds", "1"], "less than import-export"),
        ("served", ["--size", "400", "--rounds", "1", "--requests", "1"], "seconds to the first answer"),
        ("results", ["--sizes", "40", "--rounds", "1"], "page of a closed round"),
        ("intake", ["--requests", "2", "--rounds", "1"], "checked, nothing stored"),
    ],
)
def test_a_benchmark_runs(name, small, figure, empty):
    ran = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *small],
        cwd=Path(__file__).resolve().parent.parent,
        env=os.environ | {"BENCH_EMPTY": empty},
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, figure in ran.stdout) == (0, True), ran.stderr[-2000:]
