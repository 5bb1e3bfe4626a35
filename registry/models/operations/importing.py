import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

STUCK_AFTER = timedelta(seconds=30)  # nobody does the work
GONE_AFTER = timedelta(minutes=10)  # no file takes that long
KEPT = timedelta(days=1)


class ImportTaskQuerySet(models.QuerySet):
    def waiting(self):
        """Not begun, or begun by a process that is gone."""
        now = timezone.now()
        # The second: it began while the clock was wrong.
        died = models.Q(started_at__lt=now - GONE_AFTER) | models.Q(started_at__gt=now + GONE_AFTER)
        return self.filter(models.Q(started_at=None) | died, ended_at=None)

    def claim(self, task):
        """Marks the task as begun by this process; False when another process did first."""
        return bool(self.waiting().filter(pk=task.pk).update(started_at=timezone.now()))


class ImportTask(models.Model):
    """A file with too many rows for one request: to look at or to bring in, while a page waits."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(_("wat"), max_length=40)
    # As registry/importing/staging.py gives them: of the file, or of the preview that was agreed to.
    ticket = models.TextField()
    is_agreed = models.BooleanField(default=False)
    file_name = models.CharField(_("bestand"), max_length=255)
    sheet = models.CharField(max_length=255, blank=True)
    columns = models.JSONField(default=list)
    total = models.PositiveIntegerField()
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    is_failed = models.BooleanField(default=False)

    objects = ImportTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("import die loopt")
        verbose_name_plural = _("imports die lopen")
        default_permissions = ()

    def __str__(self):
        return self.file_name

    @property
    def is_stuck(self):
        if self.started_at is None:
            return self.asked_at < timezone.now() - STUCK_AFTER
        return self.ended_at is None and self.started_at < timezone.now() - GONE_AFTER
