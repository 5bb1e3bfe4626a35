"""What an entry that is made public has in common: one status, and who may see it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.person import WHOLE_PROVINCE


class Status(models.TextChoices):
    """Where an entry stands. Only registry/moderation/decisions.py writes it."""

    DRAFT = "concept", _("Concept")
    SUBMITTED = "ingediend", _("Ingediend")
    NEEDS_MORE = "aanvulling-gevraagd", _("Aanvulling gevraagd")
    PUBLISHED = "gepubliceerd", _("Gepubliceerd")
    REJECTED = "afgewezen", _("Afgewezen")
    WITHDRAWN = "ingetrokken", _("Ingetrokken")
    MERGED = "samengevoegd", _("Samengevoegd")


# What is rejected, withdrawn or merged needs no more work.
OPEN = [Status.DRAFT, Status.SUBMITTED, Status.NEEDS_MORE, Status.PUBLISHED]
CLOSED = [status for status in Status if status not in OPEN]


def for_municipality(queryset, user, *paths):
    """The rows that ``user`` may see in the admin: all, or those of the own municipality.

    ``paths`` lead to the municipality; the first that leads to one says whose the row is: a case that names its
    own is of that one, wherever its initiative is.
    """
    if user.has_perm(WHOLE_PROVINCE):
        return queryset
    if user.municipality_id is None:
        return queryset.none()
    own, undecided = models.Q(), models.Q()
    for path in paths:
        own |= undecided & models.Q(**{path: user.municipality_id})
        undecided &= models.Q(**{f"{path}__isnull": True})
    return queryset.filter(own)


def mark_change(entry, seen):
    """Set ``changed_at`` when the public will see another entry, for ``seen`` lists what it sees of one. Of an entry
    that is not public any save counts."""
    before = type(entry)._base_manager.filter(pk=entry.pk).first() if entry.pk else None
    stays_public = before is not None and before.status == entry.status == Status.PUBLISHED
    entry.changed_at = before.changed_at if stays_public and seen(before) == seen(entry) else timezone.now()


def stored(entry, names):
    """The values of these fields as the database has them, or will."""
    fields = (entry._meta.get_field(name) for name in names)
    return [field.get_prep_value(getattr(entry, field.attname)) for field in fields]


class PublishableQuerySet(models.QuerySet):
    def published(self):
        """What the public sees, through whichever door."""
        return self.filter(status=Status.PUBLISHED)
