"""Plant faults in the code, one at a time, and see whether a test notices.

    make mutants COUNT=60 SEED=1 ONLY=survey/statistics.py

Needs the figures of ``make coverage``, which say which test runs which line: only those tests are run on a fault.
Prints each fault that no test noticed, and the share that was.
"""

import argparse
import ast
import copy
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from coverage import CoverageData

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("registry", "survey", "samenbuurten")
# What tells no lie when it is wrong: fictional rows, and what migrations did once.
LEFT_OUT = ("migrations", "sample")
TESTS_A_FAULT = 60
MODULES_A_FAULT = 4
PATIENCE = 180  # seconds; a fault that never ends is noticed
SWAPPED = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip


def faults_in(tree):
    """(line, what, function that plants it in a node found at the same place) for each fault that ``tree`` can have."""
    for place, node in enumerate(ast.walk(tree)):
        for what, plant in _faults_of(node):
            yield node.lineno, what, place, plant


def _faults_of(node):
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED:
        other = SWAPPED[type(node.ops[0])]
        yield (
            f"{type(node.ops[0]).__name__} → {other.__name__}",
            lambda here: here.ops.__setitem__(0, other()),
        )
    if isinstance(node, ast.BoolOp):
        other = SWAPPED[type(node.op)]
        yield f"{type(node.op).__name__} → {other.__name__}", lambda here: setattr(here, "op", other())
    if isinstance(node, ast.BinOp) and type(node.op) in (ast.Add, ast.Sub) and not _is_text(node):
        other = SWAPPED[type(node.op)]
        yield f"{type(node.op).__name__} → {other.__name__}", lambda here: setattr(here, "op", other())
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} → {not node.value}", lambda here: setattr(here, "value", not here.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield f"{node.value} → {node.value + 1}", lambda here: setattr(here, "value", here.value + 1)
    if isinstance(node, ast.If | ast.IfExp):
        yield "condition turned", lambda here: setattr(here, "test", ast.UnaryOp(ast.Not(), here.test))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "call left out", lambda here: setattr(here, "value", ast.Constant(None))
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield "returns None", lambda here: setattr(here, "value", ast.Constant(None))


def _is_text(node):
    return any(isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
               for part in ast.walk(node))  # fmt: skip


def candidates(only):
    """(file, line, what, place of the node, plant) for every fault inside a function, of paths that begin with ``only``."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT)
            if set(name.parts) & set(LEFT_OUT) or not str(name).startswith(only):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            inside = {
                line
                for node in ast.walk(tree)
                if isinstance(node, ast.FunctionDef)
                for line in range(node.body[0].lineno, node.end_lineno + 1)
            }
            for line, what, place, plant in faults_in(tree):
                if line in inside:
                    yield path.relative_to(ROOT), line, what, place, plant


def tests_of(data, path, line):
    """Node ids of the tests that run this line: those of its own module first, then those that run least in this file."""
    contexts = data.contexts_by_lineno(str(ROOT / path))
    weight = Counter(name for names in contexts.values() for name in names)
    # Of a decorated or broken statement another line was counted.
    names = next(
        (contexts[at] for at in range(line, max(0, line - 8), -1) if any(contexts.get(at, ()))), None
    )
    if names is None and line in contexts:
        # It ran when the module was loaded, before any test.
        names = weight
    ids = []
    mirror = f".test_{Path(path).stem}."
    for name in sorted(filter(None, names), key=lambda name: (mirror not in name, weight[name])):
        parts = name.split(".")
        for split in range(len(parts) - 1, 0, -1):
            file = Path(*parts[:split]).with_suffix(".py")
            if (ROOT / file).exists():
                ids.append("::".join([str(file), *parts[split:]]))
                break
    return ids[:TESTS_A_FAULT]


def is_noticed(copied, path, place, plant, tests):
    target = copied / path
    sound = target.read_text(encoding="utf-8")
    tree = ast.parse(sound)
    plant(next(node for at, node in enumerate(ast.walk(tree)) if at == place))
    target.write_text(ast.unparse(ast.fix_missing_locations(copy.deepcopy(tree))), encoding="utf-8")
    try:
        command = [ROOT / ".venv/bin/python", "-m", "pytest", "-xq", "-p", "no:cacheprovider", *tests]
        done = subprocess.run(
            command, cwd=copied, timeout=PATIENCE, capture_output=True, text=True, check=False
        )
        if done.returncode not in (0, 1, 2, 4):
            print(done.stdout[-2000:], done.stderr[-2000:])
        return done.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        target.write_text(sound, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="where a path begins")
    options = parser.parse_args()
    data = CoverageData(str(ROOT / "var/coverage/data"))
    data.read()
    if not data.measured_files():
        sys.exit("Run `make coverage` first: it says which test runs which line.")
    chosen = random.Random(options.seed).sample(list(candidates(options.only)), options.count)
    free, copies = Queue(), []
    for _number in range(2):
        copied = Path(tempfile.mkdtemp(prefix="mutants-"))
        shutil.copytree(ROOT, copied, dirs_exist_ok=True, symlinks=True,
                        ignore=shutil.ignore_patterns(".git", ".venv", "node_modules", "coverage", "bench"))  # fmt: skip
        (copied / ".venv").symlink_to(ROOT / ".venv")
        copies.append(copied)
        free.put(copied)

    def attempt(fault):
        path, line, what, place, plant = fault
        tests = tests_of(data, path, line)
        copied = free.get()
        try:
            # What many tests share is counted for the first of them alone: then all of its module are asked.
            modules = list(dict.fromkeys(test.partition("::")[0] for test in tests))[:MODULES_A_FAULT]
            noticed = bool(tests) and any(
                is_noticed(copied, path, place, plant, those) for those in (tests, modules)
            )
        finally:
            free.put(copied)
        print(
            f"{'noticed ' if noticed else 'SURVIVED'} {path}:{line} {what} ({len(tests)} tests)", flush=True
        )
        return noticed

    try:
        with ThreadPoolExecutor(2) as pool:
            noticed = sum(pool.map(attempt, chosen))
    finally:
        for copied in copies:
            shutil.rmtree(copied)
    print(f"{noticed} of {options.count} faults noticed: {noticed / options.count:.1%}")


if __name__ == "__main__":
    main()
