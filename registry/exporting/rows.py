"""Declared fields (registry/models/public) as plain data: of rows that come as tuples, and of objects.

Unknown is None, never "". And the public links of many initiatives at once.
"""

from collections import defaultdict
from datetime import UTC
from functools import cache
from operator import attrgetter

from django.db import models
from django.db.models.functions import Cast

from registry.foundation.cache import Prepared
from registry.foundation.text import lines
from registry.models import ContentStamp, Link
from registry.models.fields.text import LinesField
from registry.models.public.declaration import Part
from registry.search.options import choices

UUID_LENGTH = 36


def moment(value):
    """In UTC, to the second; None stays None."""
    return value and value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


# What leaves otherwise than the database has it.
_CONVERSIONS = ((models.UUIDField, str), (models.DateTimeField, moment), (LinesField, lines))


def _conversion_of(field):
    return next((convert for kind, convert in _CONVERSIONS if isinstance(field.of_model, kind)), None)


def dashed(key):
    """A UUID that came as text, in the form that everybody knows: SQLite keeps it without dashes."""
    if len(key) == UUID_LENGTH:
        return key
    return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


def _of_tuples(field):
    return dashed if isinstance(field.of_model, models.UUIDField) else _conversion_of(field)


def _or_none(value):
    return None if value == "" else value


class Tuples:
    """Makes a dict of each tuple of ``columns``, which a ``values_list`` asks for.

    A list of what stands in another table is empty: whoever calls fills it in. In front of ``columns`` each tuple has
    ``skip`` values that are not for it, and those that ``first`` names, which need no look.
    """

    def __init__(self, noun, fields, name_of=attrgetter("name"), *, skip=0, first=()):
        self._noun = noun
        plain = [field for field in fields if not _is_worked_out(field)]
        # Only a text that may be empty is looked at.
        plain.sort(key=lambda field: not _may_be_empty(field))
        lists = [field for field in fields if isinstance(field, Part) and field.many]
        converted = [field for field in fields if _conversion_of(field)]
        composed = [field for field in fields if field not in (*plain, *lists, *converted)]
        self._names = [*(name_of(field) for field in (*plain, *converted, *composed, *lists)), *first]
        self._first = slice(skip, start := skip + len(first))
        self._texts = slice(start, texts := start + sum(map(_may_be_empty, plain)))
        self._plain = slice(texts, start + len(plain))
        self._lists = range(len(lists))

        makers = [_maker(field) for field in composed]
        columns = {field.source: field.expression and field.expression() for field in (*plain, *converted)}
        columns |= {name: None for _make, names in makers for name in names if name not in columns}
        self.columns = tuple(expression or self._column(name) for name, expression in columns.items())
        place_of = {name: place for place, name in enumerate(columns, start)}
        self._converted = [(_of_tuples(field), place_of[field.source]) for field in converted]
        self._makers = [(make, [place_of[name] for name in names]) for make, names in makers]

    def _column(self, name):
        """Decimals as numbers and UUIDs as text: they take time to make, and leave as that anyway."""
        of_model = self._noun.of_model(name)
        if isinstance(of_model, models.DecimalField):
            return Cast(name, models.FloatField())
        return Cast(name, models.CharField()) if isinstance(of_model, models.UUIDField) else name

    def __call__(self, row):
        values = [text or None for text in row[self._texts]]
        values += row[self._plain]
        for convert, place in self._converted:
            values.append(convert(row[place]))
        for make, places in self._makers:
            values.append(make(*[row[place] for place in places]))
        for _list in self._lists:
            values.append([])
        values += row[self._first]
        return dict(zip(self._names, values, strict=True))


def _is_worked_out(field):
    return bool(isinstance(field, Part) or field.make or _conversion_of(field))


def _may_be_empty(field):
    of_model = field.of_model
    return isinstance(of_model, models.CharField | models.TextField) and of_model.blank


def _maker(field):
    """(what makes the value, the columns that it reads)"""
    return (field.make, field.reads) if field.make else _object(field)


def _object(part):
    """(what makes the object of its values, the columns that it reads); None when nothing of it is known."""
    fields = [field for field in part.noun.in_json if field.source]
    names = [field.name for field in fields]
    way = f"{part.source}__" if part.source else ""

    def make(*values):
        if all(values):
            return dict(zip(names, values, strict=True))
        return dict(zip(names, map(_or_none, values), strict=True)) if any(values) else None

    def make_if(is_public, *values):
        return make(*values) if is_public else None

    columns = [way + field.source for field in fields]
    return (make_if, [part.only_if, *columns]) if part.only_if else (make, columns)


# Of objects


@cache
def _readers(noun):
    return [(field.name, reader(field)) for field in noun.in_json]


def of_object(noun, row):
    """What is told of one row of the model; what it points at is at hand, or is asked for."""
    return {name: read(row) for name, read in _readers(noun)}


@cache
def reader(field):
    """What gives the value of a field of a row of the model."""
    if isinstance(field, Part):
        return _part_reader(field)
    if field.make:
        return lambda row: field.make(*[getattr(row, name) for name in field.reads])
    if isinstance(field.of_model, models.ManyToManyField):
        return lambda row: [of.pk for of in getattr(row, field.source).all()]
    convert = _conversion_of(field) or _or_none
    names = field.source.split("__")
    if isinstance(field.of_model, models.ForeignKey):
        names[-1] = field.of_model.attname
    if len(names) == 1:
        read = attrgetter(names[0])
        return lambda row: convert(read(row))
    return lambda row: convert(_along(row, names))


def _along(row, names):
    for name in names:
        row = row and getattr(row, name)
    return row


def _part_reader(part):
    if part.many:
        return lambda row: [of_object(part.noun, of) for of in getattr(row, part.source).all()]
    if part.source:
        return lambda row: (of := getattr(row, part.source)) and of_object(part.noun, of)
    if not part.only_if:
        return lambda row: of_object(part.noun, row)
    make, names = _object(part)
    return lambda row: make(*[getattr(row, name) for name in names])


def links(noun, data, api, page=""):
    """The addresses that go with what is told of a noun."""
    key = next(iter(data.values()))
    return {
        name: {"href": address.format(api=api, page=page, key=key)} for name, address in noun.links.items()
    }


# The links of initiatives


@cache
def _link_rows(columns):
    return Prepared(
        lambda keys: (
            Link.objects.filter(initiative__in=keys)
            .order_by()
            .values_list("initiative", "bottleneck", "role", *columns)
        )
    )


def public_links(keys, *columns):
    """The links that a visitor sees, by the key of their initiative: {3: [("R1", "ervaart"), …]}.

    ``keys`` are of published initiatives. Each link is its code, its role, and then ``columns``; in the
    order of the levels.
    """
    # What may be chosen in a filter is what has a page: to compare codes costs less than to join tables.
    order = {
        bottleneck.code: place
        for place, bottleneck in enumerate(choices(ContentStamp.versions()).bottlenecks)
    }
    links_of = defaultdict(list)
    for row in _link_rows(columns).rows(keys):
        if row[1] in order:
            links_of[row[0]].append(row[1:])
    for links in links_of.values():
        if len(links) > 1:
            links.sort(key=lambda link: (order[link[0]], link[1]))
    return links_of
