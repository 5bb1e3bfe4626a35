"""A field of an initiative is declared once: its column, its migration and one line, and every door has it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[3]
# In a process of its own, with the settings of the copy.
SEE = f"import django, runpy; django.setup(); runpy.run_path('{Path(__file__).with_name('seen.py')}', run_name='__main__')"
# What docs/how-to/add-a-field.md has one write: where, in front of what, and what.
COLUMN = (
    "registry/models/initiative.py",
    "    costs = LineField(",
    '    house_rules = LineField(_("huisregels"), max_length=200, blank=True)\n',
)
LINE = (
    "registry/models/public/initiative.py",
    '    Field(\n        "voorWie",',
    '    Field("huisregels", "house_rules", in_geojson=True, called="regels van het huis", group="joining", since="99.0.0", '
    'form_text=FormText(_("Welke regels gelden er?"))),\n',
)


@pytest.fixture
def project(tmp_path):
    """A copy of the project, with a front end that was built and data of its own."""
    for name in ("registry", "survey", "samenbuurten", "templates"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules")
        )
    shutil.copy(ROOT / "manage.py", tmp_path)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "static").symlink_to(ROOT / "var" / "static")
    return tmp_path


def add(project, path, in_front_of, line):
    file = project / path
    text = file.read_text(encoding="utf-8")
    assert text.count(in_front_of) == 1
    file.write_text(text.replace(in_front_of, line + in_front_of), encoding="utf-8")


def run(project, *command):
    environment = {
        **{
            name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "DATABASE"))
        },
        "VAR_DIR": str(project / "var"),
        "SECRET_KEY": "een sleutel voor een kopie, van meer dan vijftig tekens lang",
        "PLAIN_HTTP": "true",
        "DJANGO_SETTINGS_MODULE": "samenbuurten.settings",
    }
    result = subprocess.run(
        [sys.executable, "-W", "ignore", *command],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stdout


def test_a_field_that_is_declared_is_seen_everywhere(project):
    add(project, *COLUMN)
    add(project, *LINE)
    run(project, "manage.py", "makemigrations", "registry")
    (migration,) = (project / "registry" / "migrations").glob("*house_rules*.py")
    assert "AddField" in migration.read_text(encoding="utf-8")
    seen = json.loads(run(project, "-c", SEE).splitlines()[-1])
    assert len(seen) == 17
    assert [door for door, is_seen in seen.items() if not is_seen] == []
