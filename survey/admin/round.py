"""Rounds: planned, opened and closed here, with their stands."""

from django import forms
from django.contrib import admin
from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.foundation.edit_conflicts import GuardsEdits, GuardsRows
from survey.admin.codebook import CodebookPages
from survey.admin.coding import CodingPages
from survey.admin.keying import KeyingPages
from survey.admin.life import LifePages
from survey.admin.pages import LanguagesField, NamedInlines, OwnPages
from survey.admin.screening import ScreeningPages
from survey.admin.stands import StandPages
from survey.fieldwork import kiosk
from survey.models import Round, SourceCode, promises
from survey.rounds import checklist, conditions, life

STATES = {
    Round.State.DRAFT: gettext_lazy("Concept: niemand kan antwoorden."),
    Round.State.PLANNED: gettext_lazy("Gepland: de vragenlijst ligt al vast."),
    Round.State.OPEN: gettext_lazy("Open: mensen kunnen nu antwoorden."),
    Round.State.CLOSED: gettext_lazy("Gesloten: niemand kan meer beginnen."),
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

    shorten = forms.BooleanField(
        label=gettext_lazy("Wis eerder"),
        required=False,
        help_text=gettext_lazy(
            "Alleen als u een van deze aantallen dagen kleiner maakt. Dit komt in het logboek."
        ),
    )

    class Meta:
        model = Round
        fields = [
            "name", "slug", "questionnaire", "occasion", "held_on", "opens_at", "closes_at", "late_days", "limit",
            "threshold", "languages", "access", "previous", "keep_answers_days", "keep_responses_days",
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
                "Het adres wordt /enquete/naam/. Zodra er een openingstijd is, ligt het vast."
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
            self.fields["previous"].queryset = (
                Round.objects.filter(Q(pk__in=Round.objects.published()) | Q(pk=self.instance.previous_id))
            ).exclude(pk=self.instance.pk)

    def clean(self):
        cleaned = super().clean()
        questionnaire = cleaned.get("questionnaire") or getattr(self.instance, "questionnaire", None)
        lacking = set(cleaned.get("languages") or []) - set(questionnaire.languages if questionnaire else [])
        if questionnaire and lacking:
            self.add_error("languages", _("De vragenlijst is er niet in al deze talen."))
        languages = cleaned.get("languages") or self.instance.languages
        is_new = not self.initial.get("opens_at") or languages != self.initial.get("languages")
        if cleaned.get("opens_at") and questionnaire and is_new:
            if not questionnaire.items.exists():
                self.add_error(
                    "opens_at", _("De vragenlijst heeft nog geen stellingen. Zet die er eerst in.")
                )
            elif lacking := checklist.untranslated(questionnaire, languages):
                self.add_error("languages", conditions.told_untranslated(lacking))
        self._ask_before_shortening(cleaned)
        return cleaned

    def _ask_before_shortening(self, cleaned):
        """Once answers lie there, a smaller number wipes them sooner."""
        shorter = [
            name
            for name in promises.KEPT
            if cleaned.get(name) is not None and cleaned[name] < (self.initial.get(name) or 0)
        ]
        if shorter and "shorten" in self.fields and not cleaned.get("shorten"):
            for name in shorter:
                self.add_error(
                    name,
                    _(
                        "Er zijn al antwoorden. Wilt u ze eerder wissen? Zet dan onderaan een vinkje bij "
                        "‘Wis eerder’. Langer bewaren kan daarna niet meer."
                    ),
                )


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
    LifePages,
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
        (
            gettext_lazy("Meedoen"),
            {"fields": ["opens_at", "closes_at", "late_days", "access", "limit", "pin"]},
        ),
        (gettext_lazy("Resultaten"), {"fields": ["threshold", "previous"]}),
        (gettext_lazy("Bewaren"), {"fields": ["keep_answers_days", "keep_responses_days", "shorten"]}),
    ]

    @admin.display(description=gettext_lazy("staat"))
    def state(self, round):
        return round.state.label

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Another round is chosen here, not made or changed."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "previous":
            field.widget = field.widget.widget
        return field

    def get_object(self, request, object_id, from_field=None):
        """With what is stored: a form writes in the object before it is refused."""
        row = super().get_object(request, object_id, from_field)
        if row:
            row.has_moment, row.is_draft = row.opens_at is not None, row.state == Round.State.DRAFT
        return row

    def get_readonly_fields(self, request, obj=None):
        fixed = []
        if obj and not obj.is_draft:
            fixed += ["questionnaire"]
        if obj and obj.has_moment:
            fixed += ["slug"]
        if obj and obj.publications.exists():
            fixed += ["opens_at", "closes_at", "late_days", "threshold", "previous"]
        return fixed

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def get_fieldsets(self, request, obj=None):
        """Who may only read has no PIN to fill in; and nothing is wiped sooner where nothing is."""
        fieldsets = super().get_fieldsets(request, obj)
        may_change = self.has_change_permission(request, obj) or obj is None
        left_out = set() if may_change else {"pin"}
        if not (may_change and obj and obj.responses.exists()):
            left_out.add("shorten")
        return [
            (title, options | {"fields": [name for name in options["fields"] if name not in left_out]})
            for title, options in fieldsets
        ]

    def has_delete_permission(self, request, obj=None):
        """What people answered goes by its period, not by a click; nor does an address to which they still send."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or life.may_go(obj))

    def delete_model(self, request, obj):
        life.remove(obj)

    def delete_queryset(self, request, queryset):
        for round in queryset:
            life.remove(round)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        words = {"states": STATES}
        return super().change_view(request, object_id, form_url, words | (extra_context or {}))

    def save_model(self, request, obj, form, change):
        life.keep(obj, by=request.user)
        if pin := form.cleaned_data.get("pin"):
            kiosk.set_pin(obj, pin)
