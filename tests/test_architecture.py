"""The house keeps its shape: layers point inwards, edges do not know each other, rooms stay small."""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
APPS = ("registry", "survey")
# What any site needs and no noun knows: open to both apps, and imports nothing of either but one another.
FOUNDATION = {"limits", "counts", "edits"}
# Left to right: a module imports its own layer and those before it. What is not named is an act.
LAYERS = {
    "models": 0,
    "statistics": 0,  # pure functions on numbers: every layer may count
    "disclosure": 0,
    **dict.fromkeys(FOUNDATION, 0),
    "equations": 0,
    "filters": 2,
    "forms": 2,
    "resources": 2,
    "admin": 3,
    "api": 3,
    "views": 3,
    "feeds": 3,
    "sitemaps": 3,
    "management": 3,
    "templatetags": 3,
    "urls": 4,
}
ACT = 1
EDGE = 3
# Wiring, not a layer: Django finds these by name.
WIRING = {"apps", "__init__", "migrations"}


def python_files(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path):
    """The modules that a file imports, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                yield f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name


def room(dotted):
    """The room of an app that a dotted name or a path lies in: "registry.admin.site" gives "admin"."""
    parts = dotted.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def dotted(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def within(name, app):
    return name == app or name.startswith(f"{app}.")


@pytest.mark.parametrize("app", APPS)
def test_imports_point_inwards(app):
    wrong = []
    for path in python_files(app):
        here = room(dotted(path))
        if here in WIRING:
            continue
        for name in imported(path):
            if not within(name, app):
                continue
            there = room(name)
            mine, other = LAYERS.get(here, ACT), LAYERS.get(there, ACT)
            edges_meet = mine == other == EDGE and here != there
            if other > mine or edges_meet:
                wrong.append(f"{dotted(path)} imports {name}")
    assert wrong == []


def test_registry_knows_nothing_of_survey_and_no_app_of_the_project():
    wrong = [
        f"{dotted(path)} imports {name}"
        for app, others in [("registry", ("survey", "samenbuurten")), ("survey", ("samenbuurten",))]
        for path in python_files(app)
        for name in imported(path)
        if any(within(name, other) for other in others)
    ]
    assert wrong == []


def test_the_foundation_knows_no_noun():
    wrong = [
        f"{dotted(path)} imports {name}"
        for path in python_files("registry")
        if room(dotted(path)) in FOUNDATION
        for name in imported(path)
        if any(within(name, app) for app in (*APPS, "samenbuurten")) and room(name) not in FOUNDATION
    ]
    assert wrong == []


# What survey shares with the register: the letters, the forms of visitors, and where it says what it keeps and sends.
SHARED = {"mail", "visiting", "stopping", "keeping"}


def test_survey_knows_of_registry_only_the_nouns_and_what_they_share():
    wrong = [
        f"{dotted(path)} imports {name}"
        for path in python_files("survey")
        for name in imported(path)
        if within(name, "registry") and room(name) not in {"models"} | FOUNDATION | SHARED
    ]
    assert wrong == []


def test_only_moderation_writes_a_publication_status():
    wrong = []
    for path in python_files("registry", "survey"):
        if dotted(path) == "registry.moderation" or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            targets = getattr(node, "targets", [])
            if any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets):
                wrong.append(f"{dotted(path)}:{node.lineno}")
    assert wrong == []


def test_rooms_stay_small():
    long = {
        dotted(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files("registry", "survey", "samenbuurten", "tests", "benchmarks")
        if "migrations" not in path.parts
    }
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_no_room_for_leftovers():
    named = {path.stem for path in python_files(*APPS)}
    assert named & {"utils", "helpers", "common", "misc", "services"} == set()


# What writes rows; "update" is looked at by what it sets.
WRITES = {"create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete", "update"}
# Whether somebody is asked once a year is not whether they have a say.
OF_THE_YEARLY_QUESTION = {"wants_yearly"}


def chain_of(node):
    """The names that an expression goes along, without what is given to a call: a.b(c).d gives d, b, a."""
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            yield node.attr
        node = node.value if isinstance(node, ast.Attribute) else node.func
    if isinstance(node, ast.Name):
        yield node.id


def writers_of_say(source):
    """The lines of code that write who keeps a page, or the log of it."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        is_row = isinstance(node.func, ast.Name) and node.func.id in ("Ownership", "OwnershipChange")
        is_write = isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
        on = " ".join(chain_of(node.func.value)).lower() if is_write else ""
        names = {keyword.arg for keyword in node.keywords}
        is_asking = is_write and node.func.attr == "update" and names <= OF_THE_YEARLY_QUESTION
        if is_row or (is_write and "ownership" in on and not is_asking):
            yield node.lineno


def test_only_one_room_writes_who_has_a_say():
    wrong = [
        f"{dotted(path)}:{line}"
        for path in python_files(*APPS)
        if not within(dotted(path), "registry.say") and "migrations" not in path.parts
        for line in writers_of_say(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "breach",
    [
        "initiative.ownerships.create(user=user)",
        "Ownership.objects.filter(user=user).delete()",
        "Ownership(initiative=one, user=user).save()",
        "duplicate.ownerships.update(initiative=into)",
        "OwnershipChange.objects.create(kind='x')",
    ],
)
def test_who_writes_it_elsewhere_is_found(breach):
    assert list(writers_of_say(breach)) == [1]
