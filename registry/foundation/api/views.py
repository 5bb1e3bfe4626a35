"""A list and one item of it; what they have in common with the rest of the API comes from the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from registry.foundation.api.query_strings import base_of


@dataclass(frozen=True)
class Expansion:
    """What ``expand`` takes along: ``of(items, base)`` gives it for each item, ``shape`` describes it."""

    of: Callable[..., list[Any]]
    shape: type
    is_list: bool = False


class Collection(GenericAPIView):
    """``collection`` is its name in the envelope; ``expansions``: name to Expansion."""

    collection = ""
    expansions: dict[str, Expansion] = {}

    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(shown(self, rows))


class Item(GenericAPIView):
    expansions: dict[str, Expansion] = {}

    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        return Response(shown(self, [self.get_object()])[0])


def shown(view: GenericAPIView, rows: list[Any]) -> list[dict[str, Any]]:
    base = base_of(view.request)
    return expanded(view, [view.shape(row, base) for row in rows])


def expanded(view: GenericAPIView, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items, each with what ``expand`` asked for under ``_embedded``."""
    names = view.request.expand
    if not names:
        return items
    parts = [view.expansions[name].of(items, base_of(view.request)) for name in names]
    return [
        item | {"_embedded": dict(zip(names, embedded, strict=True))}
        for item, *embedded in zip(items, *parts, strict=True)
    ]
