"""The round that the presentation reports: of the Verbindingsfestival only what was published is left.

Nine whole percentages and four bases are known. Where one count fits a percentage at its base it is found
back, and marked as such; all the rest stays unknown.
"""

import csv
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from registry.models import Bottleneck, Wording
from survey.design import questionnaires
from survey.models import Item, Questionnaire, Round
from survey.results import results_from_shares
from survey.rounds import publications

SLUG, NAME = "verbindingsfestival", "Verbindingsfestival"
FIGURES = Path(__file__).resolve().parents[1] / "seed" / "verbindingsfestival.csv"


def load():
    """Make the round, unless there is one or has ever been one: whether it was made. It needs the register."""
    if Round.objects.filter(slug=SLUG).exists() or Round.history.filter(slug=SLUG).exists():
        return False
    with FIGURES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with transaction.atomic():
        round = Round.objects.create(
            slug=SLUG,
            name=NAME,
            occasion=NAME,
            questionnaire=_questionnaire([row["code"] for row in rows]),
            # When it was is not known; that it is over is.
            closes_at=timezone.now(),
            languages=["nl"],
        )
        bases = {row["niveau"]: int(row["n"]) for row in rows}
        percentages = {row["code"]: int(row["percentage"]) for row in rows if row["percentage"]}
        publications.write(round, results_from_shares(round, bases, percentages), published_on=None)
    return True


def _questionnaire(codes):
    """With the words of then: the first version of each statement."""
    questionnaire = Questionnaire.objects.create(
        slug=SLUG, name=NAME, languages=["nl"], asks_municipality=False, asks_role=False
    )
    texts = dict(
        Wording.objects.filter(bottleneck__in=codes, language="nl", version=1).values_list(
            "bottleneck", "text"
        )
    )
    bottlenecks = Bottleneck.objects.in_bulk(codes)
    Item.objects.bulk_create(
        Item(
            questionnaire=questionnaire,
            bottleneck=bottlenecks[code],
            level_id=bottlenecks[code].level_id,
            bit=bit,
            wordings={"nl": {"version": 1, "text": texts.get(code, "")}},
        )
        for bit, code in enumerate(codes)
    )
    questionnaires.lock(questionnaire)
    return questionnaire
