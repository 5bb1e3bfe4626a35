from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.fields.text import LineField

AGAIN_AFTER = timedelta(hours=1)  # a job that failed
PULSE, PULSE_EVERY = (
    "work",
    timedelta(minutes=1),
)  # who looks what waits: `work`, or a scheduler with `deliver_mail`
BACKUP = "backup"  # a scheduler of the machine makes it
SILENT_AFTER = timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(hours=6)  # a job that began and never ended: its process is gone


class JobRunQuerySet(models.QuerySet):
    def in_trouble(self, now=None):
        """What failed, what began and did not end, and what did not run for two days. The backup counts once there was
        one with --keep."""
        now = now or timezone.now()
        return self.filter(name__in=[*settings.DAILY_WORK, BACKUP]).filter(
            Q(is_failed=True)
            | Q(ended_at=None, started_at__lt=now - GIVEN_UP_AFTER)
            | Q(started_at__lt=now - timedelta(days=2))
        )

    def beat(self, now):
        """Somebody looks what waits; at most one write a minute, however many look."""
        since = Q(started_at__gt=now - PULSE_EVERY, started_at__lte=now)
        if not self.filter(since, name=PULSE).exists():
            self.update_or_create(name=PULSE, defaults={"started_at": now, "ended_at": now})

    def silent_since(self, now):
        """When somebody last looked what waits, if that is too long ago (or a moment that is still to come, of a wrong
        clock); None when all is well, or on a site that was never prepared."""
        last = self.filter(name=PULSE).values_list("started_at", flat=True).first()
        return last if last and abs(now - last) > SILENT_AFTER else None

    def due(self, now):
        """The names of DAILY_WORK that are to be done."""
        names = self.values_list("name", flat=True)
        not_now = set(names) - set(names.filter(_is_due(now)))
        return [name for name in settings.DAILY_WORK if name not in not_now]

    def claim(self, name, now):
        """Begin the job for today; False when it was done, is being done, or failed a moment ago. Of two machines
        at once one gets it."""
        self.get_or_create(name=name, defaults={"started_at": now - timedelta(days=1), "ended_at": now})
        begun = self.filter(_is_due(now), name=name)
        today = timezone.localdate(now)
        return bool(begun.update(day=today, started_at=now, ended_at=None, is_failed=False, outcome=""))


def _is_due(now):
    """A day or a beginning that is still to come was written while the clock was wrong: it holds up nothing."""
    today = timezone.localdate(now)
    return (
        Q(day=None)
        | Q(day__lt=today, ended_at__isnull=False)
        | Q(day__gt=today)
        | Q(is_failed=True, ended_at__lte=now - AGAIN_AFTER)
        | Q(ended_at=None, started_at__lte=now - GIVEN_UP_AFTER)
        | Q(ended_at=None, started_at__gt=now + GIVEN_UP_AFTER)
    )


class JobRun(models.Model):
    """The last time that a daily job ran, and what came of it."""

    name = LineField(_("werk"), max_length=60, unique=True)
    day = models.DateField(_("van welke dag"), null=True, editable=False)
    started_at = models.DateTimeField(_("begonnen op"))
    ended_at = models.DateTimeField(_("klaar op"), null=True)
    is_failed = models.BooleanField(_("mislukt"), default=False)
    outcome = LineField(_("uitkomst"), max_length=500, blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("dagelijks werk")
        verbose_name_plural = _("dagelijks werk")
        ordering = ["name"]
        default_permissions = ("view",)

    def __str__(self):
        return self.name
