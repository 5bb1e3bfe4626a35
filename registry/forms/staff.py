"""The forms of the staff."""

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.utils.translation import gettext_lazy as _

from registry.foundation.spreadsheets import FORMATS
from registry.importing.images import clean_image
from registry.models import Initiative, Role, Status, User
from registry.moderation.decisions import TRANSITIONS


class PhotoField(forms.FileField):
    """Takes a photo and gives the one that the site keeps (see registry/importing/images.py)."""

    def clean(self, data, initial=None):
        upload = super().clean(data, initial)
        return clean_image(upload) if data else upload


class PhotoInput(forms.ClearableFileInput):
    """Without a link to the file: media is not served as such."""

    template_name = "admin/photo_input.html"
    clear_checkbox_label = _("Afbeelding verwijderen")

    def __init__(self, attrs=None):
        super().__init__({"accept": "image/jpeg,image/png,image/webp"} | (attrs or {}))


class InitiativeForm(forms.ModelForm):
    override = forms.CharField(
        label=_("Waarom wacht u niet op de eigenaren?"), required=False, max_length=500, strip=True
    )

    class Meta:
        field_classes = {"image": PhotoField}
        widgets = {"image": PhotoInput}
        help_texts = {"image": _("JPEG, PNG of WebP, ten hoogste 8 MB.")}

    # Set by the admin when the entry belongs to residents.
    is_guarded = False
    cannot_wait = ("slug", "image", "image_alt")

    def clean(self):
        cleaned = super().clean()
        at_once = [name for name in self.cannot_wait if name in self.changed_data]
        if self.is_guarded and at_once and not cleaned.get("override"):
            self.add_error(
                "override",
                _(
                    "Het adres en de afbeelding kunnen niet wachten op een ja. Schrijf op waarom u niet wacht."
                ),
            )
        if cleaned.get("image") and not (cleaned.get("image_alt") or "").strip():
            self.add_error("image_alt", _("Beschrijf de afbeelding voor wie haar niet ziet."))
        return cleaned


class DecisionForm(forms.Form):
    """One step for one entry. ``seen`` is the status that was on the screen, ``read`` the version of the content, and
    ``read_into`` the key and the version of what a merge keeps."""

    to = forms.ChoiceField(
        label=_("Besluit"), widget=forms.RadioSelect, error_messages={"required": _("Kies een besluit.")}
    )
    merged_into = forms.ModelChoiceField(
        Initiative.objects.none(),
        label=_("Samenvoegen met"),
        required=False,
        help_text=_("Alleen bij ‘Samengevoegd’: bezoekers gaan dan vanzelf naar dit initiatief."),
    )
    reason = forms.CharField(
        label=_("Reden"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Verplicht bij aanvulling vragen, afwijzen en intrekken."),
    )
    seen = forms.ChoiceField(choices=Status, widget=forms.HiddenInput)
    read = forms.CharField(required=False, widget=forms.HiddenInput)
    read_into = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, entry, others, read, **kwargs):
        super().__init__(*args, initial={"seen": entry.status, "read": read}, **kwargs)
        possible = set(Status) if others is not None else set(Status) - {Status.MERGED}
        steps = TRANSITIONS[Status(entry.status)] & possible
        if others is not None:
            self.fields["merged_into"].queryset = others
        if Status.MERGED not in steps:
            del self.fields["merged_into"]
        # A colleague may have been first: what is sent is judged by moderation, which says so.
        offered = possible if self.is_bound else steps
        self.fields["to"].choices = [(to.value, to.label) for to in Status if to in offered]
        self.has_steps = bool(steps)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("to") == Status.MERGED and not cleaned.get("merged_into"):
            where = "merged_into" if "merged_into" in self.fields else "to"
            self.add_error(where, _("Kies met welk initiatief u dit samenvoegt."))
        elif cleaned.get("to") != Status.MERGED:
            cleaned["merged_into"] = None
        return cleaned

    def was_read(self, into):
        """Whether what is kept was on the screen."""
        return self.cleaned_data["read_into"].partition(":")[0] == str(into.pk)

    def say_read(self, name, version):
        """What is shown again is what is there now."""
        self.data = self.data.copy()
        self.data[self.add_prefix(name)] = version


class LetterForm(forms.Form):
    """The letter about a decision, to read once more and to change before it goes. ``about`` is the decision
    that it was written for."""

    subject = forms.CharField(label=_("Onderwerp"), max_length=200, required=False)
    text = forms.CharField(label=_("Brief"), widget=forms.Textarea(attrs={"rows": 14}), required=False)
    is_mailed = forms.BooleanField(label=_("Deze brief mailen"), required=False, initial=True)
    about = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_mailed"):
            for name in ("subject", "text"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Vul dit in, of haal het vinkje bij ‘Deze brief mailen’ weg."))
        return cleaned


class ManyDecisionsForm(forms.Form):
    reason = forms.CharField(
        label=_("Reden"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Deze reden komt bij elk van de regels te staan. Bij intrekken is zij verplicht."),
    )
    is_mailed = forms.BooleanField(
        label=_("De gewone brief over dit besluit mailen"),
        required=False,
        initial=True,
        help_text=_(
            "Aan wie de pagina beheert. Wilt u een eigen tekst schrijven? Neem het besluit dan op de pagina van het initiatief."
        ),
    )


class AddPerson(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]


class ChangePerson(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        groups = {group.name for group in cleaned.get("groups") or ()}
        if Role.MUNICIPALITY_EDITOR in groups and not cleaned.get("municipality"):
            self.add_error("municipality", _("Kies de gemeente van deze gemeenteredacteur."))
        return cleaned


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Bestand"),
        help_text=_("CSV (UTF-8), Excel (.xlsx), OpenDocument (.ods) of JSON; ten hoogste 10 MB."),
        error_messages={"empty": _("Het bestand is leeg."), "required": _("Kies eerst een bestand.")},
    )


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label=_("Soort bestand"),
        choices=[(name, label) for name, (label, _type) in FORMATS.items()],
        initial="xlsx",
        widget=forms.RadioSelect,
    )
