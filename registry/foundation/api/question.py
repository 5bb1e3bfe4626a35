"""What a request asks of an address of the API: read once, with all that is wrong said at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ValidationError

from registry.foundation.paging import decode
from registry.foundation.text import is_readable

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
# How many items there are on a page.
USUAL, MOST = 25, 100
PAGING = ("page", "pageSize", "cursor")
START = "*"
NO_CURSOR = "Deze cursor klopt niet. Begin met cursor=* en neem daarna de cursor uit _links.next."
# What a whole selection in one format, and the order of change, have no room for.
NOT_WHOLE = ("page", "pageSize", "cursor", "gewijzigdSinds", "sorteer", "facetten", "velden", "expand")
NOT_SINCE = ("page", "sorteer", "zoek", "facetten")

Errors = dict[str, list[str]]


@dataclass(frozen=True)
class Expansion:
    """What ``expand`` takes along: ``of(items, base)`` gives it for each item, ``shape`` describes it.

    Without ``of`` the view takes it along itself; without a shape the OpenAPI document leaves it undescribed.
    """

    of: Callable[..., list[Any]] | None = None
    shape: type | None = None
    is_list: bool = False


class Takes:
    """What an address takes. A view names what differs; reading, answering and the OpenAPI document read it here."""

    # The name of the items in the envelope of a list; one item has no envelope.
    collection: str = ""
    # Describes one item: ``velden`` chooses from its fields.
    serializer_class: Any = None
    # A serializer of all parameters, for an address with parameters of its own: then none of the below is read.
    parameters_class: Any = None
    filterset_class: Any = None
    # Filters whose value is in the path: filter to the name in the path. Nobody gives these in the query string.
    in_path: Mapping[str, str] = {}
    # The field that an item is named by in its address, and that a cursor goes by.
    lookup_field: str = "pk"
    # ``sorteer``: name to column.
    sortings: Mapping[str, str] = {}
    expansions: Mapping[str, Expansion] = {}
    facets: tuple[str, ...] = ()
    # Parameters of which the view looks at the value in ``check``.
    extra: tuple[str, ...] = ()
    # Whether it can be read in the order of change: by ``gewijzigdSinds``, and by a cursor of its own.
    follows: bool = False
    # Whether what it gives holds points, in the one coordinate system that we have.
    is_located: bool = False
    kwargs: dict[str, str]

    def get_queryset(self) -> Any:
        """The rows to choose from."""
        raise NotImplementedError

    def fixed(self) -> dict[str, str]:
        """The filters that the path gives."""
        return {name: self.kwargs[key] for name, key in self.in_path.items()}

    def read_cursor(self, cursor: str) -> str:
        """What the rows go on behind; ValueError, with what to do, when it is not one of ours."""
        try:
            return decode(cursor)
        except ValueError as wrong:
            raise ValueError(NO_CURSOR) from wrong

    def check(self, parameters: QueryDict, errors: Errors) -> None:
        """Add what else is wrong to ``errors``."""
        if self.is_located:
            for name in ("crs", "bbox-crs"):
                if parameters.get(name, CRS84) != CRS84:
                    errors.setdefault(name, []).append(f"Wij kennen alleen {CRS84}.")


@dataclass(frozen=True)
class Question:
    """What was asked, once it is known to be right."""

    parameters: QueryDict
    # Scheme and host, and the whole address without its query string, as they were asked for.
    base: str
    address: str
    # The format that Accept likes best: "json", or one in which a selection comes whole.
    format: str = "json"
    # The filterset of the view, bound to the parameters; None where nothing can be filtered.
    filters: Any = None
    # Columns to sort by; empty when that was not asked.
    order: tuple[str, ...] = ()
    page: int = 1
    size: int = USUAL
    # Without page numbers: after the row of a cursor (None: from the first one), or since a moment.
    by_cursor: bool = False
    after: str | None = None
    since: datetime | None = None
    fields: tuple[str, ...] = ()
    expansions: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    # The values of an address with parameters of its own.
    values: Mapping[str, Any] = field(default_factory=dict)

    def only(self, item: dict[str, Any]) -> dict[str, Any]:
        """The item with the fields that were chosen, and what was asked to come along."""
        if not self.fields:
            return item
        return {name: value for name, value in item.items() if name in self.fields or name == "_embedded"}

    def link(self, **changed: object) -> str:
        """The address that asks the same but for what changed; None leaves a parameter out."""
        pairs: list[tuple[str, object]] = [
            (name, value)
            for name, values in self.parameters.lists()
            if name not in changed
            for value in values
        ]
        pairs += [(name, value) for name, value in changed.items() if value is not None]
        query = urlencode(pairs, safe="*,:")
        return f"{self.address}?{query}" if query else self.address


def base_of(request: HttpRequest) -> str:
    """Scheme and host as they were asked for."""
    return f"{request.scheme}://{request.get_host()}"


def read(takes: Takes, request: Any, format: str = "json") -> Question:
    """What ``request`` asks of what ``takes`` it, in one ``format``; ValidationError with all that is wrong."""
    base, address = base_of(request), request.build_absolute_uri(request.path)
    if takes.parameters_class is not None:
        return _read_own(takes, request.query_params, base, address)
    errors: Errors = {}
    parameters = _readable(request.query_params, errors)
    fixed = takes.fixed()
    filters = _filters(takes, parameters, fixed)
    errors |= wrong_names(parameters, sorted(_names(takes, filters) - {*fixed}), _repeatable(filters))
    if filters is not None:
        _check_filters(filters, parameters, errors)
    fields = _chosen(parameters, "velden", _fields(takes.serializer_class), errors)
    expansions = _chosen(parameters, "expand", takes.expansions, errors)
    facets = _chosen(parameters, "facetten", takes.facets, errors)
    order = _order(takes, parameters, errors) if takes.collection else ()
    page, size, after = _paging(takes, parameters, errors) if takes.collection else (1, USUAL, None)
    takes.check(parameters, errors)
    if format != "json":
        refuse(parameters, NOT_WHOLE, "In deze vorm krijgt u altijd de hele selectie. Laat dit weg.", errors)
    since = _since(parameters, errors) if takes.follows else None
    if errors:
        raise ValidationError(errors)
    return Question(
        parameters=parameters,
        base=base,
        address=address,
        format=format,
        filters=filters,
        order=order,
        page=page,
        size=size,
        by_cursor="cursor" in parameters or since is not None,
        after=after,
        since=since,
        fields=fields,
        expansions=expansions,
        facets=facets,
    )


def _read_own(takes: Takes, parameters: QueryDict, base: str, address: str) -> Question:
    """By the serializer that the address has; page and size when it has these."""
    form = takes.parameters_class(data=parameters.dict())
    form.is_valid()
    errors: Errors = dict(form.errors)
    errors |= wrong_names(parameters, form.fields)
    if errors:
        raise ValidationError(errors)
    values = form.validated_data
    page, size = values.get("page", 1), values.get("per_page", USUAL)
    return Question(parameters, base, address, page=page, size=size, values=values)


def wrong_names(parameters: QueryDict, names: Collection[str], repeatable: Collection[str] = ()) -> Errors:
    """Errors by name: of each that is not among ``names``, and of each given twice that is not ``repeatable``."""
    errors = {}
    for name in parameters:
        if name not in names:
            errors[name] = ["Deze parameter bestaat niet. Wel: " + ", ".join(names) + "."]
        elif len(parameters.getlist(name)) > 1 and name not in repeatable:
            errors[name] = ["Geef deze parameter één keer."]
    return errors


def refuse(parameters: QueryDict, names: Iterable[str], reason: str, errors: Errors) -> None:
    """Say of each of ``names`` that was given why it cannot be."""
    for name in names:
        if name in parameters:
            errors.setdefault(name, []).append(reason)


def _readable(parameters: QueryDict, errors: Errors) -> QueryDict:
    """Without the values that no database can take, which are said to be wrong."""
    clean = QueryDict(mutable=True)
    for name, values in parameters.lists():
        if all(is_readable(text) for text in (name, *values)):
            clean.setlist(name, values)
        else:
            name_in_words = "".join(char for char in name if char.isprintable())[:40] or "vraag"
            errors[name_in_words] = ["Hier staat een teken in dat wij niet kunnen lezen. Haal het weg."]
    return clean


def _filters(takes: Takes, parameters: QueryDict, fixed: dict[str, str]) -> Any:
    if takes.filterset_class is None:
        return None
    data = parameters
    if fixed:
        data = parameters.copy()
        data.update(fixed)
    return takes.filterset_class(data, queryset=takes.get_queryset())


def _names(takes: Takes, filters: Any) -> set[str]:
    names = {*takes.extra, "velden", *(filters.filters if filters is not None else ())}
    if takes.expansions:
        names.add("expand")
    if takes.collection:
        names |= {*PAGING, *(["sorteer"] if takes.sortings else [])}
        names |= {"facetten"} if takes.facets else set()
    return names


def _repeatable(filters: Any) -> set[str]:
    if filters is None:
        return set()
    return {name for name, filter_field in filters.filters.items() if hasattr(filter_field, "conjoined")}


def _check_filters(filters: Any, parameters: QueryDict, errors: Errors) -> None:
    # On the page an empty field is no choice; here it is a value that somebody forgot to fill in.
    for name in filters.filters.keys() - {"zoek"}:
        if "" in parameters.getlist(name):
            errors.setdefault(name, []).append("Geef een waarde, of laat deze parameter weg.")
    for name, reasons in filters.errors.items():
        errors.setdefault(name, []).extend(reasons)


@cache
def _fields(shape: Any) -> tuple[str, ...]:
    return tuple(shape().fields)


def _list(parameters: QueryDict, parameter: str) -> list[str]:
    """The names that were given with a comma between them; an empty one is none that there is."""
    text = parameters.get(parameter)
    return [] if text is None else [name.strip() for name in text.split(",")]


def _chosen(parameters: QueryDict, parameter: str, names: Collection[str], errors: Errors) -> tuple[str, ...]:
    if not names:  # then there is no such parameter here, and that is said already
        return ()
    chosen = _list(parameters, parameter)
    if wrong := [name for name in chosen if name not in names]:
        errors.setdefault(parameter, []).append(
            f"‘{', '.join(wrong)[:80]}’ bestaat hier niet. Kies uit: {', '.join(names)}."
        )
    return tuple(chosen)


def _order(takes: Takes, parameters: QueryDict, errors: Errors) -> tuple[str, ...]:
    order: list[str] = []
    if not takes.sortings:  # then there is no such parameter here, and that is said already
        return ()
    for name in _list(parameters, "sorteer"):
        column = takes.sortings.get(name.removeprefix("-"))
        if column is None:
            choices = ", ".join(takes.sortings)
            errors.setdefault("sorteer", []).append(
                f"Sorteren op ‘{name[:40]}’ kan niet. Wel: {choices}; met een - ervoor omgekeerd."
            )
        else:
            order.append(f"-{column}" if name.startswith("-") else column)
    # Two that are equal still have one order.
    return (*order, "pk") if order else ()


def _paging(takes: Takes, parameters: QueryDict, errors: Errors) -> tuple[int, int, str | None]:
    """The page, how many on it, and after which row."""
    page = _number(parameters, "page", 10**9, 1, errors)
    size = _number(parameters, "pageSize", MOST, USUAL, errors)
    cursor = parameters.get("cursor")
    if cursor is None:
        return page, size, None
    refuse(
        parameters,
        ("page", "sorteer"),
        "Dit gaat niet samen met cursor. Laat een van beide weg.",
        errors,
    )
    if cursor == START:
        return page, size, None
    try:
        return page, size, takes.read_cursor(cursor)
    except ValueError as wrong:
        errors.setdefault("cursor", []).append(str(wrong))
    return page, size, None


def _number(parameters: QueryDict, name: str, high: int, usual: int, errors: Errors) -> int:
    text = parameters.get(name)
    if text is None:
        return usual
    if text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= high:
        return int(text)
    errors.setdefault(name, []).append(f"Geef een geheel getal van 1 tot en met {high}.")
    return usual


def _since(parameters: QueryDict, errors: Errors) -> datetime | None:
    text = parameters.get("gewijzigdSinds")
    if text is None:
        return None
    since = _moment(text)
    if since is None:
        reason = "Geef een moment met tijdzone, zoals 2026-11-23T09:30:00Z."
        errors.setdefault("gewijzigdSinds", []).append(reason)
    refuse(parameters, NOT_SINCE, "Dit gaat niet samen met gewijzigdSinds. Laat het weg.", errors)
    return since


def _moment(text: str) -> datetime | None:
    # A + that was not encoded arrives as a blank.
    try:
        moment = parse_datetime(text.replace(" ", "+"))
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
