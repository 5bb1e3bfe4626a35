"""What visitors fill in. Five answers register an initiative; the rest may wait."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.forms.declared import (
    InitiativeFields,
    asked_at_registration,
    formfield,
    names_of,
    questions,
    widgets_of,
)
from registry.mail.public_forms import GuardedForm
from registry.models import (
    Bottleneck,
    ContactMessage,
    Exchange,
    Initiative,
    Notice,
    SavedSearch,
)
from registry.models.contact import MOST_TEXT

FIRST, MORE = asked_at_registration(first=True), asked_at_registration(first=False)


class RegistrationForm(InitiativeFields):
    """Some of what is asked of who registers an initiative."""

    most_text = MOST_TEXT

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        texts = {field.attribute: field.form_text for field in (*FIRST, *MORE)}
        empty = {name: texts[name].empty for name in self._meta.fields}
        self.say_when_empty({name: text for name, text in empty.items() if text})


class RegisterForm(GuardedForm, RegistrationForm):
    """The five answers."""

    email = forms.EmailField(
        label=_("Uw e-mailadres"),
        max_length=254,
        help_text=_("Hierop krijgt u een code. Het komt niet op de site."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    agreement = forms.BooleanField(
        label=_("Ik mag dit initiatief aanmelden en ga akkoord met de privacyverklaring."),
        error_messages={
            "required": _("Zet een vinkje als u akkoord gaat. Anders kunnen wij u niet aanmelden.")
        },
    )

    field_order = ["name", "municipality", "summary"]
    error_messages_by_field = {
        "municipality": _("Kies een gemeente."),
        "name": _("Vul de naam van het initiatief in."),
        "summary": _("Vul in wat u doet."),
        "email": _("Vul uw e-mailadres in, zoals naam@voorbeeld.nl."),
    }

    class Meta:
        model = Initiative
        fields = names_of(FIRST)
        widgets = widgets_of(FIRST) | {"summary": forms.Textarea(attrs={"rows": 4})}
        labels, help_texts = questions(FIRST)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self._meta.fields:
            self.fields[name].required = True
        for name, message in self.error_messages_by_field.items():
            self.fields[name].error_messages |= {"required": message, "blank": message}
        self.fields["email"].error_messages["invalid"] = self.error_messages_by_field["email"]


class BottleneckChoices(forms.ModelMultipleChoiceField):
    """The active bottlenecks, level by level, in the words of the statement."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options):
        queryset = Bottleneck.objects.active().select_related("level")
        super().__init__(queryset, required=False, **options)

    def label_from_instance(self, bottleneck):
        return bottleneck.name


class MoreForm(RegistrationForm):
    """What makes a page richer. Nothing here is required."""

    headings = ((_("Waar en wie"), ["where", "who", "contact", "story", "when"]), (_("Meedoen"), ["joining"]))

    asks = forms.CharField(label=_("Wat kunt u gebruiken?"), max_length=200, required=False)
    asks_duration = forms.CharField(label=_("Hoe lang of hoe vaak?"), max_length=80, required=False)
    offers = forms.CharField(label=_("Wat kunt u een ander bieden?"), max_length=200, required=False)
    offers_duration = forms.CharField(label=_("Hoe lang of hoe vaak?"), max_length=80, required=False)
    faces = BottleneckChoices(label=_("Wat zit u in de weg?"))
    tackles = BottleneckChoices(label=_("Waar doet u iets aan?"))

    class Meta:
        model = Initiative
        fields = names_of(MORE)
        formfield_callback = formfield
        widgets = widgets_of(MORE)
        labels, help_texts = questions(MORE)

    def __init__(self, *args, municipality=None, **kwargs):
        super().__init__(*args, instance=Initiative(municipality=municipality), **kwargs)
        if municipality:
            self.fields["place"].queryset = municipality.places.all()

    def clean(self):
        answers = super().clean()
        for name in ("asks", "offers"):
            if answers.get(f"{name}_duration") and not answers.get(name) and name not in self.errors:
                # It would be lost.
                self.add_error(name, _("Vul ook in wat dit is. Of maak leeg hoe lang of hoe vaak."))
        return answers

    def told(self):
        """(label, what was answered) for what was answered, to read once more before sending."""
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            if value is True:
                yield field.label, _("ja")
            elif isinstance(value, models.QuerySet):
                if value:
                    yield field.label, "\n".join(bottleneck.name for bottleneck in value)
            elif value:
                yield field.label, dict(getattr(field, "choices", None) or {}).get(value, value)

    def exchanges(self):
        answers = self.cleaned_data
        for direction, field in ((Exchange.Direction.ASKS, "asks"), (Exchange.Direction.OFFERS, "offers")):
            if answers.get(field):
                yield Exchange(
                    direction=direction, text=answers[field], duration=answers[f"{field}_duration"]
                )


class AddressForm(forms.Form):
    """Another address for a code that was refused."""

    email = forms.EmailField(
        label=RegisterForm.base_fields["email"].label,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages=dict.fromkeys(["required", "invalid"], RegisterForm.error_messages_by_field["email"]),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("De code uit de e-mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text"}),
        error_messages={"required": _("Vul de 8 tekens uit de e-mail in.")},
    )


class ContactForm(GuardedForm, forms.ModelForm):
    class Meta:
        model = ContactMessage
        fields = ["sender_name", "sender_email", "text"]
        widgets = {
            "sender_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "sender_email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "text": forms.Textarea(attrs={"rows": 6}),
        }


class NoticeForm(GuardedForm, forms.ModelForm):
    class Meta:
        model = Notice
        fields = ["text", "email"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 5}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }


class ClaimForm(NoticeForm):
    class Meta(NoticeForm.Meta):
        labels = {"text": _("Hoe bent u betrokken bij dit initiatief?"), "email": _("Uw e-mailadres")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True


class FollowForm(GuardedForm, forms.ModelForm):
    class Meta:
        model = SavedSearch
        fields = ["email"]
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email"})}
