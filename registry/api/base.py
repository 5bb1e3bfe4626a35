"""Which entry an address is of."""

from django.http import Http404

from registry.models import Initiative, Status


def survivor(condition):
    """The published initiative that fits and False; or the one that it was merged into and True; or Http404."""
    initiative = Initiative.objects.filter(condition).select_related("merged_into").first()
    entry = initiative and initiative.survivor
    if entry is None or entry.status != Status.PUBLISHED:
        raise Http404
    return entry, entry != initiative
