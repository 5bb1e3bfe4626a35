"""Deletes answers of a round as many days after it closed as the round says."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from survey.models import (
    AccessCode,
    AnswerDigests,
    FollowedRound,
    OpenAnswer,
    PaperForm,
    Response,
    RetentionRun,
    Rollup,
    Round,
    StepCount,
    Unit,
    promises,
)
from survey.open_answers import screening

Screening = OpenAnswer.Screening
What = RetentionRun.What


def apply(*, dry_run=False, now=None):
    """Wipe what is due; gives (round, what, how many). A dry run only counts."""
    now = now or timezone.now()
    done = _purge_wiped(now, dry_run)
    for round in Round.objects.filter(closes_at__lte=now).order_by("pk"):
        what, act = _due(round, now)
        number = act(round, dry_run=dry_run) if act else 0
        if number:
            done.append((round, what, number))
            if not dry_run:
                RetentionRun.objects.create(
                    ran_on=timezone.localdate(now), round=round, what=what, number=number
                )
    return done


def _purge_wiped(now, dry_run):
    """What staff wiped, in whatever round, once a slip can no longer be undone."""
    last = timezone.localdate(now) - timedelta(days=screening.RESTORE_DAYS)
    due = OpenAnswer.objects.filter(screening=Screening.DELETED, wiped_on__lt=last).exclude(text="", quote="")
    done = []
    for round in Round.objects.filter(pk__in=due.values("response__round")).order_by("pk"):
        answers = due.filter(response__round=round)
        number = answers.count()
        done.append((round, What.ANSWERS, number))
        if not dry_run:
            with transaction.atomic():
                screening.empty(OpenAnswer.objects.filter(pk__in=list(answers.values_list("pk", flat=True))))
                RetentionRun.objects.create(
                    ran_on=timezone.localdate(now), round=round, what=What.ANSWERS, number=number
                )
    return done


def longest():
    """(days that open words stay, days that answers stay) at most, over the rounds there are; None without."""
    rounds = Round.objects.filter(is_sample=False).only("late_days", *promises.KEPT)
    periods = [tuple(_days(round, name) for name in promises.KEPT) for round in rounds]
    return tuple(map(max, zip(*periods, strict=True))) if periods else None


def _days(round, name):
    """Nothing goes before the last late answer was in and somebody could look at it, whatever was filled in."""
    return max(getattr(round, name), promises.least_days(round))


def _due(round, now):
    age = now - round.closes_at
    if age >= timedelta(days=_days(round, "keep_responses_days")):
        return What.RESPONSES, _delete_responses
    if age >= timedelta(days=_days(round, "keep_answers_days")):
        return What.ANSWERS, _wipe_answers
    return None, None


@transaction.atomic
def _wipe_answers(round, *, dry_run):
    """The words go, but for what may be public; the numbers and the codes stay."""
    answers = OpenAnswer.objects.filter(response__round=round)
    left = answers.filter(~Q(text="") | ~Q(screening=Screening.PUBLIC) & ~Q(quote=""))
    forms = PaperForm.objects.filter(round=round, is_done=False)
    number = left.count() + forms.count()
    if not dry_run:
        # Before what is public by now is all that is left: the same words stand in the quote.
        units = Unit.objects.filter(answer__response__round=round).exclude(text="")
        units.exclude(answer__screening=Screening.PUBLIC).update(text="")
        answers.exclude(screening=Screening.PUBLIC).update(
            quote="", screening=Screening.DELETED, is_edited=False
        )
        answers.exclude(text="").update(text="")
        forms.delete()
    return number


@transaction.atomic
def _delete_responses(round, *, dry_run):
    """All that comes from a person; what was published stays, and so does the codebook."""
    responses = Response.objects.filter(round=round)
    number = responses.count()
    if not dry_run:
        responses.delete()
        AnswerDigests.objects.filter(publication__round=round).delete()
        for model in (AccessCode, FollowedRound, PaperForm, StepCount, Rollup):
            model.objects.filter(round=round).delete()
    return number
