"""A benchmark that no longer starts is found here, not on the day that somebody needs its figures."""

import subprocess
import sys
from pathlib import Path


def test_the_benchmark_of_the_list_runs():
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.list_page", "--sizes", "5", "--rounds", "1"],
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, "list, first page" in ran.stdout) == (0, True), ran.stderr[-2000:]
