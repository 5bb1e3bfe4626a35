from django.db import models
from django.utils import timezone


class ContentStamp(models.Model):
    """One row that counts every change to public content.

    Database triggers write it (registry/stamp.py), so that no door can forget to. Whatever is kept
    in a cache is kept under this number: when it moves, the kept figure is simply never asked again.

    Each writer holds the row until it commits. So versions follow one another in the order of the
    commits: whoever reads version v sees every change up to v, and no change below v is still to come.
    """

    version = models.BigIntegerField(default=0)
    # The moment of the last bump. It never goes back, also when a clock does.
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    @classmethod
    def current(cls):
        return cls.objects.filter(pk=1).values_list("version", flat=True).first() or 0
