"""Columns for text that people wrote: cleaned, whichever form, file or command gave it."""

from django.core.exceptions import ValidationError
from django.db import models

from registry.foundation.text import clean_text, name_key


class _CleanedField:
    """A column whose text was cleaned, whichever form, file or command gave it."""

    one_line = False

    def to_python(self, value):
        value = super().to_python(value)
        return clean_text(value, one_line=self.one_line) if isinstance(value, str) else value

    def pre_save(self, model_instance, add):
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):  # no expression
            value = clean_text(value, one_line=self.one_line)
            setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self):
        """For the database it is any other text."""
        name, _path, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{self.stored_as}", args, kwargs


class LineField(_CleanedField, models.CharField):
    """Text of one line that people wrote."""

    one_line = True
    stored_as = "CharField"


class ProseField(_CleanedField, models.TextField):
    """Text of more lines that people wrote."""

    stored_as = "TextField"


class LinesField(ProseField):
    """Text with one word or name on each line."""


class KeyField(models.CharField):
    """What makes two spellings in the column ``of`` the same; empty text is like no other.

    ``key`` gives it for a text. The database refuses a second one; ``OneSpelling`` says so in words.
    """

    def __init__(self, *args, of="", key=name_key, **kwargs):
        self.of, self.key = of, key
        super().__init__(
            *args, **{"unique": True, "null": True, "editable": False, "max_length": 255} | kwargs
        )

    def value_of(self, instance):
        return self.key(getattr(instance, self.of))[: self.max_length] or None

    def pre_save(self, model_instance, add):
        value = self.value_of(model_instance)
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class OneSpelling(models.Model):
    """A form says which field has what is there already in another spelling."""

    class Meta:
        abstract = True

    @classmethod
    def key_fields(cls):
        return [field for field in cls._meta.concrete_fields if isinstance(field, KeyField)]

    def validate_unique(self, exclude=None):
        super().validate_unique(exclude=exclude)
        taken = {}
        for field in self.key_fields():
            value = field.value_of(self)
            others = type(self)._base_manager.filter(**{field.attname: value}).exclude(pk=self.pk)
            if field.of not in (exclude or ()) and value and others.exists():
                taken[field.of] = self.unique_error_message(type(self), [field.of])
        if taken:
            raise ValidationError(taken)
