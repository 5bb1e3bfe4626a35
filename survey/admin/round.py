"""Rounds: planned, opened and closed here, with their stands."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.edits import GuardsEdits, GuardsRows
from survey import kiosk, rounds
from survey.admin.codebook import CodebookPages
from survey.admin.coding import CodingPages
from survey.admin.keying import KeyingPages
from survey.admin.pages import LanguagesField, NamedInlines, OwnPages
from survey.admin.screening import ScreeningPages
from survey.admin.stands import StandPages
from survey.models import Round, SourceCode

STATES = {
    Round.State.DRAFT: gettext_lazy("Concept: niemand kan antwoorden."),
    Round.State.PLANNED: gettext_lazy("Gepland: de vragenlijst ligt al vast."),
    Round.State.OPEN: gettext_lazy("Open: mensen kunnen nu antwoorden."),
    Round.State.CLOSED: gettext_lazy("Gesloten: niemand kan meer antwoorden."),
}


class RoundForm(forms.ModelForm):
    languages = LanguagesField()
    pin = forms.CharField(
        label=gettext_lazy("Pincode van de kiosk"),
        required=False,
        max_length=8,
        validators=[RegexValidator(r"^\d{4,8}$", gettext_lazy("Een pincode heeft vier tot acht cijfers."))],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    class Meta:
        model = Round
        fields = [
            "name", "slug", "questionnaire", "occasion", "held_on", "opens_at", "closes_at", "limit", "threshold",
            "languages", "access", "previous", "keep_answers_days", "keep_responses_days",
        ]  # fmt: skip
        help_texts = {
            "opens_at": gettext_lazy(
                "Zodra hier iets staat, ligt de vragenlijst vast. Leeg: u opent de meting zelf."
            ),
            "closes_at": gettext_lazy("Leeg: u sluit de meting zelf."),
            "threshold": gettext_lazy(
                "Een groep met minder mensen wordt niet apart getoond. Nooit minder dan 5."
            ),
            "slug": gettext_lazy(
                "Het adres wordt /enquete/naam/. Verander het niet als de QR-codes er hangen."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "pin" in self.fields:
            has_pin = bool(self.instance.kiosk_pin)
            self.fields["pin"].help_text = (
                _("Er is een pincode. Vul een nieuwe in om hem te wijzigen.")
                if has_pin
                else _("Vier tot acht cijfers: daarmee verlaat een medewerker de kiosk.")
            )
        for name in {"opens_at", "closes_at"} & self.fields.keys():
            label = self.fields[name].label
            day, clock = self.fields[name].widget.widgets
            day.attrs["aria-label"], clock.attrs["aria-label"] = _("%s, datum") % label, _("%s, tijd") % label
        if "previous" in self.fields:
            self.fields["previous"].queryset = Round.objects.published().exclude(pk=self.instance.pk)

    def clean(self):
        cleaned = super().clean()
        questionnaire = cleaned.get("questionnaire") or getattr(self.instance, "questionnaire", None)
        lacking = set(cleaned.get("languages") or []) - set(questionnaire.languages if questionnaire else [])
        if questionnaire and lacking:
            self.add_error("languages", _("De vragenlijst is er niet in al deze talen."))
        if cleaned.get("opens_at") and questionnaire and not questionnaire.items.exists():
            self.add_error("opens_at", _("De vragenlijst heeft nog geen stellingen. Zet die er eerst in."))
        if self.instance.pk and self.instance.responses.exists():
            self._keep_promises(cleaned)
        return cleaned

    def _keep_promises(self, cleaned):
        """To who has answered: that it was open, and for how long their answers stay."""
        if "opens_at" in cleaned and not (cleaned["opens_at"] and cleaned["opens_at"] <= timezone.now()):
            self.add_error(
                "opens_at", _("Er zijn al antwoorden. Sluit de meting in plaats van deze tijd te wijzigen.")
            )
        for name in {"keep_answers_days", "keep_responses_days"} & cleaned.keys():
            if cleaned[name] > self.initial[name]:
                self.add_error(name, _("Er zijn al antwoorden, met deze belofte. Korter kan, langer niet."))


class StandInline(GuardsRows, admin.TabularInline):
    model = SourceCode
    fields = ["name", "code"]
    formset = NamedInlines
    extra = 0
    prepopulated_fields = {"code": ["name"]}


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("staat")
    parameter_name = "staat"

    def lookups(self, request, model_admin):
        return [("open", _("Open")), ("gesloten", _("Gesloten"))]

    def queryset(self, request, queryset):
        if self.value() == "open":
            return queryset.open()
        return queryset.closed() if self.value() == "gesloten" else queryset


@admin.register(Round)
class RoundAdmin(
    GuardsEdits,
    StandPages,
    KeyingPages,
    ScreeningPages,
    CodingPages,
    CodebookPages,
    OwnPages,
    admin.ModelAdmin,
):
    form = RoundForm
    change_form_template = "admin/survey/round_form.html"
    list_display = ["name", "state", "questionnaire", "opens_at", "closes_at"]
    list_filter = [StateFilter]
    list_select_related = ["questionnaire"]
    search_fields = ["name", "slug", "occasion"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [StandInline]
    view_on_site = False
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["name", "slug", "occasion", "held_on"]}),
        (gettext_lazy("Vragen"), {"fields": ["questionnaire", "languages"]}),
        (gettext_lazy("Meedoen"), {"fields": ["opens_at", "closes_at", "access", "limit", "pin"]}),
        (gettext_lazy("Resultaten"), {"fields": ["threshold", "previous"]}),
        (gettext_lazy("Bewaren"), {"fields": ["keep_answers_days", "keep_responses_days"]}),
    ]

    @admin.display(description=gettext_lazy("staat"))
    def state(self, round):
        return round.state.label

    def get_urls(self):
        return [
            self.page("openen/", self.open_view, "open"),
            self.page("sluiten/", self.close_view, "close"),
            *super().get_urls(),
        ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Another round is chosen here, not made or changed."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "previous":
            field.widget = field.widget.widget
        return field

    def get_readonly_fields(self, request, obj=None):
        fixed = []
        if obj and obj.state != Round.State.DRAFT:
            fixed += ["questionnaire"]
        if obj and obj.publications.exists():
            fixed += ["slug", "opens_at", "closes_at", "threshold", "previous"]
        return fixed

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def get_fieldsets(self, request, obj=None):
        """Who may only read has no PIN to fill in."""
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj) or obj is None:
            return fieldsets
        return [
            (title, options | {"fields": [name for name in options["fields"] if name != "pin"]})
            for title, options in fieldsets
        ]

    def has_delete_permission(self, request, obj=None):
        """What people answered goes by its period, not by a click."""
        may = super().has_delete_permission(request, obj)
        return may and not (obj and (obj.responses.exists() or obj.publications.exists()))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        words = {"states": STATES}
        return super().change_view(request, object_id, form_url, words | (extra_context or {}))

    def save_model(self, request, obj, form, change):
        rounds.keep(obj)
        if pin := form.cleaned_data.get("pin"):
            kiosk.set_pin(obj, pin)

    def open_view(self, request, object_id):
        return self._step(
            request,
            object_id,
            rounds.open_now,
            _("De meting openen?"),
            _(
                "Mensen kunnen vanaf nu antwoorden. De vragenlijst ligt dan vast: u kunt hem alleen nog kopiëren."
            ),
            _("Open de meting"),
            _("De meting is open."),
        )

    def close_view(self, request, object_id):
        return self._step(
            request,
            object_id,
            rounds.close_now,
            _("De meting sluiten?"),
            _(
                "Niemand kan dan nog antwoorden. Heropenen kan tot de resultaten vaststaan. Papieren formulieren kunt u daarna nog invoeren."
            ),
            _("Sluit de meting"),
            _("De meting is gesloten."),
        )

    def _step(self, request, object_id, act, title, text, button, done):
        round = self.wanted(request, object_id, "change_round")
        if not self.has_change_permission(request, round):
            raise PermissionDenied
        if request.method == "POST":
            try:
                act(round)
            except rounds.Refused as refusal:
                self.say(request, refusal)
            else:
                self.say(request, done=done)
            return self.to("change", round.pk)
        return self.show(request, "confirm.html", round, title, text=text, button=button)
