"""The house keeps its shape: rooms know what stands below them and stay small, and one room writes each status.

Which room may know which is said in pyproject.toml, as contracts of import-linter; `make lint` holds the code to them.
"""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs import layers

ROOT = Path(__file__).resolve().parent.parent
APPS = ("registry", "survey")
HOUSE = (*APPS, "samenbuurten")
pytestmark = pytest.mark.once


def python_files(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def dotted(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def within(name, package):
    return name == package or name.startswith(f"{package}.")


def broken_contracts(folder):
    """What import-linter says of the packages in ``folder``; "" when it finds nothing wrong."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return result.stdout if result.returncode else ""


# One import for each rule that it would break.
BREACHES = {
    "registry/foundation/cache.py": "from registry.models import Initiative",
    "registry/models/case.py": "from registry.moderation import decisions",
    "registry/mail/letters.py": "from registry.ownership import owners",
    "registry/admin/case.py": "from registry.views import home",
    "registry/api/base.py": "from registry.admin import case",
    "registry/search/ranking.py": "import survey.models",
    "registry/geo/distance.py": "from samenbuurten import files",
    "survey/statistics.py": "from survey.models import Round",
    "survey/results/tally.py": "from survey.rounds import life",
    "survey/fieldwork/kiosk.py": "from survey.results import tally",
    "survey/coding/promotion.py": "from registry.community import matching",
    "survey/models/round.py": "from samenbuurten import files",
    "samenbuurten/serving/limits.py": "from registry.views import home",
    "samenbuurten/api/paging.py": "from survey.admin import log",
}


def test_the_contracts_find_each_breach(tmp_path):
    for name in (*HOUSE, "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    assert broken_contracts(tmp_path) == ""
    for name, line in BREACHES.items():
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    told = broken_contracts(tmp_path)
    planted = {name.removesuffix(".py").replace("/", ".") for name in BREACHES}
    assert {name for name in planted if f"{name} -> " not in told} == set()


def test_the_drawing_is_of_the_code():
    """`make layers` draws it anew."""
    assert layers.PAGE.read_text(encoding="utf-8") == layers.page()


STATUS_WRITERS = (
    "registry.moderation.decisions",  # of an entry, with a Decision
    "registry.models.bottleneck",  # of a bottleneck, with its history
    "registry.mail",  # of a letter in the queue: no publication
)


def is_status(node):
    return isinstance(node, ast.Constant) and node.value == "status"


def writers_of_status(source):
    """The lines of code that write a status in whichever way, but for a row that is made with one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in ast.walk(target)]
            if any(
                isinstance(part, ast.Attribute) and part.attr == "status" and isinstance(part.ctx, ast.Store)
                for part in parts
            ):
                yield node.lineno
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            writes = name in {"update", "update_or_create"} and (
                any(keyword.arg == "status" for keyword in node.keywords)
                or any(
                    is_status(part)
                    for keyword in node.keywords
                    if keyword.arg is None
                    for part in ast.walk(keyword.value)
                )
            )
            names_it = name in {"setattr", "bulk_update", "__setattr__"} and any(
                is_status(part) for argument in given for part in ast.walk(argument)
            )
            if writes or names_it:
                yield node.lineno


def test_each_status_is_written_in_one_place():
    wrong = [
        f"{dotted(path)}:{line}"
        for path in python_files(*HOUSE)
        if not any(within(dotted(path), writer) for writer in STATUS_WRITERS)
        and "migrations" not in path.parts
        for line in writers_of_status(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "breach",
    [
        "entry.status = 'gepubliceerd'",
        "entry.status: str = 'gepubliceerd'",
        "entry.name, entry.status = 'a', 'gepubliceerd'",
        "Initiative.objects.filter(pk=pk).update(status='gepubliceerd')",
        "Initiative.objects.filter(pk=pk).update(**{'status': 'gepubliceerd'})",
        "Initiative.objects.update_or_create(pk=pk, status='gepubliceerd')",
        "Initiative.objects.bulk_update(rows, ['name', 'status'])",
        "Initiative.objects.bulk_update(rows, fields=('status',))",
        "setattr(entry, 'status', 'gepubliceerd')",
    ],
)
def test_a_status_written_elsewhere_is_found(breach):
    assert list(writers_of_status(breach)) == [1]


# Django finds these by name, or they are one command each.
OF_DJANGO = {
    "__init__",
    "apps",
    "urls",
    "admin",
    "forms",
    "views",
    "feeds",
    "sitemaps",
    "checks",
    "middleware",
    "settings",
    "wsgi",
}


def test_a_folder_has_at_most_fourteen_modules():
    modules = {}
    for path in python_files(*HOUSE):
        if path.stem not in OF_DJANGO and not {"migrations", "commands"} & set(path.parts):
            modules.setdefault(str(path.parent.relative_to(ROOT)), []).append(path.stem)
    assert {folder: names for folder, names in modules.items() if len(names) > 14} == {}


def test_rooms_stay_small():
    long = {
        dotted(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files("registry", "survey", "samenbuurten", "tests", "benchmarks")
        if "migrations" not in path.parts
    }
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_style_sheets_stay_small():
    sheets = sorted((ROOT / "samenbuurten/static/src").rglob("*.css"))
    lines = {sheet.name: len(sheet.read_text(encoding="utf-8").splitlines()) for sheet in sheets}
    assert sheets
    assert {name: number for name, number in lines.items() if number > 400} == {}


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
        if not within(dotted(path), "registry.ownership") and "migrations" not in path.parts
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
