"""The statements of a questionnaire on one page, which two people may have before them at once.

A line is known by the code of its bottleneck, wherever it stands. What only the other changed stays, what both changed
is shown and nothing typed is lost (registry/foundation/edit_conflicts.py); so too with a line that the other took away or added.
"""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.foundation.edit_conflicts import MeetsOthersEdits
from registry.foundation.errors import Refused
from registry.models import Bottleneck
from survey.admin.pages import LANGUAGES, NamedFields
from survey.design import questionnaires, seen


class SeenMark(forms.CharField):
    """A mark of what was told of a line; it makes no line of an empty one."""

    def has_changed(self, initial, data):
        return False


class StatementForm(MeetsOthersEdits, forms.Form):
    """One line of the page; a text for each language of the questionnaire."""

    bottleneck = forms.ModelChoiceField(
        questionnaires.askable(),
        label=gettext_lazy("knelpunt"),
        empty_label=gettext_lazy("Kies een knelpunt"),
    )
    place = forms.IntegerField(label=gettext_lazy("plaats"), min_value=1, max_value=999)
    # That the other took it away, or what the other made of it.
    seen_mark = SeenMark(required=False, widget=forms.HiddenInput, label=gettext_lazy("gezien"))

    def __init__(self, *args, languages=("nl",), **kwargs):
        super().__init__(*args, **kwargs)
        self.text_names = [f"text_{language}" for language in languages]
        for language, name in zip(languages, self.text_names, strict=True):
            self.fields[name] = forms.CharField(
                label=_("stelling (%s)") % dict(LANGUAGES)[language],
                required=False,
                max_length=400,
                widget=forms.Textarea(
                    attrs={"rows": 2, "cols": 40, "lang": language, "aria-label": dict(LANGUAGES)[language]}
                ),
            )
        self.code = self.initial.get("bottleneck", "")
        self.is_gone = self.initial.get("is_gone", False)
        if self.code:
            # Also when the register has dropped it since.
            own = Bottleneck.objects.filter(pk=self.code).select_related("level")
            self.fields["bottleneck"].queryset = own
            self.fields["bottleneck"].widget = forms.HiddenInput()
            self.say_basis([self.fields[name] for name in self.compared])

    @property
    def compared(self):
        return ["place", *self.text_names]

    @property
    def texts(self):
        return [self[name] for name in self.text_names]

    @property
    def is_kept(self):
        """An empty line at the end is none, nor is one that the other took away and nobody typed in here."""
        if self.cleaned_data.get("DELETE"):
            return False
        return self._is_typed_in if self.is_gone or not self.code else True

    def tell(self, field, now, text):
        """Once, for how it is ``now``; who saves again knows."""
        mark = seen.mark(now)
        if self.cleaned_data.get("seen_mark") != mark:
            self.add_error(field, text)
            self.data = self.data.copy()
            self.data[self.add_prefix("seen_mark")] = mark

    @property
    def _is_typed_in(self):
        return bool(
            {"bottleneck", *self.compared} & set(self.changed_data) - ({"bottleneck"} if self.code else set())
        )

    def _post_clean(self):
        is_deleted = self.cleaned_data.get("DELETE")
        if not self.is_gone and not is_deleted:
            super()._post_clean()
        elif self.is_gone and not is_deleted and self._is_typed_in:
            text = _(
                "Een ander haalde deze stelling intussen weg. Uw tekst staat er nog: bewaar nog eens om de stelling "
                "terug te zetten, of kruis ‘Weg’ aan."
            )
            self.tell(None, None, text)


