"""A fictional round to try the site out with, marked ``is_sample`` and removed in one command.

The answers hang together as answers do: some people recognise much, others little; who ticks one statement of
a level ticks more of it; municipalities differ a bit. It writes responses itself, beside intake: a million
through the one door, each on its own, would take an hour.
"""

import datetime
import random
import uuid
from math import exp

from django.db import transaction
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.models import Municipality
from survey.design import questionnaires
from survey.design.questions import questions_of
from survey.models import (
    Item,
    OpenAnswer,
    OpenQuestion,
    Questionnaire,
    RespondentRole,
    Response,
    Round,
    StepCount,
)
from survey.models.response import ELSEWHERE, PREFER_NOT
from survey.rounds import publications

OPENED = datetime.datetime(2026, 5, 1, 9, tzinfo=datetime.UTC)
CLOSED = datetime.datetime(2026, 6, 1, 9, tzinfo=datetime.UTC)
# So many different people; a larger round has more of each, and each then changes one answer.
PEOPLE = 20_000
MOST_WORDS = 500
BATCH = 5000
ROLES = {
    RespondentRole.RESIDENT: 40,
    RespondentRole.ACTIVE_RESIDENT: 25,
    RespondentRole.COMMUNITY_BUILDER: 12,
    RespondentRole.PROFESSIONAL: 11,
    RespondentRole.GOVERNMENT: 8,
    RespondentRole.OTHER: 2,
    PREFER_NOT: 2,
}
WORDS = {
    OpenQuestion.Kind.BOTTLENECK: "Er is geen bus na acht uur.|De sleutel van het buurthuis is nooit te vinden.|"
    "Formulieren zijn te moeilijk.|Iedereen wacht op een ander.|Er is te weinig tijd om elkaar te leren kennen.",
    OpenQuestion.Kind.FLEVOLAND: "De afstanden zijn groot.|Veel mensen werken buiten de provincie.|"
    "De wijken zijn nieuw, niemand kent elkaar nog.|Dorpen hebben geen winkel meer.",
    OpenQuestion.Kind.EXAMPLE: "De Buurttuin|De soepgroep van de flat|Het repaircafé|De wandelclub",
}


def generate(*, responses, seed):
    """Make the closed round of this seed and fix its results, unless it is there: how many responses."""
    slug = f"voorbeeld-{seed}"
    if not responses or Round.objects.filter(slug=slug).exists():
        return 0
    rand = random.Random(seed)
    with transaction.atomic():
        questionnaire = questionnaires.compose(slug, _("Verzonnen vragenlijst"))
        if not questionnaire.items.exists():
            raise Refused(_("Er zijn nog geen knelpunten. Draai eerst: manage.py load_deck"))
        questionnaires.lock(questionnaire)
        round = Round.objects.create(
            slug=slug,
            name=_("Voorbeeldmeting %(number)d") % {"number": seed},
            occasion=_("Verzonnen festival"),
            held_on=OPENED.date(),
            opens_at=OPENED,
            closes_at=CLOSED,
            questionnaire=questionnaire,
            languages=["nl"],
            previous=Round.objects.published().filter(is_sample=False).first(),
            is_sample=True,
        )
        people = _people(questionnaire, rand, min(responses, PEOPLE))
        for start in range(0, responses, BATCH):
            numbers = range(start, min(responses, start + BATCH))
            Response.objects.bulk_create(_response(round, people, number, rand) for number in numbers)
        _words(round, rand)
        _steps(round, responses)
        publications.freeze(round)
    return responses


