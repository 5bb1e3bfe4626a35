"""Questionnaires: made from the register, arranged while they are a draft, copied once they are used."""

from django import forms
from django.contrib import admin
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.foundation.edit_conflicts import GuardsEdits, GuardsRows
from survey.admin.pages import LANGUAGES, LanguagesField, NamedInlines, OwnPages
from survey.admin.statements import StatementPages
from survey.design import questionnaires
from survey.fieldwork import paper
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


@admin.register(Questionnaire)
class QuestionnaireAdmin(GuardsEdits, StatementPages, OwnPages, admin.ModelAdmin):
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

    def copy_view(self, request, object_id):
        questionnaire = self.wanted(request, object_id, "add_questionnaire")
        if request.method == "POST":
            new_version = questionnaires.copy(questionnaire)
            self.say(request, done=_("%s is gemaakt. U kunt hem nu wijzigen.") % new_version)
            return self.to("change", new_version.pk)
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
