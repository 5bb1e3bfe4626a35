"""What the owner of a page fills in."""

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from registry.foundation.edit_conflicts import KeepsOthersEdits
from registry.models import Initiative
from registry.proposals.proposals import FIELDS

MOST_TEXT = 10_000  # characters: some pages
NOT_SAID = _("Niet ingevuld")

# Who keeps the page edits these; which organisation is behind it is for staff to say.
EDITABLE = [name for name in FIELDS if name not in ("organisation", "longitude", "latitude")]


class PageForm(KeepsOthersEdits, forms.ModelForm):
    """The page as its owner may change it. Saving is not done here: see registry/proposals/proposals.py."""

    website = forms.URLField(
        label=_("Website"),
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("Vul een webadres in, zoals www.voorbeeld.nl.")},
    )

    class Meta:
        model = Initiative
        fields = EDITABLE
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "description": forms.Textarea(attrs={"rows": 8}),
            "other_names": forms.Textarea(attrs={"rows": 2}),
            "accessibility": forms.Textarea(attrs={"rows": 3}),
            "lessons": forms.Textarea(attrs={"rows": 3}),
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "contact_email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "contact_phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("municipality", "place"):
            self.fields[name].empty_label = NOT_SAID
        for name in ("kind", "run_by", "activity"):
            self.fields[name].choices = [("", NOT_SAID), *self.fields[name].choices[1:]]
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                most = getattr(field, "max_length", None) or MOST_TEXT
                field.widget.attrs["maxlength"] = most
                field.validators.append(MaxLengthValidator(most))

    def changes(self):
        return {name: self.cleaned_data[name] for name in self.changed_data}


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mailadres"),
        error_messages={"required": _("Vul een e-mailadres in, zoals naam@voorbeeld.nl.")},
    )


class CodeAgainForm(forms.Form):
    code = forms.CharField(
        label=_("Code"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
    )


class StopForm(forms.Form):
    lessons = forms.CharField(
        label=_("Wat kan een ander ervan leren?"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Dit mag u leeg laten. Wij lezen het eerst; daarna komt het op de pagina."),
    )
