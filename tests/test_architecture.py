"""The house keeps its shape: rooms know what stands below them and stay small, and one room writes each status.

Which room may know which is said in pyproject.toml, as contracts of import-linter; `make lint` holds the code to them.
"""

import ast
import re
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
    "samenbuurten/api/schema.py": "from survey.admin import log",
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
    "registry.management.commands.sweep_tasks",  # of a row of a task: no publication
    "registry.models.public.knowledge",  # of a bottleneck, from a file: registry.lifecycle.bottlenecks follows it
)
# What writes rows as its keywords say, what is told the names of columns, and what gives a column to a form or a file.
BY_KEYWORD = {"update", "aupdate", "update_or_create", "aupdate_or_create"}
BY_NAME = {"setattr", "__setattr__", "bulk_update", "abulk_update", "bulk_create", "abulk_create"}
COLUMNS = {"column", "Field"}
OF_A_FORM = {"fields", "list_editable", "import_fields"}
IN_SQL = re.compile(r"\bUPDATE\b.*\bSET\b((?!\bWHERE\b).)*\bstatus\b\s*=", re.IGNORECASE | re.DOTALL)


def names_status(node):
    """Whether the literal text "status" is in this expression."""
    return any(isinstance(part, ast.Constant) and part.value == "status" for part in ast.walk(node))


def call_writes_status(call):
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in BY_KEYWORD:
        nested = [
            keyword.value for keyword in call.keywords if keyword.arg in (None, "defaults", "create_defaults")
        ]
        return "status" in keywords or any(names_status(value) for value in nested)
    if name in BY_NAME:
        return any(names_status(value) for value in (*call.args, *keywords.values()))
    if name in COLUMNS:
        shielded = [keywords.get(word) for word in ("readonly", "is_readonly")]
        is_readonly = any(isinstance(word, ast.Constant) and word.value is True for word in shielded)
        return not is_readonly and any(names_status(value) for value in (*call.args, *keywords.values()))
    return False


def is_status_of_an_object(node):
    """x.status, x.__dict__["status"] or vars(x)["status"], to be written."""
    if not isinstance(getattr(node, "ctx", None), ast.Store):
        return False
    if isinstance(node, ast.Attribute):
        return node.attr == "status"
    if not isinstance(node, ast.Subscript) or not names_status(node.slice):
        return False
    of = node.value.func if isinstance(node.value, ast.Call) else node.value
    return getattr(of, "attr", getattr(of, "id", "")) in ("__dict__", "vars")


def gives_status_to_a_form(node):
    is_list = isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Tuple)
    names = [getattr(target, "id", "") for target in node.targets] if is_list else []
    return any(name in OF_A_FORM for name in names) and names_status(node.value)


def writers_of_status(source):
    """The lines of code that write a status in whichever way, but for a row that is made with one."""
    for node in ast.walk(ast.parse(source)):
        if (
            is_status_of_an_object(node)
            or (isinstance(node, ast.Call) and call_writes_status(node))
            or (isinstance(node, ast.Constant) and isinstance(node.value, str) and IN_SQL.search(node.value))
            or gives_status_to_a_form(node)
        ):
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
        "entry.status += 'x'",
        "entry.name, entry.status = 'a', 'gepubliceerd'",
        "for entry.status in ['gepubliceerd']: entry.save()",
        "entry.__dict__['status'] = 'gepubliceerd'",
        "vars(entry)['status'] = 'gepubliceerd'",
        "Initiative.objects.filter(pk=pk).update(status='gepubliceerd')",
        "Initiative.objects.filter(pk=pk).update(status=F('was'))",
        "Initiative.objects.update(status=Case(When(pk=pk, then=Value('gepubliceerd'))))",
        "Initiative.objects.filter(pk=pk).update(**{'status': 'gepubliceerd'})",
        "Initiative.objects.filter(pk=pk).update(**dict([('status', 'gepubliceerd')]))",
        "QuerySet.update(entries, **{'status': 'gepubliceerd'})",
        "await entries.aupdate(status='gepubliceerd')",
        "Initiative.objects.update_or_create(pk=pk, status='gepubliceerd')",
        "Initiative.objects.update_or_create(pk=pk, defaults={'status': 'gepubliceerd'})",
        "Initiative.objects.bulk_update(rows, ['name', 'status'])",
        "Initiative.objects.bulk_update(rows, fields=('status',))",
        "Initiative.objects.bulk_create(rows, update_conflicts=True, update_fields=['status'])",
        "setattr(entry, 'status', 'gepubliceerd')",
        "object.__setattr__(entry, 'status', 'gepubliceerd')",
        "cursor.execute('UPDATE registry_initiative SET status = %s', ['gepubliceerd'])",
        "status = column('status', 'status')",
        "Field('status', 'status', in_json=False)",
        "status = Field(attribute='status', column_name='status')",
        "fields = ['name', 'status']",
        "list_editable = ['status']",
    ],
)
def test_a_status_written_elsewhere_is_found(breach):
    assert list(writers_of_status(breach)) == [1]


def test_what_only_looks_at_a_status_is_let_be():
    looks = [
        "was = entry.status",
        "entries.filter(status='gepubliceerd')",
        "status = column('status', 'status', readonly=True)",
        "Field('status', 'status', is_readonly=True)",
        "readonly_fields = ['status']",
        "Index(fields=['status', 'name'])",
        "body = {'status': 404}",
    ]
    assert [line for line in looks if list(writers_of_status(line))] == []


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


API_ROOMS = ("samenbuurten/api", "registry/foundation/api", "registry/api", "survey/api")


def guesses_about_a_view(source):
    """The lines of code that ask a view whether it has something: what a view has is declared (``Takes``)."""
    for node in ast.walk(ast.parse(source)):
        is_guess = isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
            "getattr",
            "hasattr",
            "vars",
        )
        subject = node.args[0] if is_guess and node.args else None
        if getattr(subject, "id", getattr(subject, "attr", "")) in ("view", "takes", "cls", "self"):
            yield node.lineno


def test_what_a_view_of_the_api_takes_is_declared():
    wrong = [
        f"{dotted(path)}:{line}"
        for path in python_files(*API_ROOMS)
        for line in guesses_about_a_view(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "breach", ["getattr(view, 'facets', ())", "hasattr(self.view, 'fixed')", "getattr(self, 'since', None)"]
)
def test_a_guess_about_a_view_is_found(breach):
    assert list(guesses_about_a_view(breach)) == [1]
