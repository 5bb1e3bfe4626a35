"""Templates can be read beside code: a line has at most as many characters as djlint is told to write."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MOST = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["djlint"][
    "max_line_length"
]
# A string in a translate tag cannot be broken. It stands on a line of its own then.
ONE_STRING = re.compile(r'\s*\{% translate "[^"]*"( as \w+)? %\}')
pytestmark = pytest.mark.once


def too_long(text):
    lines = enumerate(text.splitlines(), 1)
    return [number for number, line in lines if len(line) > MOST and not ONE_STRING.fullmatch(line)]


def test_no_line_of_a_template_is_too_long():
    paths = [
        path for path in sorted((ROOT / "templates").rglob("*")) if path.suffix in {".html", ".txt", ".xml"}
    ]
    assert len(paths) > 100
    long_lines = {str(path): too_long(path.read_text(encoding="utf-8")) for path in paths}
    assert {path: numbers for path, numbers in long_lines.items() if numbers} == {}


# The formatter breaks a line before what follows a tag; a browser reads a break as a space.
SET_APART = re.compile(r"\s*[,.;:!?](?=[\s<{]|$)")


def set_apart(text):
    """The lines that begin with a mark that belongs to the word before it."""
    return [number for number, line in enumerate(text.splitlines(), 1) if SET_APART.match(line)]


def test_no_comma_stands_apart_from_its_word():
    paths = sorted((ROOT / "templates").rglob("*.html"))
    assert len(paths) > 100
    apart = {str(path): set_apart(path.read_text(encoding="utf-8")) for path in paths}
    assert {path: numbers for path, numbers in apart.items() if numbers} == {}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("<p>\n  {{ name }}</a>\n  .\n</p>", [3]),
        ("{% if not forloop.last %}\n  ,\n{% endif %}", [2]),
        ("{{ name }}</a>{% if more %},\n{% endif %}.", []),
        ("<p>\n  .5 is a number\n</p>", []),
    ],
)
def test_a_comma_that_stands_apart_is_seen(text, numbers):
    assert set_apart(text) == numbers


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("<p>" + "a" * MOST, [1]),
        ("a" * MOST, []),
        ('  {% translate "' + "a" * MOST + '" %}', []),
        ('  {% translate "' + "a" * MOST + '" as message %}', []),
        ('<p>{% translate "' + "a" * MOST + '" %}</p>', [1]),
    ],
)
def test_a_line_that_is_too_long_is_seen(line, numbers):
    assert too_long(line) == numbers
