"""How far people come: one number per screen, one for what was sent from these screens, and nothing else is kept of a
visit."""

from django.db import IntegrityError, transaction
from django.db.models import F

from survey.design.questions import questions_of
from survey.models import StepCount


def count(round, step):
    """Adds one to the number of visits that reached this screen."""
    counts = StepCount.objects.filter(round=round, step=step)
    if counts.update(number=F("number") + 1):
        return
    try:
        with transaction.atomic():
            StepCount.objects.create(round=round, step=step, number=1)
    except IntegrityError:
        # Somebody else was the first at the same moment.
        counts.update(number=F("number") + 1)


def sent(questionnaire):
    """The number of the step after the last screen: sent, from a page of which the beginning was counted too."""
    return len(questions_of(questionnaire).steps)
