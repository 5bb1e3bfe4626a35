"""Questionnaires: made from the register, arranged while they are a draft, copied once they are used."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.edits import GuardsEdits, GuardsRows
from registry.models import Bottleneck
from survey import paper, questionnaires, seen
from survey.admin.pages import LANGUAGES, LanguagesField, NamedFields, NamedInlines, OwnPages
from survey.models import OpenQuestion, Questionnaire


class QuestionnaireForm(forms.ModelForm):
    languages = LanguagesField(
        help_text=gettext_lazy("Bij de stellingen en de open vragen vult u de tekst in per taal.")
    )

    class Meta:
        model = Questionnaire
        fields = ["name", "slug", "languages", "asks_municipality", "asks_role"]


class OpenQuestionForm(forms.ModelForm):
    text_nl = forms.CharField(label=gettext_lazy("vraag (Nederlands)"), max_length=300)
    text_en = forms.CharField(label=gettext_lazy("vraag (Engels)"), max_length=300, required=False)

    class Meta:
        model = OpenQuestion
        fields = ["kind", "level", "key", "position"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for language, _name in LANGUAGES:
            self.initial.setdefault(f"text_{language}", self.instance.texts.get(language, ""))

    def clean(self):
        cleaned = super().clean()
        if (cleaned.get("kind") == OpenQuestion.Kind.OTHER) != (cleaned.get("level") is not None):
            self.add_error("level", _("‘Anders, namelijk’ hoort bij een niveau, en andere vragen niet."))
        return cleaned

    def save(self, commit=True):
        texts = {language: self.cleaned_data[f"text_{language}"] for language, _name in LANGUAGES}
        self.instance.texts = {language: text for language, text in texts.items() if text}
        return super().save(commit)


class OpenQuestionInline(GuardsRows, admin.TabularInline):
    model = OpenQuestion
    form = OpenQuestionForm
    formset = NamedInlines
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("level", "questionnaire")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        # Read once for all lines.
        field.choices = list(field.choices)
        return field

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """The four levels stand: no icons to add one from here."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "level":
            field.widget = field.widget.widget
        return field

    def get_fields(self, request, obj=None):
        if self.has_change_permission(request, obj):
            return ["kind", "level", "key", "position", "text_nl", "text_en"]
        return ["kind", "level_name", "text"]

    def get_readonly_fields(self, request, obj=None):
        return [] if self.has_change_permission(request, obj) else ["kind", "level_name", "text"]

    def has_add_permission(self, request, obj=None):
        # With a new questionnaire the fixed questions come by themselves.
        return obj is not None and not obj.is_locked and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return not (obj and obj.is_locked) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return not (obj and obj.is_locked) and super().has_delete_permission(request, obj)

    @admin.display(description=gettext_lazy("niveau"))
    def level_name(self, question):
        return question.level_name or None

    @admin.display(description=gettext_lazy("vraag"))
    def text(self, question):
        return question.text


class StatementForm(forms.Form):
    """One line of the page with statements; a text for each language of the questionnaire."""

    bottleneck = forms.ModelChoiceField(
        questionnaires.askable(),
        label=gettext_lazy("knelpunt"),
        empty_label=gettext_lazy("Kies een knelpunt"),
    )
    place = forms.IntegerField(label=gettext_lazy("plaats"), min_value=1, max_value=999)

    def __init__(self, *args, languages=("nl",), **kwargs):
        self.languages = languages
        super().__init__(*args, **kwargs)
        for language in languages:
            self.fields[f"text_{language}"] = forms.CharField(
                label=_("stelling (%s)") % dict(LANGUAGES)[language],
                required=False,
                max_length=400,
                widget=forms.Textarea(
                    attrs={"rows": 2, "cols": 40, "lang": language, "aria-label": dict(LANGUAGES)[language]}
                ),
            )
        if self.initial.get("bottleneck"):
            # Also when the register has dropped it since.
            own = Bottleneck.objects.filter(pk=self.initial["bottleneck"]).select_related("level")
            self.fields["bottleneck"].queryset = own
            self.fields["bottleneck"].widget = forms.HiddenInput()

    @property
    def texts(self):
        return [self[f"text_{language}"] for language in self.languages]


class Statements(NamedFields, forms.BaseFormSet):
    def clean(self):
        if any(self.errors):
            return
        kept = [form.cleaned_data for form in self.forms if _is_kept(form)]
        codes = [one["bottleneck"].pk for one in kept]
        if len(set(codes)) < len(codes):
            raise ValidationError(_("Een knelpunt kan maar één keer in een vragenlijst staan."))
        if not all(one["text_nl"].strip() for one in kept):
            raise ValidationError(_("Vul bij elke stelling de Nederlandse tekst in."))


