"""A name says what it holds: a participle or a pronoun alone ("found", "one") says how it came there."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VAGUE = frozenset("asked found given kept known made one shown told".split())
# Of all names that are bound: where a sentence reads better with such a word, it may stand.
MOST = 0.001
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
pytestmark = pytest.mark.once


def modules():
    for folder in ("registry", "survey", "samenbuurten", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def bound_names(source):
    """(name, line) of each variable, argument and field that the source binds."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno


def arguments_of(function):
    arguments = function.args
    listed = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    return {argument.arg for argument in listed if argument}


def functions_hidden(source):
    """The lines of functions that hide themselves behind an argument of the same name; a method stands behind its
    class, where no argument hides it."""
    tree = ast.parse(source)
    methods = {id(part) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for part in node.body}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, FUNCTION) and id(node) not in methods and node.name in arguments_of(node)
    ]


def test_names_say_what_they_hold():
    bound = [(f"{path}:{line}", name) for path, source in modules() for name, line in bound_names(source)]
    vague = [(place, name) for place, name in bound if name in VAGUE]
    assert len(bound) > 10_000
    assert len(vague) <= MOST * len(bound), vague


def test_no_function_is_hidden_by_its_own_argument():
    hidden = [(str(path), line) for path, source in modules() for line in functions_hidden(source)]
    assert hidden == []


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "def read(*, found): pass",
        "for found in rows: pass",
        "rows = [found for found in rows]",
        "if found := read(): pass",
        "class Line:\n    found: str",
        "with read() as found: pass",
        "lambda found: 1",
    ],
)
def test_each_way_to_bind_a_name_is_seen(source):
    assert "found" in {name for name, _line in bound_names(source)}


@pytest.mark.parametrize("arguments", ["level", "base, level", "*, level", "*level", "**level", "level, /"])
def test_a_hidden_function_is_seen(arguments):
    assert functions_hidden(f"def level({arguments}): pass") == [1]


def test_a_method_is_not_hidden():
    assert functions_hidden("class Level:\n    def level(self, level): pass") == []
