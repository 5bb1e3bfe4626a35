"""A questionnaire as it is put to somebody: pages, questions and steps, ready to read.

A locked questionnaire never changes, so that each process reads it once a minute instead of at every answer
(once a minute, for the names of levels and municipalities beside it may still be corrected).
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from django.utils.translation import gettext as _

from registry.models import Level, Municipality
from survey.models import Item, OpenQuestion, Questionnaire

KEPT_SECONDS = 60


@dataclass(frozen=True)
class Page:
    """What is asked about one level; ``other`` is its "anders, namelijk"."""

    level: Level
    items: tuple[Item, ...]
    other: OpenQuestion | None


@dataclass(frozen=True)
class Step:
    """One screen. Number 0 is the welcome; the others are "stap 1 van 7" and on."""

    number: int
    name: str
    label: str
    page: Page | None = None

    @property
    def anchor(self):
        return f"stap-{self.name}"


@dataclass(frozen=True)
class Questions:
    pages: tuple[Page, ...]
    open_questions: tuple[OpenQuestion, ...]
    asks_role: bool
    # Code and name, in the order of the register; empty when the municipality is not asked.
    municipalities: tuple[tuple[str, str], ...]

    @property
    def items(self):
        return tuple(item for page in self.pages for item in page.items)

    @property
    def all_open(self):
        others = tuple(page.other for page in self.pages if page.other)
        return others + self.open_questions

    @property
    def asks_background(self):
        return bool(self.municipalities) or self.asks_role

    @property
    def steps(self):
        """All screens in order, in the language of the page."""
        named = [("welkom", _("Welkom"), None)]
        named += [(page.level.slug, _(page.level.name), page) for page in self.pages]
        if self.open_questions:
            named.append(("open", _("In uw eigen woorden"), None))
        if self.asks_background:
            named.append(("achtergrond", _("Over u"), None))
        named.append(("controle", _("Controleer en verstuur"), None))
        return tuple(Step(number, *one) for number, one in enumerate(named))


def questions_of(questionnaire):
    if not questionnaire.is_locked:
        return _read(questionnaire)
    # The key of the preview too: a number can come back after a database was put back, this cannot.
    return _kept(questionnaire.pk, questionnaire.preview_key, int(time.monotonic() // KEPT_SECONDS))


@lru_cache(maxsize=16)
def _kept(pk, preview_key, minute):
    return _read(Questionnaire.objects.get(pk=pk))


def _read(questionnaire):
    # Of the bottleneck only its code is used, and that is the key itself.
    items = sorted(
        questionnaire.items.select_related("level"), key=lambda item: (item.level.position, item.bit)
    )
    asked = list(questionnaire.open_questions.all())
    others = {question.level_id: question for question in asked if question.level_id}
    return Questions(
        pages=tuple(
            Page(level, tuple(group), others.get(level.pk))
            for level, group in groupby(items, key=lambda item: item.level)
        ),
        open_questions=tuple(question for question in asked if not question.level_id),
        asks_role=questionnaire.asks_role,
        municipalities=tuple(Municipality.objects.values_list("code", "name"))
        if questionnaire.asks_municipality
        else (),
    )
