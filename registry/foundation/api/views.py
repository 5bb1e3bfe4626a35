"""A list and one item of it; what they have in common with the rest of the API comes from the settings."""

from collections.abc import Callable
from dataclasses import dataclass

from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from registry.foundation.api.query_strings import base_of


@dataclass(frozen=True)
class Expansion:
    """What ``expand`` takes along: ``of(items, base)`` gives it for each item, ``shape`` describes it."""

    of: Callable
    shape: type
    is_list: bool = False


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
        item | {"_embedded": dict(zip(names, found, strict=True))}
        for item, *found in zip(items, *parts, strict=True)
    ]
