"""What waits in each queue of the site, since when, and whether that is too long; numbers and moments, no content."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from registry.models.operations.importing import ImportTask
from registry.models.operations.job import JobRun
from registry.models.operations.mail import Delivery
from registry.models.operations.webhook import WebhookDelivery

# Work is looked for every few seconds. What is due so long ago, nobody looks for.
STUCK_AFTER = timedelta(minutes=15)
LATELY = timedelta(days=1)
SHOWN = 5


@dataclass(frozen=True)
class Queue:
    """``oldest``: since when the one that waits longest could have been done. ``failed``: for good, in the last day."""

    name: str
    label: str
    waiting: int
    oldest: datetime | None
    failed: int
    is_stuck: bool

    def seconds(self, now=None):
        """How long the oldest waits; None when none does."""
        return self.oldest and max(0, round(((now or timezone.now()) - self.oldest).total_seconds()))


def queues():
    """All of them, in one query each, and one more of letters. The last is whoever does the work: it waits for somebody
    when nobody looked for minutes, also on a night in which nothing else waits."""
    return [_mail(now := timezone.now()), *_others(now)]


def stuck():
    """The queues, mail apart, in which something waits too long."""
    return [queue for queue in _others(timezone.now()) if queue.is_stuck]


def lately_failed():
    """The newest tasks that failed in the last day: their name and when. Why stands in the log."""
    failed = DBTaskResult.objects.filter(status="FAILED", finished_at__gt=timezone.now() - LATELY)
    rows = failed.order_by("-finished_at").values_list("task_path", "finished_at")[:SHOWN]
    return [(path.rpartition(".")[2], moment) for path, moment in rows]


def _mail(now):
    return _queue(
        ("mail", _("e-mail")),
        Delivery.objects,
        waiting=Q(state=Delivery.State.WAITS),
        moment="email__created",
        failed=Q(state__in=Delivery.FAILED, tried_at__gt=now - LATELY),
        is_stuck=lambda _oldest: Delivery.objects.stuck(now).exists(),
    )


def _others(now):
    def is_late(oldest):
        return oldest < now - STUCK_AFTER

    state, resting = WebhookDelivery.State, Q(subscription__rests_until__gt=now)
    yield _queue(
        ("webhooks", _("webhooks")),
        WebhookDelivery.objects,
        waiting=Q(state=state.WAITING, next_try_at__lte=now, subscription__is_active=True) & ~resting,
        moment="next_try_at",
        failed=Q(state=state.GIVEN_UP, created_at__gt=now - LATELY),
        is_stuck=is_late,
    )
    yield _queue(
        ("imports", _("imports")),
        ImportTask.objects,
        waiting=Q(ended_at=None),
        moment="asked_at",
        failed=Q(is_failed=True, ended_at__gt=now - LATELY),
        is_stuck=is_late,
    )
    yield _queue(
        ("tasks", _("taken")),
        DBTaskResult.objects.order_by(),
        waiting=Q(status="READY"),
        moment="enqueued_at",
        failed=Q(status="FAILED", finished_at__gt=now - LATELY),
        is_stuck=is_late,
    )
    silent_since = JobRun.objects.silent_since(now)
    is_silent = silent_since is not None
    yield Queue("worker", _("wie het werk doet"), int(is_silent), silent_since, failed=0, is_stuck=is_silent)


def _queue(named, rows, *, waiting, moment, failed, is_stuck):
    counts = rows.aggregate(
        waiting=Count("pk", filter=waiting),
        oldest=Min(moment, filter=waiting),
        failed=Count("pk", filter=failed),
    )
    oldest = counts["oldest"]
    return Queue(*named, **counts, is_stuck=oldest is not None and is_stuck(oldest))
