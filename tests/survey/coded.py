"""A round with open answers that staff have read, split and coded, for tests."""

from registry.models import Role
from survey.coding import double_coding
from survey.models import OpenAnswer
from survey.open_answers import screening
from tests import factories
from tests.survey import making

SAID = ["De bus rijdt niet meer", "Niemand luistert", "De bus is te duur", "HavenHart is mooi"]


def answers(round, *texts, question="knelpunt"):
    """One respondent for each text."""
    for text in texts:
        making.response(round, "R1", words={question: text})
    return list(OpenAnswer.objects.filter(response__round=round).order_by("text"))


def read(round, to="openbaar"):
    for answer in screening.waiting(round):
        screening.decide(answer, to)


def planned(round, *, share=100):
    """The plan of the round, with two coders."""
    plan = double_coding.plan_of(round)
    plan.first_coder, plan.second_coder = (factories.person(role=Role.EDITOR) for _number in range(2))
    plan.share = share
    plan.save()
    return plan


def code_all(round, *, first, second=None):
    """``first``: text to key for the first coder; ``second``: what the second one says otherwise."""
    for unit in double_coding.units_of(round):
        double_coding.give(unit, first[unit.text], coder=1)
    for unit in double_coding.to_code(round, 2):
        double_coding.give(unit, {**first, **(second or {})}[unit.text], coder=2)


def frozen(*texts, codes=None):
    """A closed round in which these were said and coded, by default all under the own code "bus"."""
    round = making.round(occasion="Havenfeest")
    answers(round, *texts)
    read(round)
    making.close(round)
    planned(round)
    double_coding.add_code(round, "bus", "Slecht vervoer")
    code_all(round, first=codes or dict.fromkeys(texts, "bus"))
    double_coding.compare(round)
    double_coding.freeze(round)
    return round
