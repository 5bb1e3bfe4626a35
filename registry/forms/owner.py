"""What the owner of a page fills in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.forms.declared import InitiativeFields, formfield, names_of, widgets_of
from registry.foundation.edit_conflicts import KeepsOthersEdits
from registry.models import Initiative
from registry.models.public import INITIATIVE

NOT_SAID = _("Niet ingevuld")

# Who keeps the page edits these; which organisation is behind it is for staff to say.
EDITABLE = [field for field in INITIATIVE.editable if not field.is_for_staff]


class PageForm(KeepsOthersEdits, InitiativeFields):
    """The page as its owner may change it. Saving is not done here: see registry/proposals/proposals.py."""

    headings = (
        (_("Naam en verhaal"), ["story"]),
        (_("Waar"), ["where"]),
        (_("Meedoen"), ["joining"]),
        (_("Wie het doet en contact"), ["who", "contact"]),
        (_("Hoe het ermee staat"), ["when"]),
    )
    in_front = "activity"

    class Meta:
        model = Initiative
        fields = names_of(EDITABLE)
        formfield_callback = formfield
        widgets = widgets_of(EDITABLE) | {
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "contact_email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "contact_phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = [name for name, field in self.fields.items() if isinstance(field, forms.ChoiceField)]
        self.say_when_empty(dict.fromkeys(chosen, NOT_SAID))

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
