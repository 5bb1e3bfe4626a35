"""The columns of a file of a noun, of what registry/models/public declares."""

from django.db import models
from import_export.fields import Field

from registry.models.address import AddressField
from registry.models.fields.text import LinesField
from registry.resources import spellings, widgets
from registry.resources.references import Reference, References

# How a cell is read: the first that fits its column.
_BY_TYPE = (
    (models.URLField, spellings.Web),
    (models.EmailField, spellings.Mail),
    (models.BooleanField, widgets.YesNo),
    (models.DateField, widgets.Day),
    (models.DecimalField, widgets.Coordinate),
    (models.IntegerField, widgets.Whole),
    (AddressField, widgets.Slug),
    (LinesField, widgets.Lines),
)


def column(name, attribute, widget=None, **options):
    """A column of a spreadsheet: its Dutch name, the field it fills, and how a cell is read."""
    return Field(column_name=name, attribute=attribute, widget=widget or widgets.Text(), **options)


def columns_of(noun, spelled):
    """Field of the model to column, in the order of their age. ``spelled``: the widgets that the type of a column
    does not tell."""
    return {
        field.attribute: column(
            field.column_name,
            field.attribute,
            spelled[field.attribute]() if field.attribute in spelled else _widget(field),
            readonly=field.is_readonly,
        )
        for field in noun.by_age
        if field.column_name
    }


def called_in(noun):
    """What people call each column elsewhere, with commas."""
    return {field.column_name: field.called for field in noun.fields if field.called}


def _widget(field):
    if field.is_readonly or not field.path:
        return widgets.Text()
    of_model = field.path[0]
    if isinstance(of_model, models.ForeignKey):
        return Reference(*_key(of_model.related_model))
    if isinstance(of_model, models.ManyToManyField):
        return References(*_key(of_model.related_model))
    if of_model.choices:
        return widgets.Choice(of_model.choices)
    if of_model.name == "code":
        return widgets.Code()
    return next((widget for kind, widget in _BY_TYPE if isinstance(of_model, kind)), widgets.Text)()


def _key(model):
    """What tells a row of this table from all others, and how that is written."""
    return (model, "code", str.upper) if model._meta.pk.name == "code" else (model,)
