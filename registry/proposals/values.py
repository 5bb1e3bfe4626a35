"""The value of a field of an initiative: as a proposal keeps it, as people read it, and as a mark of it."""

import hashlib
import json

from django.db import models
from django.utils.translation import gettext as _

from registry.foundation.fields import field_of
from registry.models import Initiative


def to_json(initiative: Initiative, name: str) -> str | bool | None:
    """The value of a field as it is kept in a proposal: a key, a text, a yes or no, or None."""
    field = field_of(Initiative, name)
    value = getattr(initiative, field.attname)
    return value if value is None or isinstance(value, bool | str) else str(value)


def show(name: str, value: object) -> str:
    """A kept value in words, for the diff."""
    field = field_of(Initiative, name)
    if value in (None, ""):
        return _("(leeg)")
    if isinstance(field, models.BooleanField):
        return _("ja") if value else _("nee")
    if isinstance(field, models.ForeignKey):
        row = field.related_model._base_manager.filter(pk=value).first()
        return str(row) if row else str(value)
    return str(dict(field.flatchoices).get(str(value), value))


def mark_of(value: object) -> str:
    return hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()[:16]
