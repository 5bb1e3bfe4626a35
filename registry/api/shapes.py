"""What the API gives, described for the OpenAPI document and for ``velden``: made of what registry/models/public
declares, as the data are (registry/exporting)."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from registry.models import public
from registry.models.fields.text import LinesField
from registry.models.public.declaration import Part


class Shape(serializers.Serializer):
    """All parts are always there; None is "not known"."""

    def get_fields(self):
        fields = super().get_fields()
        links = fields.pop("links", None)
        # An underscore in front cannot be the name of a declared field.
        return fields | ({"_links": links} if links else {})


class HrefShape(serializers.Serializer):
    href = serializers.URLField()


class SelfLinks(serializers.Serializer):
    def get_fields(self):
        return {"self": HrefShape()} | super().get_fields()


class PageLinks(SelfLinks):
    pagina = HrefShape(help_text=_("De pagina op de site."))


class PointShape(serializers.Serializer):
    """GeoJSON, in lengte- en breedtegraad (CRS84)."""

    type = serializers.ChoiceField(choices=["Point"])
    coordinates = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)


_BY_NAME = {"Point": PointShape, "url": serializers.URLField}
# The first that fits a column.
_BY_TYPE = (
    (models.UUIDField, serializers.UUIDField),
    (models.URLField, serializers.URLField),
    (models.EmailField, serializers.EmailField),
    (models.BooleanField, serializers.BooleanField),
    (models.DateTimeField, serializers.DateTimeField),
    (models.DateField, serializers.DateField),
    (models.IntegerField, serializers.IntegerField),
    (models.Field, serializers.CharField),
)


_SHAPES = {}


def shape_of(noun):
    """The serializer that describes what is told of a noun: one for each name."""
    if noun.name not in _SHAPES:
        fields = {field.name: _described(field) for field in noun.in_json}
        if noun.links:
            fields["links"] = _links(noun)()
        _SHAPES[noun.name] = type(f"{noun.name}Shape", (Shape,), fields | {"__module__": __name__})
    return _SHAPES[noun.name]


def _links(noun):
    rest = noun.links.keys() - {"self", "pagina"}
    base = PageLinks if "pagina" in noun.links else SelfLinks
    return type(f"{noun.name}Links", (base,), {name: HrefShape() for name in rest}) if rest else base


def _described(field):
    options = {"help_text": field.help} if field.help else {}
    if isinstance(field, Part):
        if not field.many and (field.source or field.only_if):
            options["allow_null"] = True
        return shape_of(field.noun)(many=field.many, **options)
    of_model = field.of_model
    if isinstance(of_model, LinesField | models.ManyToManyField):
        return serializers.ListField(child=serializers.CharField(), **options)
    if field.is_nullable:
        options["allow_null"] = True
    if field.shape:
        return _BY_NAME[field.shape](**options)
    choices = (of_model and of_model.choices) if field.choices is None else field.choices
    if choices:
        return serializers.ChoiceField(choices=choices, **options)
    serializer = next((serializer for kind, serializer in _BY_TYPE if isinstance(of_model, kind)), None)
    if serializer is serializers.IntegerField:
        options |= _least(of_model)
    return (serializer or serializers.CharField)(**options)


def _least(of_model):
    limits = [of.limit_value for of in of_model._validators if isinstance(of, MinValueValidator)]
    return {"min_value": max(limits)} if limits else {}


InitiativeShape = shape_of(public.INITIATIVE)
BottleneckShape = shape_of(public.BOTTLENECK)
LevelShape = shape_of(public.LEVEL)
CaseShape = shape_of(public.CASE)
OrganisationShape = shape_of(public.ORGANISATION)
MunicipalityShape = shape_of(public.MUNICIPALITY)
SourceShape = shape_of(public.SOURCE)
TermShape = shape_of(public.TERM)
FindingShape = shape_of(public.FINDING)
InteractionShape = shape_of(public.INTERACTION)
