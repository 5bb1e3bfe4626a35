"""Survey things for tests, plain and without surprises."""

import uuid
from datetime import timedelta

from django.utils import timezone

from registry.models import Bottleneck
from survey.design import questionnaires
from survey.fieldwork import intake
from survey.models import Publication, Round
from tests import factories


def questionnaire(
    codes=("M1", "M2", "B1", "R1", "R2", "R3"), *, slug="knelpunten", languages=("nl",), **fields
):
    """A questionnaire on these bottlenecks, which are made when they are not there."""
    for code in codes:
        if not Bottleneck.objects.filter(pk=code).exists():
            factories.bottleneck(code)
    made = questionnaires.compose(slug, "Knelpunten", languages=languages)
    for name, value in fields.items():
        setattr(made, name, value)
    made.save()
    return made


def round(slug="festival", *, is_open=True, **fields):
    """A round that is open now, unless told."""
    now = timezone.now()
    if "questionnaire" not in fields:
        fields["questionnaire"] = questionnaire()
    made = Round.objects.create(
        **{
            "slug": slug,
            "name": f"Meting {slug}",
            "opens_at": now - timedelta(hours=1) if is_open else None,
            "languages": fields["questionnaire"].languages,
        }
        | fields
    )
    if is_open:
        questionnaires.lock(made.questionnaire)
    return made


def response(round, *codes, none=(), words=None, key=None, municipality="", role="", **fields):
    """One person who ticked these codes; ``none``: levels (slugs) with "geen van deze"."""
    answers = intake.Answers(frozenset(codes), frozenset(none), words or {}, municipality, role)
    key = key or uuid.uuid4()
    intake.record(round, answers, key=key, **fields)
    return round.responses.get(pk=key)


def close(round):
    round.closes_at = timezone.now()
    round.save()
    return round


def publish(round, **fields):
    """A frozen publication, without figures."""
    given = {"data": "{}", "data_hash": "x", "questionnaire_version": "1", "code_version": "x"} | fields
    round.is_over = True
    round.save()
    return Publication.objects.create(round=round, **given)