class Statements(NamedFields, forms.BaseFormSet):
    """``now``: the lines as they are, which need not be those that the page was made from."""

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, initial=now, **kwargs)
        self.now = {line["bottleneck"]: line for line in now}
        if self.is_bound:
            number = min(self.initial_form_count(), self.total_form_count())
            codes = [self.data.get(f"{self.add_prefix(index)}-bottleneck", "") for index in range(number)]
            self.initial = [self.now.get(code) or {"bottleneck": code, "is_gone": True} for code in codes]
            self.added = [line for code, line in self.now.items() if code not in codes]
        else:
            self.added = []

    def clean(self):
        self._tell_of_added()
        texts = [text for form in self.initial_forms if (text := self._of_changed_and_deleted(form))]
        if texts:
            raise ValidationError(texts)
        if any(self.errors):
            return
        codes = [row["bottleneck"].pk for row in self.remaining]
        if len(set(codes)) < len(codes):
            raise ValidationError(_("Een knelpunt kan maar één keer in een vragenlijst staan."))
        if not all(row["text_nl"].strip() for row in self.remaining):
            raise ValidationError(_("Vul bij elke stelling de Nederlandse tekst in."))

    @property
    def remaining(self):
        return [form.cleaned_data for form in self.forms if form.is_kept]

    @property
    def added_by_other(self):
        """Lines of which nothing stands on this page."""
        chosen = {form["bottleneck"].value() for form in self.extra_forms}
        return [line for line in self.added if line["bottleneck"] not in chosen]

    @property
    def gone(self):
        """What the other took away, and nobody put back."""
        return [form.code for form in self.initial_forms if form.is_gone and not form.is_kept]

    def _tell_of_added(self):
        added = {line["bottleneck"]: line for line in self.added}
        for form in self.extra_forms:
            chosen = form.cleaned_data.get("bottleneck") if hasattr(form, "cleaned_data") else None
            line = added.get(chosen and chosen.pk)
            if line and any(line[name] != form.cleaned_data.get(name) for name in form.text_names):
                text = _(
                    "Een ander zette deze stelling er intussen in: %s. Uw tekst staat er nog. Bewaar nog eens om die te "
                    "houden."
                )
                form.tell("bottleneck", line, text % _in_words(line))

    def _of_changed_and_deleted(self, form):
        if not form.cleaned_data.get("DELETE") or form.is_gone:
            return ""
        moved = [form[name] for name in form.compared if form.is_moved(form[name])]
        for bound in moved:
            form.see(bound)
        text = _(
            "U haalt %(code)s weg, en een ander wijzigde die intussen: %(now)s. Bewaar nog eens om die weg te halen."
        )
        return text % {"code": form.code, "now": _in_words(self.now[form.code])} if moved else ""


StatementSet = forms.formset_factory(StatementForm, formset=Statements, extra=2, can_delete=True)


class StatementPages:
    """Mixed into the admin of questionnaires."""

    def get_urls(self):
        return [self.page("stellingen/", self.statements_view, "statements"), *super().get_urls()]

    def statements_view(self, request, object_id):
        if request.method != "POST":
            questionnaire = self.wanted(request, object_id, "view_questionnaire")
            return self._show_statements(request, questionnaire, _lines(questionnaire))
        with transaction.atomic():
            questionnaire = self.wanted(request, object_id, "view_questionnaire")
            if not self.has_change_permission(request, questionnaire):
                raise PermissionDenied
            lines = _lines(questionnaire, request.POST)
            if lines.is_valid():
                try:
                    questionnaires.arrange(questionnaire, _statements(questionnaire, lines))
                except Refused as refusal:
                    self.say(request, refusal)
                else:
                    self.say(request, done=_told(lines))
                    return self.to("statements", questionnaire.pk)
        return self._show_statements(request, questionnaire, lines)

    def _show_statements(self, request, questionnaire, lines):
        return self.show(
            request,
            "statements.html",
            questionnaire,
            _("Stellingen van %s") % questionnaire,
            may_change=self.has_change_permission(request, questionnaire),
            lines=lines,
            added=[(line["bottleneck"], line["place"], _texts(line)) for line in lines.added_by_other],
            languages=[dict(LANGUAGES)[language] for language in questionnaire.languages],
        )


def _lines(questionnaire, data=None):
    items = questionnaire.items.select_related("bottleneck", "level")
    return StatementSet(
        data,
        now=[_line(questionnaire, item) for item in items],
        form_kwargs={"languages": questionnaire.languages},
    )


def _line(questionnaire, item):
    texts = {
        f"text_{language}": (item.wordings.get(language) or {}).get("text", "")
        for language in questionnaire.languages
    }
    return {"bottleneck": item.bottleneck_id, "place": item.bit + 1} | texts


def _texts(line):
    return [text for name, text in line.items() if name.startswith("text_")]


def _in_words(line):
    return " / ".join(f"‘{text}’" for text in _texts(line) if text) or _("(leeg)")


def _statements(questionnaire, lines):
    bottlenecks = Bottleneck.objects.select_related("level").in_bulk(
        [line["bottleneck"] for line in lines.added_by_other]
    )
    others = [line | {"bottleneck": bottlenecks[line["bottleneck"]]} for line in lines.added_by_other]
    return [
        questionnaires.Statement(
            line["bottleneck"],
            line["place"],
            {language: line[f"text_{language}"] for language in questionnaire.languages},
        )
        for line in [*lines.remaining, *others]
    ]


def _told(lines):
    messages_told = [_("De stellingen zijn bewaard.")]
    if added := [line["bottleneck"] for line in lines.added_by_other]:
        messages_told.append(_("Een ander voegde intussen toe: %s.") % ", ".join(added))
    if lines.gone:
        messages_told.append(_("Een ander haalde intussen weg: %s.") % ", ".join(lines.gone))
    return " ".join(messages_told)