def _is_kept(form):
    """An empty line at the end is none."""
    is_filled = bool(form.initial) or form.has_changed()
    return is_filled and not form.cleaned_data.get("DELETE")


StatementSet = forms.formset_factory(StatementForm, formset=Statements, extra=2, can_delete=True)


@admin.register(Questionnaire)
class QuestionnaireAdmin(GuardsEdits, OwnPages, admin.ModelAdmin):
    form = QuestionnaireForm
    change_form_template = "admin/survey/questionnaire_form.html"
    list_display = ["name", "version", "in_use", "locked_on"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [OpenQuestionInline]
    show_full_result_count = False

    @admin.display(description=gettext_lazy("staat"))
    def in_use(self, questionnaire):
        return _("Vast") if questionnaire.is_locked else _("Concept")

    def get_urls(self):
        return [
            self.page("stellingen/", self.statements_view, "statements"),
            self.page("nieuwe-versie/", self.copy_view, "copy"),
            self.page("papier/", self.paper_view, "paper"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request, obj=None):
        return not (obj and obj.is_locked) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return not (obj and (obj.is_locked or obj.rounds.exists())) and super().has_delete_permission(
            request, obj
        )

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj and obj.version > 1 else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            questionnaires.fill(obj)

    def statements_view(self, request, object_id):
        questionnaire = self.wanted(request, object_id, "view_questionnaire")
        may_change = self.has_change_permission(request, questionnaire)
        if request.method == "POST" and not may_change:
            raise PermissionDenied
        items = list(questionnaire.items.select_related("bottleneck", "level"))
        initial = [_initial(questionnaire, item) for item in items]
        state = seen.mark(initial)
        lines = StatementSet(
            request.POST or None,
            initial=initial,
            form_kwargs={"languages": questionnaire.languages},
        )
        is_stale = request.method == "POST" and request.POST.get("stand", state) != state
        if is_stale:
            self.say(request, questionnaires.Refused(_told_both(items, lines)))
        elif request.method == "POST" and lines.is_valid():
            try:
                questionnaires.arrange(questionnaire, _statements(questionnaire, lines))
            except questionnaires.Refused as refusal:
                self.say(request, refusal)
            else:
                self.say(request, done=_("De stellingen zijn bewaard."))
                return self.to("statements", questionnaire.pk)
        return self.show(
            request,
            "statements.html",
            questionnaire,
            _("Stellingen van %s") % questionnaire,
            may_change=may_change,
            lines=lines,
            state=state,
            rows=list(zip(items, lines.initial_forms, strict=False)),
            languages=[dict(LANGUAGES)[language] for language in questionnaire.languages],
        )

    def copy_view(self, request, object_id):
        questionnaire = self.wanted(request, object_id, "add_questionnaire")
        if request.method == "POST":
            made = questionnaires.copy(questionnaire)
            self.say(request, done=_("%s is gemaakt. U kunt hem nu wijzigen.") % made)
            return self.to("change", made.pk)
        return self.show(
            request,
            "confirm.html",
            questionnaire,
            _("Een nieuwe versie maken?"),
            text=_(
                "De nieuwe versie krijgt de actieve knelpunten in hun nieuwste tekst, en de kandidaten die uit open antwoorden komen. De oude versie blijft zoals zij is."
            ),
            button=_("Maak een nieuwe versie"),
        )

    def paper_view(self, request, object_id):
        questionnaire = self.wanted(request, object_id, "view_questionnaire")
        language = request.GET.get("taal", "nl")
        if language not in questionnaire.languages:
            language = "nl"
        with translation.override(language):
            return self.show(
                request,
                "paper.html",
                questionnaire,
                questionnaire.name,
                paper=paper.form_of(questionnaire),
                language=language,
            )


def _told_both(items, lines):
    """What a colleague made of it meanwhile, beside what was typed: that stays in the form."""
    now = [
        f"{item.code}: ‘{field.initial}’"
        for item, line in zip(items, lines.initial_forms, strict=False)
        for field in line.texts
        if field.initial and field.value() != field.initial
    ]
    return _(
        "Een ander wijzigde deze stellingen intussen. Er is nog niets bewaard en wat u typte staat er nog. Bewaar nog "
        "eens om uw tekst te houden. Nu staat er: %s"
    ) % ("; ".join(now) or _("hetzelfde als bij u"))


def _initial(questionnaire, item):
    texts = {
        f"text_{language}": (item.wordings.get(language) or {}).get("text", "")
        for language in questionnaire.languages
    }
    return {"bottleneck": item.bottleneck_id, "place": item.bit + 1} | texts


def _statements(questionnaire, lines):
    return [
        questionnaires.Statement(
            form.cleaned_data["bottleneck"],
            form.cleaned_data["place"],
            {language: form.cleaned_data[f"text_{language}"] for language in questionnaire.languages},
        )
        for form in lines.forms
        if _is_kept(form)
    ]
