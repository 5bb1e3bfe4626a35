"""All benchmarks, each ratio beside its target: ``make bench``, and ``make bench-quick`` for those of some minutes.

Exits with 1 when a ratio falls short that held before (benchmarks/targets.py). Writes what was measured, on which machine
and when, in RESULTS.md; a quick run in the directory of the databases.
"""

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.targets import TARGETS

# What to run, with what when it has to be done in minutes; "keep" for what finds its databases again.
ALL = {
    "api": (["--size", "10000", "--deep", "1000", "10000", "--rounds", "3"], True),
    "served": (["--size", "10000", "--rounds", "3"], True),
    "list_page": (["--sizes", "1000", "10000", "--rounds", "3"], True),
    "after_change": (["--sizes", "10000", "--rounds", "9"], True),
    "pages": (["--sizes", "1000", "10000", "--rounds", "3"], True),
    "files": (["--lines", "10000", "--rounds", "3"], True),
    "memory": (["--size", "10000", "--requests", "1000"], True),
    "imports": (["--rows", "1000", "--rounds", "1"], True),
    "results": (["--sizes", "77", "1000", "10000", "--rounds", "3"], False),
    "intake": (["--rounds", "3"], False),
}
RESULTS = Path(__file__).with_name("RESULTS.md")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller, and not written down as the result")
    parser.add_argument("--keep", required=True, help="a directory for the databases, to find them again")
    parser.add_argument("--only", nargs="+", choices=ALL, default=list(ALL))
    arguments = parser.parse_args()
    Path(arguments.keep).mkdir(parents=True, exist_ok=True)
    ratios, failed = {}, []
    for name in arguments.only:
        quick, keeps = ALL[name]
        command = [*(quick if arguments.quick else []), *(["--keep", arguments.keep] if keeps else [])]
        of_this = _run(name, command)
        failed += [] if of_this else [name]
        ratios |= of_this
    table = _table(ratios)
    print("\n" + table)
    written = (
        RESULTS if not arguments.quick and arguments.only == list(ALL) else Path(arguments.keep, "RESULTS.md")
    )
    written.write_text(_head(arguments.quick) + table, encoding="utf-8")
    short = [
        name for name, ratio in ratios.items() if TARGETS[name].holds and not TARGETS[name].is_met_by(ratio)
    ]
    for name in short:
        print(f"Falls short, and held before: {TARGETS[name].what}.")
    for name in failed:
        print(f"Did not run to its end: benchmarks.{name}.")
    sys.exit(bool(short or failed))


def _run(name, arguments):
    """The ratios that a benchmark reports; none when it failed."""
    print(f"\n== {name}", flush=True)
    with tempfile.NamedTemporaryFile() as file:
        ran = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", *arguments],
            env=os.environ | {"BENCH_RATIOS": file.name},
            check=False,
        )
        lines = Path(file.name).read_text(encoding="utf-8").splitlines()
    return {} if ran.returncode else {key: ratio for line in lines for key, ratio in json.loads(line).items()}


def _table(ratios):
    rows = [
        f"| {target.what} | {ratios[name]:.2f} | {target} | {'yes' if target.is_met_by(ratios[name]) else 'no'} |\n"
        for name, target in TARGETS.items()
        if name in ratios
    ]
    return "".join(["| what | measured | target | holds |\n|---|---|---|---|\n", *rows])


def _head(is_quick):
    sizes = "smaller sizes than those named, " if is_quick else ""
    return (
        f"# What was measured\n\n{date.today():%Y-%m-%d}, {sizes}{_processor()} ({os.cpu_count()} cores), "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}. Ratios of server CPU, medians of interleaved "
        "rounds; each benchmark says in its docstring what it does. `make bench` writes this file.\n\n"
    )


def _processor():
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
