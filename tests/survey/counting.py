"""Many responses at once, and a plain way to count them that shares no code with the site."""

import random
import uuid

from django.utils import timezone

from survey.design.questions import questions_of
from survey.models import Response
from tests.factories import LEVELS


def store(round, people):
    """``people``: (codes, levels that were answered (1 to 4), gemeente, rol), straight into the database."""
    items = {item.code: item for item in round.questionnaire.items.all()}
    bits = {
        1 + LEVELS.index(page.level.slug): page.level.bit for page in questions_of(round.questionnaire).pages
    }
    return Response.objects.bulk_create(
        Response(
            id=uuid.uuid4(),
            round=round,
            answered_on=timezone.localdate(),
            ticks=sum(1 << items[code].bit for code in codes),
            answered=sum(1 << bits[level] for level in levels if level in bits),
            municipality=municipality,
            role=role,
        )
        for codes, levels, municipality, role in people
    )


def everybody(number, *codes, levels=(1, 2, 4), municipality="", role=""):
    """So many people who answered the same."""
    return [(frozenset(codes), levels, municipality, role)] * number


def anybody(
    codes, number, seed, *, places=("GM0034", "GM0995", "GM0184"), roles=("inwoner", "overheid", "anders")
):
    """So many people who answered anything; a few skip a level. Some groups are small."""
    rand = random.Random(seed)
    of = {"M": 1, "B": 2, "P": 3, "R": 4}
    people = []
    for _number in range(number):
        levels = tuple(
            sorted(position for position in {of[code[0]] for code in codes} if rand.random() > 0.06)
        )
        ticked = frozenset(code for code in codes if of[code[0]] in levels and rand.random() < 0.5)
        place = rand.choices([*places, ""], [*[60, 30, 4, 3][: len(places)], 3])[0]
        people.append((ticked, levels, place, rand.choices(roles, [70, 25, 5][: len(roles)])[0]))
    return people
