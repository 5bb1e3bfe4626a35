"""What the papers say is so: links lead somewhere, paths exist, every variable and every noun has its line."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest
from django.apps import apps
from django.utils.text import camel_case_to_spaces

from registry.models import Role, Status

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parent.parent
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DEPLOY, GLOSSARY = ROOT / "docs" / "deploy.md", ROOT / "docs" / "glossary.md"
# What a path ends in when it is one of ours; in docs also a folder, which ends in a slash.
FILES = re.compile(
    r"[\w./-]+\.(py|md|toml|yml|json|html|js|css|txt|lock|po|csv|mk)|[\w.-]+(/[\w.-]+)*/|[.]\w+/\w+"
)
MADE = ("var/", "node_modules/", ".venv/")  # on each machine, not in the repository


def text_of(path):
    return path.read_text(encoding="utf-8")


def without_blocks(text):
    return re.sub(r"^( *)```.*?^\1```", "", text, flags=re.MULTILINE | re.DOTALL)


def links_in(text):
    """The relative addresses of a text in Markdown, without what stands behind a #."""
    addresses = re.findall(r"\]\(([^)\s]+)\)", without_blocks(text))
    return [address.partition("#")[0] for address in addresses if not re.match(r"[a-z]+:|#", address)]


def paths_in(text):
    """The paths of this repository that stand between backticks."""
    words = re.findall(r"`([^`\n]+)`", without_blocks(text))
    return [word for word in words if FILES.fullmatch(word) and not word.startswith(("/", *MADE))]


def variables_read(source):
    """The names that settings ask the environment for."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and re.fullmatch(r"env(\.\w+)?", ast.unparse(node.func)) and node.args:
            yield ast.literal_eval(node.args[0])


def first_cells(text):
    """What stands between backticks in the first column of the tables, and the whole of that column."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row)]


def test_readme_can_be_read_at_one_sitting():
    assert len(text_of(ROOT / "README.md").splitlines()) < 200


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_paper_points_at_is_there(paper):
    text = text_of(paper)
    dead_links = [address for address in links_in(text) if not (paper.parent / address).exists()]
    lost = [path for path in paths_in(text) if not (ROOT / path).exists()]
    assert (dead_links, lost) == ([], [])


def test_a_dead_link_and_a_lost_path_are_seen():
    text = "[a](docs/none.md#x) and [b](https://voorbeeld.nl), `registry/none.py`, `registry/none/`, `var/x/`, `/api/`"
    assert links_in(text) == ["docs/none.md"]
    assert paths_in(text) == ["registry/none.py", "registry/none/"]
    assert paths_in("`.ci/run` calls `make lint`; see `pyproject.toml`") == [".ci/run", "pyproject.toml"]


def paths_in_code(source):
    """The modules that comments and docstrings name."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        is_docstring = token.type == tokenize.STRING and token.string.startswith('"""')
        if token.type == tokenize.COMMENT or is_docstring:
            yield from re.findall(r"(?<![*/\w])[\w./-]*\w\.py\b", token.string)


def test_what_the_code_says_of_other_modules_is_so():
    """A path from the root, or the name of a neighbour."""
    lost = [
        (str(module.relative_to(ROOT)), path)
        for folder in ("registry", "survey", "samenbuurten", "tests", "benchmarks", "docs")
        for module in (ROOT / folder).rglob("*.py")
        if "migrations" not in module.parts
        for path in paths_in_code(text_of(module))
        if not (ROOT / path).exists() and not (module.parent / path).exists()
    ]
    assert lost == []


def test_a_module_that_went_is_missed():
    source = (
        '"""See tests/none.py and stamp.py."""\n# As */apps.py and ../none.py.\nname = "registry/other.py"\n'
    )
    assert [*paths_in_code(source)] == ["tests/none.py", "stamp.py", "../none.py"]


def test_every_paper_is_pointed_at():
    """From README, or from what README points at."""
    reached, to_read = set(), [ROOT / "README.md"]
    while to_read:
        paper = to_read.pop()
        if paper.suffix == ".md" and paper not in reached:
            reached.add(paper)
            to_read += [(paper.parent / address).resolve() for address in links_in(text_of(paper))]
    assert set(PAPERS) - reached == set()


def test_each_variable_has_a_row_and_each_row_a_variable():
    settings = text_of(ROOT / "samenbuurten" / "settings.py")
    assert sorted(first_cells(text_of(DEPLOY))) == sorted(variables_read(settings))


def test_a_variable_is_seen_however_it_is_read():
    assert list(variables_read('A = env("B")\nC = env.bool("D", default=False)\nx(**env.email("E"))')) == [
        "B",
        "D",
        "E",
    ]


def test_the_table_for_mail_names_no_variable_that_is_not_read():
    mail = first_cells(text_of(ROOT / "docs" / "e-mail.md"))
    assert set(mail) <= set(first_cells(text_of(DEPLOY)))
    assert "EMAIL_URL" in mail


def glossary():
    """The Dutch of a row, and the English beside it."""
    rows = [line.split("|") for line in text_of(GLOSSARY).splitlines() if line.startswith("| ")]
    return [(row[1].lower(), re.findall(r"`(\w+)`", row[2])) for row in rows]


def nouns():
    models = [model for app in ("registry", "survey") for model in apps.get_app_config(app).get_models()]
    return [model for model in models if not model.__name__.startswith("Historical")]


@pytest.mark.parametrize("model", nouns(), ids=lambda model: model.__name__)
def test_each_noun_is_in_the_glossary(model):
    dutch = [words for words, english in glossary() if model.__name__ in english]
    assert len(dutch) == 1
    name = str(model._meta.verbose_name).lower()
    # Without a name of its own nobody ever reads what Django made up.
    assert name in dutch[0] or name == camel_case_to_spaces(model.__name__)


@pytest.mark.parametrize(("choices", "english"), [(Status, "Status"), (Role, "Role")])
def test_each_step_and_each_role_is_in_the_glossary(choices, english):
    (dutch,) = [words for words, names in glossary() if english in names]
    assert [label for label in map(str, choices.labels) if label.lower() not in dutch] == []
