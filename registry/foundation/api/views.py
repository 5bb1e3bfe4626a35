"""A list and one item of it: a question is read, rows answer it, and become plain data in an envelope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

import orjson
from django.core.exceptions import ValidationError as NoSuchKey
from django.http import Http404
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotAcceptable, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.foundation.api.question import CRS84, NO_CURSOR, START, Question, Takes, read
from registry.foundation.paging import encode


class Json(BaseRenderer):
    """Plain JSON."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data)


class Negotiation(BaseContentNegotiation):
    """The form that Accept likes best: by q, then by how exactly it is named, then by the order of ours."""

    def select_parser(self, request: Request, parsers: Any) -> None:
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        wishes = wishes_of(request.headers.get("Accept") or "*/*")
        best = max(renderers, key=lambda renderer: _liking(renderer.media_type, wishes))
        if not _liking(best.media_type, wishes)[0]:
            raise NotAcceptable
        return best, best.media_type


class Endpoint(Takes, APIView):
    """Every address of the API: what it takes it says in the attributes of ``Takes``."""

    renderer_classes = [Json]
    content_negotiation_class = Negotiation
    # Rows to choose from, when it is the same for every request.
    queryset: Any = None

    def get(self, request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        return self.answer(read(self, request, request.accepted_renderer.format))

    def answer(self, question: Question) -> HttpResponseBase:
        """The response to a question that is right."""
        raise NotImplementedError

    def get_queryset(self) -> Any:
        return self.queryset.all()

    def shape(self, row: Any, base: str) -> dict[str, Any]:
        """One row as plain data; ``base`` is scheme and host for its addresses."""
        raise NotImplementedError

    def items(self, rows: Sequence[Any], question: Question) -> list[dict[str, Any]]:
        """Rows as plain data, each with what ``expand`` asked for under ``_embedded``."""
        return self.expanded([self.shape(row, question.base) for row in rows], question)

    def expanded(self, items: list[dict[str, Any]], question: Question) -> list[dict[str, Any]]:
        names = question.expansions
        if not names:
            return items
        takers = [self.expansions[name].of for name in names]
        parts = [of(items, question.base) for of in takers if of is not None]
        return [
            item | {"_embedded": dict(zip(names, embedded, strict=True))}
            for item, *embedded in zip(items, *parts, strict=True)
        ]

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if self.is_located and request.headers.get("Accept-Crs", CRS84).strip("<> ") not in (CRS84, "*"):
            raise NotAcceptable

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: object, **kwargs: object
    ) -> HttpResponseBase:
        if self.is_located:
            response["Content-Crs"] = f"<{CRS84}>"
        return super().finalize_response(request, response, *args, **kwargs)


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and of how many.

    ``following``: the cursor of the next page; ``moment``: in the order of change, from where to go on later.
    """

    rows: Sequence[Any]
    total: int
    pages: int
    following: str | None = None
    moment: datetime | None = None


def number_of_pages(total: int, size: int) -> int:
    """How many pages ``total`` rows take; nothing is one empty page."""
    return max(1, -(-total // size))


class Collection(Endpoint):
    """A list by pages, in the envelope ``{aantal, pagina, aantalPaginas, <collectie>, _links}`` with the header Link.

    A page that does not exist is 404, what is no number 400. The cursor goes by key, so that it neither skips
    nor repeats a row when others come or go.
    """

    def answer(self, question: Question) -> HttpResponseBase:
        page = self.page(question)
        return self.envelope(self.items(page.rows, question), page, question)

    def rows(self, question: Question) -> Any:
        """All rows that answer, in the order in which to show them."""
        rows = self.get_queryset() if question.filters is None else question.filters.qs
        return rows.order_by(*question.order) if question.order else rows

    def total(self, rows: Any, question: Question) -> int:
        return rows.count()

    def page(self, question: Question) -> Page:
        rows = self.rows(question)
        total = self.total(rows, question)
        pages = number_of_pages(total, question.size)
        if question.by_cursor:
            return self._after(rows, question, total)
        if question.page > pages:
            raise Http404
        start = (question.page - 1) * question.size
        return Page(list(rows[start : start + question.size]), total, pages)

    def _after(self, rows: Any, question: Question, total: int) -> Page:
        key = self.lookup_field
        rows = rows.order_by(key)
        if question.after is not None:
            try:
                rows = rows.filter(**{f"{key}__gt": question.after})
            except (NoSuchKey, ValueError) as wrong:
                raise ValidationError({"cursor": [NO_CURSOR]}) from wrong
        with_next = list(rows[: question.size + 1])
        rows, is_more = with_next[: question.size], len(with_next) > question.size
        following = encode(str(attrgetter(key.replace("__", "."))(rows[-1]))) if is_more else None
        return Page(rows, total, number_of_pages(total, question.size), following)

    def envelope(
        self, items: list[dict[str, Any]], page: Page, question: Question, **more: object
    ) -> Response:
        addresses = self.links(page, question)
        links = {name: {"href": address} for name, address in addresses.items()}
        body = {
            "aantal": page.total,
            "pagina": None if question.by_cursor else question.page,
            "aantalPaginas": page.pages,
            self.collection: [question.only(item) for item in items],
        }
        of_header = [f'<{address}>; rel="{name}"' for name, address in addresses.items() if name != "self"]
        return Response(
            body | more | {"_links": links}, headers={"Link": ", ".join(of_header)} if of_header else None
        )

    def links(self, page: Page, question: Question) -> dict[str, str]:
        """The addresses of this page and those around it."""
        links = {"self": question.link()}
        if question.by_cursor:
            links["first"] = question.link(cursor=START)
            if page.following:
                links["next"] = question.link(cursor=page.following)
            return links
        links["first"] = question.link(page=1)
        if question.page > 1:
            links["prev"] = question.link(page=question.page - 1)
        if question.page < page.pages:
            links["next"] = question.link(page=question.page + 1)
        return links | {"last": question.link(page=page.pages)}


class Item(Endpoint):
    """One item, by the key in its address."""

    def answer(self, question: Question) -> HttpResponseBase:
        return self.show(self.items([self.row(question)], question), question)

    def row(self, question: Question) -> Any:
        """The one that the address names, or Http404."""
        return get_object_or_404(self.get_queryset(), **{self.lookup_field: self.kwargs[self.lookup_field]})

    def show(self, items: list[dict[str, Any]], question: Question) -> Response:
        """The only item, or Http404 when it is gone."""
        if not items:
            raise Http404
        return Response(question.only(items[0]))


def wishes_of(header: str) -> dict[str, float]:
    """Media range or coding to q (RFC 9110, 12.4.2). Other parameters, such as a charset, choose nothing here."""
    wishes = {}
    for part in header.lower().split(","):
        name, *params = [text.strip() for text in part.split(";")]
        wishes[name] = next((_quality(text[2:]) for text in params if text.startswith("q=")), 1.0)
    return wishes


def _quality(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 1.0
    return quality if 0 <= quality <= 1 else 1.0


def _liking(media_type: str, wishes: dict[str, float]) -> tuple[float, int]:
    """(q, how exact) of the most exact range that ``media_type`` is in."""
    ranges = ("*/*", f"{media_type.partition('/')[0]}/*", media_type)
    exact, quality = max(
        ((exact, wishes[name]) for exact, name in enumerate(ranges) if name in wishes), default=(0, 0.0)
    )
    return quality, exact
