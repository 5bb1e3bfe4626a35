"""The paper twin of a questionnaire: the same questions with a code for each box, to type in afterwards.

A code means the same on every print of a version: statements have the code of their bottleneck, a
municipality has its number at the CBS.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from survey.design.questions import questions_of
from survey.fieldwork import intake
from survey.models import OpenQuestion, RespondentRole
from survey.models.response import ELSEWHERE, PREFER_NOT

NONE = "0"
MUNICIPALITY, ROLE = "G", "W"


@dataclass(frozen=True)
class Option:
    code: str
    text: str
    # The stored value, for a background question.
    value: str = ""


@dataclass(frozen=True)
class LevelPage:
    level: object
    options: tuple[Option, ...]
    none: Option
    other: OpenQuestion | None


@dataclass(frozen=True)
class Background:
    key: str
    question: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Form:
    """All that stands on the paper, in the language of the page."""

    pages: tuple[LevelPage, ...]
    questions: tuple[OpenQuestion, ...]
    background: tuple[Background, ...]

    @property
    def words(self):
        """The open questions in the order of the paper."""
        return [*(page.other for page in self.pages if page.other), *self.questions]


def form_of(questionnaire):
    questions = questions_of(questionnaire)
    return Form(
        pages=tuple(
            LevelPage(
                level=page.level,
                options=tuple(Option(item.code, item.text) for item in page.items),
                none=Option(f"{page.level.letter}{NONE}", _("Geen van deze")),
                other=page.other,
            )
            for page in questions.pages
        ),
        questions=questions.open_questions,
        background=tuple(_background(questions)),
    )


def read(questionnaire, typed):
    """The codes as typed, "m1 M3 b0 G34": those of the form, in its order, each once. Else Refused."""
    form = form_of(questionnaire)
    typed_codes = {code.upper() for code in typed.replace(",", " ").split()}
    codes_of_form = [*_codes(form)]
    wrong = [
        _("De code ‘%s’ staat niet op dit formulier. Kijk hem na op het papier.") % code
        for code in sorted(typed_codes.difference(codes_of_form))
    ]
    for page in form.pages:
        ticked = [option.code for option in page.options if option.code in typed_codes]
        if page.none.code in typed_codes and ticked:
            wrong.append(
                _(
                    "%(none)s (geen van deze) en %(code)s gaan niet samen. Staan ze allebei op het papier? Laat %(none)s weg."
                )
                % {"none": page.none.code, "code": ticked[0]}
            )
    for question in form.background:
        chosen = [option.code for option in question.options if option.code in typed_codes]
        if len(chosen) > 1:
            wrong.append(
                _("%s: hier kan er maar één. Staan ze allebei op het papier? Laat ze dan allebei weg.")
                % _(" en ").join(chosen)
            )
    if wrong:
        raise Refused(*wrong)
    return [code for code in codes_of_form if code in typed_codes]


def answers(questionnaire, codes, words):
    """What ``intake.record`` takes, of codes that ``read`` gave."""
    form = form_of(questionnaire)
    typed_codes = set(codes)
    background = {
        question.key: next((option.value for option in question.options if option.code in typed_codes), "")
        for question in form.background
    }
    return intake.Answers(
        ticks=frozenset(
            option.code for page in form.pages for option in page.options if option.code in typed_codes
        ),
        none=frozenset(page.level.slug for page in form.pages if page.none.code in typed_codes),
        words=words,
        municipality=background.get("municipality", ""),
        role=background.get("role", ""),
    )


def _codes(form):
    for page in form.pages:
        yield from (option.code for option in page.options)
        yield page.none.code
    for question in form.background:
        yield from (option.code for option in question.options)


def _background(questions):
    prefer_not = _("Dat zeg ik liever niet")
    if questions.municipalities:
        yield Background(
            "municipality",
            _("In welke gemeente woont of werkt u?"),
            (
                *(
                    Option(f"{MUNICIPALITY}{int(code[2:])}", name, code)
                    for code, name in questions.municipalities
                ),
                Option(f"{MUNICIPALITY}X", _("Ergens anders"), ELSEWHERE),
                Option(f"{MUNICIPALITY}{NONE}", prefer_not, PREFER_NOT),
            ),
        )
    if questions.asks_role:
        yield Background(
            "role",
            _("Wat past het best bij u?"),
            (
                *(
                    Option(f"{ROLE}{number}", str(role.label), role.value)
                    for number, role in enumerate(RespondentRole, 1)
                ),
                Option(f"{ROLE}{NONE}", prefer_not, PREFER_NOT),
            ),
        )
