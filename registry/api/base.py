"""A list and one item of it; what they have in common with the rest of the API comes from the settings."""

from datetime import datetime, time, timedelta

from django.utils import timezone
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response


def base_of(request):
    """Scheme and host as they were asked for."""
    return f"{request.scheme}://{request.get_host()}"


def end_of_today():
    """When what is in the neutral order of the day gets another one."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time.min))


class Collection(GenericAPIView):
    """``collection`` is its name in the envelope; ``expansions``: name to a function of (rows, base)."""

    collection = ""
    expansions = {}

    def get(self, request, *args, **kwargs):
        rows = list(self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        return self.get_paginated_response(expanded(self, rows))

    def represent(self, rows, base):
        return [self.shape(row, base) for row in rows]


class Item(GenericAPIView):
    expansions = {}

    def get(self, request, *args, **kwargs):
        return Response(expanded(self, [self.get_object()])[0])

    def represent(self, rows, base):
        return [self.shape(row, base) for row in rows]


def expanded(view, rows):
    """The rows as data, each with what ``expand`` asked for under ``_embedded``."""
    base = base_of(view.request)
    items = view.represent(rows, base)
    for name in view.request.expand:
        parts = view.expansions[name](rows, base)
        for row, item in zip(rows, items, strict=True):
            item.setdefault("_embedded", {})[name] = parts.get(row.pk)
    return items
