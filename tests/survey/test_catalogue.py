"""The English of the questions: nothing that a respondent reads is left in Dutch, and what is compiled is what is written."""

import io
from pathlib import Path

import pytest
from babel.messages import mofile, pofile
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from registry.models import Level
from survey.models import OpenAnswer, RespondentRole, Response
from tests.browser.pages import fill

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = ROOT / "survey" / "locale" / "en" / "LC_MESSAGES"
TEMPLATES = [
    *(ROOT / "templates" / "survey" / "respond").glob("*.html"),
    ROOT / "templates" / "admin" / "survey" / "paper.html",
]
MODULES = [
    ROOT / "survey" / name
    for name in (
        "fieldwork/intake.py",
        "design/questions.py",
        "forms/respond.py",
        "views/respond.py",
        "views/offline.py",
    )
]
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def catalogue():
    with (ENGLISH / "django.po").open("rb") as file:
        return pofile.read_po(file, locale="en")


def said():
    """Every text in the templates and the code of a respondent's pages."""
    for path in TEMPLATES:
        # Of a template the indents are no Python.
        lines = templatize(path.read_text(encoding="utf-8")).splitlines()
        source = io.BytesIO("\n".join(line.strip() for line in lines).encode())
        yield from (found[1] for found in extract("python", source, keywords=KEYWORDS))
    for path in MODULES:
        yield from (found[1] for found in extract("python", io.BytesIO(path.read_bytes()), keywords=KEYWORDS))
    for model in (Response, OpenAnswer):
        for field in model._meta.concrete_fields:
            # The labels are lazy; in Dutch they are the source itself.
            yield from (str(text) for text in (field.verbose_name, field.help_text) if text)
    yield from map(str, RespondentRole.labels)


def test_every_text_has_an_english_one():
    english = catalogue()
    missing = [text for text in set(said()) if not english.get(text) or not english.get(text).string]
    assert sorted(missing) == []
    assert [message.id for message in english if message.id and message.fuzzy] == []


@pytest.mark.django_db
def test_the_levels_of_the_deck_have_english_names():
    fill()
    english = catalogue()
    texts = [text for level in Level.objects.all() for text in (level.name, level.subtitle, level.question)]
    assert [text for text in texts if not english.get(text)] == []


def test_nothing_is_translated_that_nobody_says():
    levels = [message.id for message in catalogue() if message.id and "niveaus.csv" in str(message.locations)]
    unused = {message.id for message in catalogue() if message.id} - set(said()) - set(levels)
    assert unused == set()


def test_what_is_compiled_is_what_is_written():
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue())
    assert (ENGLISH / "django.mo").read_bytes() == compiled.getvalue()
