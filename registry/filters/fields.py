"""The fields that filters share: the same parameter means the same at every door, and errs in the same words."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from registry.search.understanding import MAX_LENGTH


class WithoutBlanks(forms.SelectMultiple):
    """An untouched list in a form sends an empty value: that is no choice."""

    def value_from_datadict(self, data, files, name):
        values = super().value_from_datadict(data, files, name)
        if isinstance(values, str):
            values = [values]
        return [value for value in values or [] if value != ""]


class SeveralField(forms.MultipleChoiceField):
    widget = WithoutBlanks


class CodesField(SeveralField):
    """Codes in capitals, however they were typed; one that was merged means what it was merged into."""

    def __init__(self, *args, survivors=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.survivors = dict(survivors)

    def to_python(self, value):
        return [code.upper() for code in super().to_python(value)]

    def clean(self, value):
        codes = super().clean(value)
        return list(dict.fromkeys(self.survivors.get(code, code) for code in codes))


class Several(django_filters.MultipleChoiceFilter):
    field_class = SeveralField


class Codes(Several):
    field_class = CodesField


def unknown(message):
    return {"error_messages": {"invalid_choice": message}}


class BoxField(forms.CharField):
    """Four numbers: west, south, east, north, in degrees (CRS84). Cleaned to text, one way to write each box."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return ""
        try:
            west, south, east, north = box = [float(part) for part in text.split(",")]
        except ValueError:
            box = None
        if not box or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise forms.ValidationError(
                _("Geef vier getallen: west,zuid,oost,noord in graden, zoals 5.1,52.2,5.4,52.5.")
            )
        return ",".join(f"{number:.6f}" for number in box)


class Box(django_filters.CharFilter):
    field_class = BoxField


def words(**kwargs):
    return django_filters.CharFilter(
        label=_("Zoeken"),
        max_length=MAX_LENGTH,
        error_messages={
            "max_length": _("Gebruik bij zoeken hoogstens %(limit_value)d tekens. Maak de zoekvraag korter."),
            "null_characters_not_allowed": _("Haal het onleesbare teken uit de zoekvraag."),
        },
        **kwargs,
    )


def municipality(**kwargs):
    message = _("De gemeente ‘%(value)s’ bestaat niet. Kies een gemeente uit de lijst.")
    return Several(label=_("Gemeente"), **unknown(message), **kwargs)


def level(**kwargs):
    message = _("Het niveau ‘%(value)s’ bestaat niet. Kies een niveau uit de lijst.")
    return Several(label=_("Niveau"), **unknown(message), **kwargs)


def bottleneck(**kwargs):
    message = _("Het knelpunt ‘%(value)s’ bestaat niet. Kies een knelpunt uit de lijst, zoals R1.")
    return Codes(label=_("Knelpunt"), **unknown(message), **kwargs)


def offer(filterset, choices):
    """Give the filters of ``filterset`` what there is to choose now."""
    options = {
        "gemeente": choices.municipalities.items(),
        "kern": [(place.slug, place.name) for place in choices.places],
        "niveau": choices.levels.items(),
        "knelpunt": [(bottleneck.code, bottleneck.label) for bottleneck in choices.bottlenecks],
    }
    for name in options.keys() & filterset.filters.keys():
        filterset.filters[name].extra["choices"] = list(options[name])
    if "knelpunt" in filterset.filters:
        filterset.filters["knelpunt"].extra["survivors"] = choices.survivors
