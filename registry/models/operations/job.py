from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.fields.text import LineField

AGAIN_AFTER = timedelta(hours=1)  # a job that failed
GIVEN_UP_AFTER = timedelta(hours=6)  # a job that began and never ended: its process is gone


class JobRunQuerySet(models.QuerySet):
    def in_trouble(self, now=None):
        """What failed, what began and did not end, and what did not run for two days."""
        now = now or timezone.now()
        return self.filter(name__in=settings.DAILY_WORK).filter(
            Q(is_failed=True)
            | Q(ended_at=None, started_at__lt=now - GIVEN_UP_AFTER)
            | Q(started_at__lt=now - timedelta(days=2))
        )

    def claim(self, name, now):
        """Begin the job for today; False when it was done, is being done, or failed a moment ago. Of two machines
        at once one gets it."""
        today = timezone.localdate(now)
        self.get_or_create(name=name, defaults={"started_at": now - timedelta(days=1), "ended_at": now})
        due = (
            Q(day=None)
            | Q(day__lt=today, ended_at__isnull=False)
            | Q(is_failed=True, ended_at__lte=now - AGAIN_AFTER)
            | Q(ended_at=None, started_at__lte=now - GIVEN_UP_AFTER)
        )
        begun = self.filter(due, name=name)
        return bool(begun.update(day=today, started_at=now, ended_at=None, is_failed=False, outcome=""))


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
