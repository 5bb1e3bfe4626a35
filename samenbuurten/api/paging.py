"""Pages of a list: by number, or by a cursor that costs the same however deep."""

from operator import attrgetter
from urllib.parse import urlencode

from django.core.exceptions import ValidationError as NoSuchKey
from django.http import Http404
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from registry.foundation.cache import kept
from registry.foundation.paging import decode, encode

USUAL, MOST = 25, 100
START = "*"
NO_CURSOR = "Deze cursor klopt niet. Begin met cursor=* en neem daarna de cursor uit _links.next."


class Pages(BasePagination):
    """The envelope ``{aantal, pagina, aantalPaginas, <collectie>, _links}`` and the header Link.

    A page that does not exist is 404, what is no number 400. The cursor goes by key, so that it neither skips
    nor repeats a row when others come or go.
    """

    def read(self, request, parameters, errors, view):
        """Look at the parameters before anything is asked of the database.

        A view that ``follows`` changes reads the cursor itself.
        """
        self.request, self.given, self.view = request, parameters, view
        self.number = _number(parameters, "page", 1, 10**9, 1, errors)
        self.size = _number(parameters, "pageSize", 1, MOST, USUAL, errors)
        self.after = None
        self.by_cursor = "cursor" in parameters
        if not self.by_cursor:
            return
        for name in ("page", "sorteer"):
            if name in parameters:
                errors.setdefault(name, []).append("Dit gaat niet samen met cursor. Laat een van beide weg.")
        if parameters["cursor"] != START:
            try:
                self.after = (
                    parameters["cursor"] if getattr(view, "follows", False) else decode(parameters["cursor"])
                )
            except ValueError:
                errors.setdefault("cursor", []).append(NO_CURSOR)

    def paginate_queryset(self, queryset, request, view=None):
        self.count(self.total_of(queryset))
        if self.by_cursor:
            return self._after(queryset)
        if self.number > self.pages:
            raise Http404
        start = (self.number - 1) * self.size
        self.following = None
        return queryset[start : start + self.size]

    def count(self, total):
        self.total = total
        self.pages = max(1, -(-total // self.size))

    def _after(self, queryset):
        key = self.view.lookup_field
        rows = queryset.order_by(key)
        if self.after is not None:
            try:
                rows = rows.filter(**{f"{key}__gt": self.after})
            except (NoSuchKey, ValueError) as wrong:
                raise ValidationError({"cursor": [NO_CURSOR]}) from wrong
        rows = list(rows[: self.size + 1])
        more = len(rows) > self.size
        self.following = (
            encode(str(attrgetter(key.replace("__", "."))(rows[self.size - 1]))) if more else None
        )
        return rows[: self.size]

    def total_of(self, queryset):
        filterset = self.view.filterset
        name = getattr(filterset, "canonical", None)
        if name is None:
            return queryset.count()
        return kept(filterset.stamp, f"api total {name}", lambda: queryset.order_by().count())

    def get_paginated_response(self, data):
        return self.envelope(data, self._links())

    def envelope(self, data, addresses, **more):
        links = {name: {"href": href} for name, href in addresses.items()}
        head = {"aantal": self.total, "pagina": None if self.by_cursor else self.number}
        body = head | {"aantalPaginas": self.pages, self.view.collection: data} | more | {"_links": links}
        links_of_header = [
            f'<{link["href"]}>; rel="{name}"' for name, link in links.items() if name != "self"
        ]
        return Response(body, headers={"Link": ", ".join(links_of_header)} if links_of_header else None)

    def _links(self):
        links = {"self": self.address()}
        if self.by_cursor:
            links["first"] = self.address(cursor=START)
            if self.following:
                links["next"] = self.address(cursor=self.following)
            return links
        links["first"] = self.address(page=1)
        if self.number > 1:
            links["prev"] = self.address(page=self.number - 1)
        if self.number < self.pages:
            links["next"] = self.address(page=self.number + 1)
        return links | {"last": self.address(page=self.pages)}

    def address(self, **changed):
        pairs = [
            (name, value) for name, values in self.given.lists() if name not in changed for value in values
        ]
        pairs += [(name, value) for name, value in changed.items() if value is not None]
        query = urlencode(pairs, safe="*,:")
        return self.request.build_absolute_uri(self.request.path + (f"?{query}" if query else ""))


def _number(parameters, name, low, high, usual, errors):
    text = parameters.get(name)
    if text is None:
        return usual
    if text.isascii() and text.isdigit() and len(text) <= 10 and low <= int(text) <= high:
        return int(text)
    errors.setdefault(name, []).append(f"Geef een geheel getal van {low} tot en met {high}.")
    return usual
