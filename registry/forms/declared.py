"""What the forms of an initiative take from its declaration (registry/models/public/initiative.py)."""

from itertools import groupby

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.fields.text import ProseField
from registry.models.public import INITIATIVE

ROWS = 3


def names_of(fields):
    return [field.attribute for field in fields]


def asked_at_registration(*, first):
    """What nobody registers without (``first``), or what may wait."""
    fields = INITIATIVE.editable
    return [field for field in fields if field.form_text and field.is_asked_first is first]


def questions(fields):
    """(labels, help texts) of a form that asks instead of names."""
    return (
        {field.attribute: field.form_text.text for field in fields},
        {field.attribute: field.form_text.help for field in fields},
    )


def widgets_of(fields):
    widgets = {field.attribute: _widget(field) for field in fields}
    return {name: widget for name, widget in widgets.items() if widget}


def _widget(field):
    of_model = field.of_model
    if field.rows or isinstance(of_model, ProseField):
        return forms.Textarea(attrs={"rows": field.rows or ROWS})
    if isinstance(of_model, models.DateField):
        return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return None


def formfield(of_model, **options):
    """As Django makes it; an address of the web as people type it, without https://."""
    if isinstance(of_model, models.URLField):
        options |= {
            "assume_scheme": "https",
            "error_messages": {"invalid": _("Vul een webadres in, zoals www.voorbeeld.nl.")},
        }
    return of_model.formfield(**options)


class InitiativeFields(forms.ModelForm):
    """A form of declared fields: long texts have an end, and the template goes along ``groups``.

    ``headings``: what stands above the fields, and the groups of the declaration that stand below it. ``in_front``: the
    field that comes before the others of its group.
    """

    most_text = 10_000  # characters: some pages
    headings = ()
    in_front = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Textarea):
                # What staff or a file made longer may stay: a browser sends each of its lines with two signs at the end.
                there = self.initial.get(name) or ""
                most = field.max_length or max(self.most_text, len(there) + there.count("\n"))
                field.widget.attrs["maxlength"] = most
                if not field.max_length:
                    field.validators.append(MaxLengthValidator(most))

    def say_when_empty(self, words):
        """``words``: what stands there as long as nothing is chosen, by field."""
        for name, text in words.items():
            if isinstance(self.fields[name], forms.ModelChoiceField):
                self.fields[name].empty_label = text
            else:
                self.fields[name].choices = [("", text), *self.fields[name].choices[1:]]

    @property
    def groups(self):
        """(heading, rows of fields); days that follow each other stand side by side."""
        for heading, groups in self.headings:
            names = [name for name in INITIATIVE.names(*groups, first=self.in_front) if name in self.fields]
            yield heading, list(_rows([self[name] for name in names]))

    def answers(self):
        """What was filled in, by field of the model."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}


def _rows(bound):
    for is_day, fields in groupby(bound, lambda field: isinstance(field.field.widget, forms.DateInput)):
        if is_day:
            yield list(fields)
        else:
            yield from ([field] for field in fields)
