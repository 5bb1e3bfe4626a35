"""The models of the survey, related ones in one module. Import them from here."""

from survey.models.act import RoundAct
from survey.models.coding import Code, Coding, CodingPlan, Promotion, Quote, RetentionRun, Seat, Unit
from survey.models.following import FollowedRound
from survey.models.publication import AnswerDigests, Erratum, Publication
from survey.models.questionnaire import Item, OpenQuestion, Questionnaire
from survey.models.response import OpenAnswer, RespondentRole, Response, Rollup
from survey.models.round import AccessCode, PaperForm, Round, SourceCode, StepCount

__all__ = [
    "AccessCode",
    "AnswerDigests",
    "Code",
    "Coding",
    "CodingPlan",
    "Erratum",
    "FollowedRound",
    "Item",
    "OpenAnswer",
    "OpenQuestion",
    "PaperForm",
    "Promotion",
    "Publication",
    "Questionnaire",
    "Quote",
    "RespondentRole",
    "Response",
    "RetentionRun",
    "Rollup",
    "Round",
    "RoundAct",
    "Seat",
    "SourceCode",
    "StepCount",
    "Unit",
]
