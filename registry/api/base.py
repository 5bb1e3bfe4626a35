"""A list and one item of it; what they have in common with the rest of the API comes from the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.http import Http404
from django.utils import timezone
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from registry.foundation.query_strings import base_of
from registry.models import Initiative, Status


def survivor(condition):
    """The published initiative that fits and False; or the one that it was merged into and True; or Http404."""
    initiative = Initiative.objects.filter(condition).select_related("merged_into").first()
    entry = initiative and initiative.survivor
    if entry is None or entry.status != Status.PUBLISHED:
        raise Http404
    return entry, entry != initiative


@dataclass(frozen=True)
class Expansion:
    """What ``expand`` takes along: ``of(items, base)`` gives it for each item, ``shape`` describes it."""

    of: Callable
    shape: type
    is_list: bool = False


def end_of_today():
    """When what is in the neutral order of the day gets another one."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time.min))


class Collection(GenericAPIView):
    """``collection`` is its name in the envelope; ``expansions``: name to Expansion."""

    collection = ""
    expansions = {}

    def get(self, request, *args, **kwargs):
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(shown(self, rows))


class Item(GenericAPIView):
    expansions = {}

    def get(self, request, *args, **kwargs):
        return Response(shown(self, [self.get_object()])[0])


def shown(view, rows):
    base = base_of(view.request)
    return expanded(view, [view.shape(row, base) for row in rows])


def expanded(view, items):
    """The items, each with what ``expand`` asked for under ``_embedded``."""
    names = view.request.expand
    if not names:
        return items
    parts = [view.expansions[name].of(items, base_of(view.request)) for name in names]
    return [
        item | {"_embedded": dict(zip(names, embedded, strict=True))}
        for item, *embedded in zip(items, *parts, strict=True)
    ]
