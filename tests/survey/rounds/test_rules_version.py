"""The rules by which figures are made carry a number that people raise."""

import ast
import hashlib
from pathlib import Path

import pytest

import survey
from survey.rounds.publications import RULES_VERSION

pytestmark = pytest.mark.once

ROOT = Path(survey.__file__).parent
RULES = [
    *(ROOT / name for name in ("disclosure.py", "statistics.py")),
    *(ROOT / "results" / "audit" / name for name in ("auditor.py", "equations.py", "populations.py")),
    *sorted((ROOT / "results").glob("*.py")),
]
KNOWN = (1, "625098d9c1c626914ee7b2ba1eb4add985a264ae7c0a379985951d8f99bb02d2")
TYPES = ("annotation", "returns")
WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef)


def said(node):
    """What code does, without how it is laid out: no comments, docstrings or types, nothing that one Python says and
    another not."""
    if isinstance(node, list):
        return [said(part) for part in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {
        name: value for name, value in ast.iter_fields(node) if value not in (None, []) and name not in TYPES
    }
    if isinstance(node, WITH_DOCSTRING) and ast.get_docstring(node, clean=False) is not None:
        fields["body"] = fields["body"][1:]
    return [type(node).__name__, [(name, said(value)) for name, value in fields.items()]]


def digest_of(*texts):
    return hashlib.sha256(repr([said(ast.parse(text)) for text in texts]).encode()).hexdigest()


def test_other_rules_have_another_number():
    now = RULES_VERSION, digest_of(*(path.read_text(encoding="utf-8") for path in RULES))
    assert now == KNOWN, (
        "The rules changed. May a figure come out otherwise? Then raise RULES_VERSION in survey/rounds/publications.py. "
        f"Put in KNOWN what stands for the rules now: {now}"
    )


def test_how_rules_are_laid_out_is_no_rule():
    rule = '"""Why."""\n\n\ndef share(count, n):\n    """A part."""\n    return count / n  # never 0\n'
    assert digest_of(rule) == digest_of(
        "def share(\n    count: int,\n    n: int,\n) -> float:\n    return (count / n)\n"
    )
    assert digest_of(rule) != digest_of(rule.replace("count / n", "count / (n + 1)"))
    assert digest_of(rule) != digest_of(rule.replace("share", "part"))
