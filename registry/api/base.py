"""Which entry an address is of, and until when an answer is right."""

from datetime import datetime, time, timedelta

from django.http import Http404
from django.utils import timezone

from registry.models import Initiative, Status


def survivor(condition):
    """The published initiative that fits and False; or the one that it was merged into and True; or Http404."""
    initiative = Initiative.objects.filter(condition).select_related("merged_into").first()
    entry = initiative and initiative.survivor
    if entry is None or entry.status != Status.PUBLISHED:
        raise Http404
    return entry, entry != initiative


def end_of_today():
    """When what is in the neutral order of the day gets another one."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time.min))