def remove():
    """Take all sample rounds away, their history too; how many."""
    rounds = Round.objects.filter(is_sample=True)
    with transaction.atomic():
        real = Round.objects.filter(is_sample=False, previous__in=rounds).first()
        if real:
            raise Refused(
                _("‘%(name)s’ wordt vergeleken met een voorbeeld. Pas dat eerst aan. Er is niets verwijderd.")
                % {"name": real}
            )
        removed = rounds.count()
        lists = Questionnaire.objects.filter(rounds__in=rounds).exclude(rounds__is_sample=False)
        lists = list(lists.values_list("pk", flat=True))
        for sample_round in rounds:
            sample_round.publications.all().delete()
        OpenAnswer.objects.filter(response__round__in=rounds).delete()
        responses = Response.objects.filter(round__in=rounds)
        responses._raw_delete(responses.db)
        rounds.update(previous=None)
        rounds.delete()
        Round.history.filter(is_sample=True).delete()
        # By the queryset: a locked questionnaire refuses to go one by one, and nothing leans on this one.
        OpenQuestion.objects.filter(questionnaire__in=lists).delete()
        Item.objects.filter(questionnaire__in=lists).delete()
        Questionnaire.objects.filter(pk__in=lists).delete()
        Questionnaire.history.filter(id__in=lists).delete()
    return removed


def _people(questionnaire, rand, number):
    """So many respondents, as (ticks, answered, gemeente, rol, channel)."""
    pages = questions_of(questionnaire).pages
    items = [item for page in pages for item in page.items]
    positions = [page.level.bit for page in pages]
    at = {item.bit: page.level.bit for page in pages for item in page.items}
    # How often each statement is recognised by somebody in the middle: between one in six and two in three.
    ease = {item.bit: rand.uniform(-1.6, 0.7) for item in items}
    places = list(Municipality.objects.order_by("code"))
    weights = [(place.inhabitants or 10_000) ** 0.5 for place in places]
    codes = [place.code for place in places] + [ELSEWHERE, PREFER_NOT]
    weights += [0.05 * sum(weights or [1]), 0.02 * sum(weights or [1])]
    local = {code: rand.gauss(0, 0.25) for code in codes}
    people = []
    for _number in range(number):
        municipality = rand.choices(codes, weights)[0]
        role = rand.choices(list(ROLES), ROLES.values())[0]
        weight = rand.gauss(local[municipality], 1)
        at_level = {position: weight + rand.gauss(0, 0.6) for position in positions}
        ticks = sum(
            1 << item.bit
            for item in items
            if rand.random() < 1 / (1 + exp(-ease[item.bit] - at_level[at[item.bit]]))
        )
        stops_at = rand.choice(positions) if rand.random() < 0.04 else None
        seen = [position for position in positions if stops_at is None or position < stops_at] or positions[
            :1
        ]
        answered = sum(1 << position for position in seen)
        ticks &= sum(1 << item.bit for item in items if at[item.bit] in seen)
        channel = rand.choices(Response.Channel.values, [80, 15, 5])[0]
        people.append((ticks, answered, municipality, str(role), channel))
    return people


def _response(round, people, number, rand):
    ticks, answered, municipality, role, channel = people[number % len(people)]
    if number >= len(people) and ticks:
        ticks &= ticks - 1  # one tick less: the lowest
    return Response(
        id=uuid.UUID(int=rand.getrandbits(128), version=4),
        round=round,
        answered_on=OPENED.date() + datetime.timedelta(days=rand.randrange(31)),
        channel=channel,
        ticks=ticks,
        answered=answered,
        municipality=municipality,
        role=role,
        seed=rand.getrandbits(31),
    )


def _words(round, rand):
    questions = {question.kind: question for question in round.questionnaire.open_questions.all()}
    keys = list(round.responses.order_by("pk").values_list("pk", flat=True)[:MOST_WORDS])
    OpenAnswer.objects.bulk_create(
        OpenAnswer(
            id=uuid.UUID(int=rand.getrandbits(128), version=4),
            response_id=key,
            question=questions[kind],
            text=rand.choice(texts.split("|")),
        )
        for key in keys
        for kind, texts in WORDS.items()
        if rand.random() < 0.15
    )


def _steps(round, responses):
    """A few people less at each screen: the welcome, the levels, own words, about yourself, sending, sent."""
    steps = round.questionnaire.items.values("level").distinct().count() + 4
    StepCount.objects.bulk_create(
        StepCount(round=round, step=step, number=responses + responses * (steps - step) // 40)
        for step in range(steps + 1)
    )
