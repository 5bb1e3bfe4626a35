"""A field of a model by its name: what both apps ask when they tell what changed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model


def field_of(model: type[Model], name: str) -> Field[Any, Any]:
    """The field; raises FieldDoesNotExist, also for what only points here from another table."""
    field = model._meta.get_field(name)
    if not isinstance(field, Field):
        raise FieldDoesNotExist(name)
    return field


def relation_to(model: type[Model], name: str) -> type[Model]:
    """The model that this field points at; raises FieldDoesNotExist when it points at none."""
    related = model._meta.get_field(name).related_model
    if not (isinstance(related, type) and issubclass(related, Model)):
        raise FieldDoesNotExist(name)
    return related


def label_of(model: type[Model], name: str) -> str:
    """The ``verbose_name`` of a field."""
    return str(field_of(model, name).verbose_name)
