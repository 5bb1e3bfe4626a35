"""A questionnaire as it is put to somebody: pages, questions and steps, ready to read.

A locked questionnaire never changes: the levels and municipalities of which it asks were copied into it. So each
process reads it once instead of at every answer. Everything about a round reads them here, and never in the register.
"""

import uuid
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import groupby

from django.utils.translation import gettext as _

from registry.models import Level, Municipality
from survey.models import Item, OpenQuestion, Questionnaire
from survey.models.questionnaire import AskedLevel


@dataclass(frozen=True)
class Page:
    """What is asked about one level; ``other`` is its "anders, namelijk"."""

    level: AskedLevel
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
        return tuple(Step(number, *named_step) for number, named_step in enumerate(named))


def questions_of(questionnaire):
    if questionnaire.fixed is None:
        return _read(questionnaire, as_it_is_now(questionnaire))
    # The key is another one each time that it is locked.
    return _kept(questionnaire.pk, questionnaire.fixed["key"])


def as_it_is_now(questionnaire):
    """What ``questionnaire`` takes from the register, to be copied into it (Questionnaire.fixed)."""
    levels = Level.objects.filter(pk__in=questionnaire.items.values("level"))
    return {
        "key": uuid.uuid4().hex,
        "levels": [
            asdict(AskedLevel(level.slug, level.letter, level.name, level.subtitle, level.question, bit))
            for bit, level in enumerate(levels)
        ],
        "municipalities": [
            list(municipality) for municipality in Municipality.objects.values_list("code", "name")
        ],
    }


@lru_cache(maxsize=16)
def _kept(pk, key):
    questionnaire = Questionnaire.objects.get(pk=pk)
    return _read(questionnaire, questionnaire.fixed)


def _read(questionnaire, fixed):
    levels = {level["slug"]: AskedLevel(**level) for level in fixed["levels"]}
    # Of the bottleneck only its code is used, and that is the key itself.
    items = sorted(questionnaire.items.all(), key=lambda item: (levels[item.level_id].bit, item.bit))
    open_questions = list(questionnaire.open_questions.all())
    others = {question.level_id: question for question in open_questions if question.level_id}
    return Questions(
        pages=tuple(
            Page(levels[slug], tuple(group), others.get(slug))
            for slug, group in groupby(items, key=lambda item: item.level_id)
        ),
        open_questions=tuple(question for question in open_questions if not question.level_id),
        asks_role=questionnaire.asks_role,
        municipalities=tuple(map(tuple, fixed["municipalities"])) if questionnaire.asks_municipality else (),
    )
