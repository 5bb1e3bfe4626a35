"""Typing in paper forms: keyboard only, each number twice, differences side by side."""

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.foundation.errors import Refused
from survey.admin.pages import LANGUAGES
from survey.fieldwork import double_entry, paper
from survey.models import PaperForm

LONGEST = 2000
HIGHEST = 99_999


class KeyForm(forms.Form):
    """One paper form. Every field is one line, so that Enter sends it."""

    number = forms.IntegerField(
        label=gettext_lazy("Nummer op het papier"), min_value=1, max_value=HIGHEST, localize=False
    )
    codes = forms.CharField(
        label=gettext_lazy("Codes"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("Met spaties ertussen: M1 M3 B0 R2 G34 W1. Hoofdletters hoeven niet."),
    )

    def __init__(self, *args, round, questions, **kwargs):
        super().__init__(*args, **kwargs)
        self.round = round
        self.questions = questions
        for question in questions:
            label = f"{question.level_name}: {question.text}" if question.level_id else question.text
            self.fields[f"words-{question.key}"] = forms.CharField(
                label=label, required=False, max_length=LONGEST
            )
        self.fields["filled_in_on"] = forms.DateField(
            label=gettext_lazy("Ingevuld op"),
            required=False,
            help_text=gettext_lazy("De dag die telt: ook als de meting nu dicht of vol is."),
        )
        if len(round.languages) > 1:
            names = dict(LANGUAGES)
            self.fields["language"] = forms.ChoiceField(
                label=gettext_lazy("Taal van het papier"),
                choices=[(code, names[code]) for code in round.languages],
            )
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off", "class": "vTextField"}
        self.fields["filled_in_on"].initial = double_entry.day_of(round)
        self.fields["codes"].widget.attrs |= {"autofocus": True, "autocapitalize": "characters"}
        if self.is_bound:
            self.fields["codes"].widget.attrs["spellcheck"] = "false"

    def clean_codes(self):
        try:
            return paper.read(self.round.questionnaire, self.cleaned_data["codes"])
        except Refused as mistake:
            raise forms.ValidationError(list(mistake.messages)) from mistake

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned["codes"] and not any(self.words.values()):
            raise forms.ValidationError(
                _("Er is niets ingevuld. Is het papier leeg? Sla dit nummer dan over.")
            )
        return cleaned

    @property
    def words(self):
        return {question.key: self.cleaned_data[f"words-{question.key}"] for question in self.questions}


class KeyingPages:
    """Mixed into the admin of rounds."""

    def get_urls(self):
        return [
            self.page("invoeren/", self.key_in_view, "key_in"),
            self.page("invoeren/<int:number>/verschil/", self.compare_view, "compare"),
            self.page("invoeren/<int:number>/weg/", self.throw_away_view, "throw_away"),
            *super().get_urls(),
        ]

    def key_in_view(self, request, object_id):
        round = self.wanted(request, object_id, "key_in_round")
        questions = paper.form_of(round.questionnaire).words
        form = KeyForm(request.POST or None, initial=_next(request, round), round=round, questions=questions)
        if request.method == "POST" and form.is_valid():
            try:
                entry = double_entry.key_in(
                    round,
                    form.cleaned_data["number"],
                    form.cleaned_data["codes"],
                    form.words,
                    language=form.cleaned_data.get(
                        "language", round.languages[0] if round.languages else "nl"
                    ),
                    filled_in_on=form.cleaned_data["filled_in_on"],
                    by=request.user,
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._after(request, round, entry)
        return self.show(
            request,
            "key_in.html",
            round,
            _("Papier invoeren: %s") % round,
            form=form,
            lists=double_entry.lists(round),
        )

    def _after(self, request, round, form):
        if form.is_done:
            self.say(
                request, done=_("Formulier %d is twee keer hetzelfde ingevoerd en opgeslagen.") % form.number
            )
            return self.to("key_in", round.pk, query="?keer=2")
        if form.second is None:
            self.say(request, done=_("Formulier %d is één keer ingevoerd.") % form.number)
            return self.to("key_in", round.pk)
        count = len(double_entry.differences(form))
        self.say(
            request,
            ngettext(
                "Bij formulier %(number)d is er %(count)d verschil. Kijk op het papier en kies wat klopt.",
                "Bij formulier %(number)d zijn er %(count)d verschillen. Kijk op het papier en kies wat klopt.",
                count,
            )
            % {"number": form.number, "count": count},
        )
        return self.to("compare", round.pk, form.number)

    def compare_view(self, request, object_id, number):
        round = self.wanted(request, object_id, "key_in_round")
        form = PaperForm.objects.filter(round=round, number=number, is_done=False).first()
        if form is None:
            raise Http404
        if request.method == "POST":
            how = {"by": request.user, "seen": request.POST.get("stand", "")}
            try:
                if request.POST.get("doe") == "opnieuw":
                    double_entry.start_over(form, **how)
                    self.say(request, done=_("Formulier %d is leeg. Voer het opnieuw in.") % number)
                    return self.to("key_in", round.pk, query=f"?nummer={number}")
                double_entry.settle(form, request.POST, **how)
            except Refused as refusal:
                self.say(request, refusal)
                form = PaperForm.objects.filter(round=round, number=number, is_done=False).first()
                if form is None:
                    return self.to("key_in", round.pk)
            else:
                self.say(request, done=_("Formulier %d is opgeslagen.") % number)
                # It was the second time, so the pile goes on there.
                return self.to("key_in", round.pk, query="?keer=2")
        return self.show(
            request,
            "compare.html",
            round,
            _("Formulier %d: wat klopt?") % number,
            differences=double_entry.differences(form),
            number=number,
            mark=double_entry.mark_of(form),
            chosen=request.POST,
        )

    def throw_away_view(self, request, object_id, number):
        """Also when the round takes no paper any more: what was typed once must not be in the way for ever."""
        round = self.wanted(request, object_id, "key_in_round")
        form = PaperForm.objects.filter(round=round, number=number, is_done=False).first()
        if form is None:
            self.say(request, _("Wat voor formulier %d was ingevoerd, is al weg of opgeslagen.") % number)
            return self.to("key_in", round.pk)
        if request.method == "POST":
            try:
                double_entry.start_over(form, by=request.user, seen=request.POST.get("stand", ""))
            except Refused as refusal:
                self.say(request, refusal)
            else:
                self.say(request, done=_("Wat voor formulier %d was ingevoerd, is weg.") % number)
            return self.to("key_in", round.pk)
        return self.show(
            request,
            "confirm.html",
            round,
            _("Formulier %d weggooien?") % number,
            text=_(
                "Wat voor dit nummer is ingevoerd, gaat weg en telt niet mee. Het papier kunt u opnieuw invoeren."
            ),
            button=_("Gooi weg"),
            mark=double_entry.mark_of(form),
        )


def _next(request, round):
    """The number that comes after: of the whole pile the first time, of what was typed once the second."""
    number = request.GET.get("nummer", "")
    if number.isascii() and number.isdigit() and len(number) < 6:
        return {"number": int(number)}
    lists = double_entry.lists(round)
    if request.GET.get("keer") == "2" and lists["once"]:
        return {"number": lists["once"][0].number}
    return {"number": lists["next"]}
