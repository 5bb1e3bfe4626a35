"""The nouns of the survey, one family a file. Import them from here."""

from survey.models.publication import Erratum, Publication
from survey.models.questionnaire import Item, OpenQuestion, Questionnaire
from survey.models.response import OpenAnswer, RespondentRole, Response, Rollup
from survey.models.round import AccessCode, PaperForm, Round, SourceCode, StepCount

__all__ = [
    "AccessCode",
    "Erratum",
    "Item",
    "OpenAnswer",
    "OpenQuestion",
    "PaperForm",
    "Publication",
    "Questionnaire",
    "RespondentRole",
    "Response",
    "Rollup",
    "Round",
    "SourceCode",
    "StepCount",
]
