"""What is installed in production is what was tested, file by file."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements.txt", "requirements-dev.txt", "requirements.lock")


def pinned(text):
    """Name, as it is compared, to version."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_lock_holds_what_is_pinned_and_what_that_pulls_in():
    locked, wanted = pinned(text_of("requirements.lock")), pinned(text_of("requirements.txt"))
    assert {name: locked.get(name) for name in wanted} == wanted
    # Only on other systems or older Pythons, or inside an extra of what is pinned.
    assert set(locked) - set(wanted) == {"async-timeout", "colorama", "psycopg-binary"}


def test_every_release_in_the_lock_has_its_hashes():
    releases = re.split(r"^(?=[A-Za-z0-9])", text_of("requirements.lock"), flags=re.MULTILINE)[1:]
    assert [
        one.splitlines()[0] for one in releases if not re.search(r"--hash=sha256:[0-9a-f]{64}", one)
    ] == []


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_a_registry(name):
    assert re.findall(r"https?://|--(?:extra-)?index|--find-links", text_of(name)) == []


def test_everything_is_pinned():
    for name in FILES[:2]:
        loose = [
            line for line in text_of(name).splitlines() if line and line[0] not in "#-" and "==" not in line
        ]
        assert loose == []


def test_each_catalogue_is_compiled_and_git_keeps_what_people_read():
    written = [path for app in ("registry", "survey") for path in (ROOT / app / "locale").rglob("*.po")]
    assert [path for path in written if not path.with_suffix(".mo").exists()] == [], (
        "`make setup` compiles them"
    )
    ignored = text_of(".gitignore").splitlines()
    assert (len(written), "*.mo" in ignored) == (2, True)
