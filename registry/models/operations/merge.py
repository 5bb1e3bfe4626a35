from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.publication import Status


class MergeQuerySet(models.QuerySet):
    def open(self):
        """Those that can still be taken back."""
        since = timezone.now() - timedelta(days=settings.MERGE_UNDO_DAYS)
        return self.filter(undone_at=None, merged_at__gt=since)


class Merge(models.Model):
    """Two pages that became one, and what moved: keys of rows and no words, so that it can be taken back."""

    duplicate = models.ForeignKey("registry.Initiative", on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey("registry.Initiative", on_delete=models.CASCADE, related_name="merges_in")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    merged_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    was_status = models.CharField(max_length=20, choices=Status)
    moved = models.JSONField(default=dict)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("samenvoeging")
        verbose_name_plural = _("samenvoegingen")
        ordering = ["-merged_at", "-pk"]
        default_permissions = ()

    def __str__(self):
        return f"{self.duplicate} → {self.into}"

    @property
    def until(self):
        """The last day on which it can be taken back."""
        return timezone.localdate(self.merged_at + timedelta(days=settings.MERGE_UNDO_DAYS))
