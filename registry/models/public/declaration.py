"""How a noun is declared: what the world sees of it, said once.

The API and its description, tables, GeoJSON, files in and out and forms are made of this. What the model knows of a
column (label, type, choices, length, whether it may be empty) is read from the model.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from registry.models.address import AddressField


def _path(model, source):
    path = []
    for name in filter(None, source.split("__")):
        try:
            path.append(model._meta.get_field(name))
        except FieldDoesNotExist:
            return []
        model = path[-1].related_model
    return path


@dataclass(frozen=True)
class FormText:
    """How a field is put to who registers an initiative. ``empty``: what stands there as long as nothing is chosen."""

    text: str
    help: str = ""
    empty: str = ""


@dataclass(frozen=True, eq=False)
class Field:
    """One thing that is told of a noun, under one name everywhere.

    ``source`` is the way to its column, as Django writes it; ``expression`` makes what is asked of the database
    instead. ``make`` works the value out of the columns in ``reads``.
    """

    name: str
    source: str = ""
    _: KW_ONLY
    help: str = ""
    expression: Callable[[], Any] | None = None
    make: Callable[..., Any] | None = None
    reads: tuple[str, ...] = ()
    # What describes it, where that is not read from the model: the name of a shape in registry/api/shapes.py.
    shape: str = ""
    # Whether null may stand for "not known"; None: as the column says.
    nullable: bool | None = None
    # The values that there are; None: those of the column; (): any, for the list may grow.
    choices: tuple[Any, ...] | None = None

    in_json: bool = True
    # Whether it is a column of the tables for everybody; by another name, or as more columns, where that is said.
    in_tables: bool | Mapping[str, str] = True
    in_geojson: str | bool = False
    # Its column in files of the staff, "" for none; None: the name, in small letters.
    column: str | None = None
    is_readonly: bool = False
    # What people call that column elsewhere, with commas.
    called: str = ""
    # The version of the API that it came with: what is newer stands behind what files have had before.
    since: str = "1.0.0"

    # Where it stands on forms; what stands nowhere cannot be proposed.
    group: str = ""
    # Whether an owner leaves it to the staff.
    is_for_staff: bool = False
    # How many lines a form has for it.
    rows: int = 0
    form_text: FormText | None = None
    # Whether nobody can register without an answer.
    is_asked_first: bool = False

    model: type[models.Model] | None = None

    @property
    def attribute(self) -> str:
        """The field of the model that it fills."""
        return self.source.partition("__")[0]

    @cached_property
    def path(self) -> list[Any]:
        """The fields of the models on the way to the column; none for what is worked out."""
        return _path(self.model, self.source)

    @property
    def of_model(self) -> Any:
        """The field of the model at the end of the way, or None."""
        return self.path[-1] if self.path else None

    @property
    def is_nullable(self) -> bool:
        if self.nullable is not None:
            return self.nullable
        return not self.path or any(step.null or step.blank for step in self.path)

    @property
    def is_free_text(self) -> bool:
        """Whether people write it in their own words."""
        text = isinstance(self.of_model, models.CharField | models.TextField)
        return text and not self.of_model.choices and not isinstance(self.of_model, AddressField)

    @property
    def column_name(self) -> str:
        """In files of the staff: andereNamen is andere_namen there; "" when it is not in them."""
        if self.column is not None:
            return self.column
        return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", self.name) if self.source else ""

    @property
    def table_columns(self) -> Mapping[str, str]:
        """The names of its columns in tables for everybody, and where they come from."""
        if isinstance(self.in_tables, bool):
            return {self.name: self.source} if self.in_tables and self.source else {}
        return self.in_tables

    @property
    def geojson_name(self) -> str:
        return self.in_geojson if isinstance(self.in_geojson, str) else self.name


@dataclass(frozen=True, eq=False, kw_only=True)
class Part(Field):
    """An object in an object, or a list of them. Without ``source`` it is made of columns of the noun itself.

    ``only_if``: the column that says whether it is told at all.
    """

    noun: "Noun | None" = None
    many: bool = False
    only_if: str = ""
    in_tables: bool | Mapping[str, str] = False

    @property
    def column_name(self) -> str:
        """A list stands in a file of its own."""
        return "" if self.many else super().column_name


@dataclass(frozen=True, eq=False)
class Noun:
    """``name`` is that of its shape in the code. ``links``: name to address, in which {key} is the value of ``key``,
    the first that is told of it."""

    name: str
    model: type[models.Model]
    fields: tuple[Field, ...]
    links: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bound = tuple(replace(each, model=self.model) for each in self.fields)
        object.__setattr__(self, "fields", bound)

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {each.name: each for each in self.fields}

    def of_model(self, source: str) -> Any:
        """The field of a model at the end of this way, or None."""
        path = _path(self.model, source)
        return path[-1] if path else None

    @property
    def in_json(self) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if each.in_json)

    @cached_property
    def by_age(self) -> tuple[Field, ...]:
        """The fields in the order in which files have them: of one version in the order of the declaration."""
        return tuple(sorted(self.fields, key=lambda each: tuple(map(int, each.since.split(".")))))

    @property
    def editable(self) -> tuple[Field, ...]:
        """What may be proposed: what stands on forms."""
        return tuple(each for each in self.fields if each.group)

    def names(self, *groups: str, first: str = "") -> list[str]:
        """The fields of the model that stand on forms in these groups; ``first`` stands in front."""
        names = [each.attribute for each in self.editable if each.group in groups]
        return sorted(names, key=lambda name: name != first)


def in_order(names, first):
    """Those of ``names`` that ``first`` names, in its order; the others behind them."""
    return [*(name for name in first if name in names), *(name for name in names if name not in first)]
