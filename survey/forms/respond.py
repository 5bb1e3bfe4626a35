"""What a respondent fills in: one form for all screens, checked as a whole when it is sent."""

import uuid
from itertools import pairwise

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from survey.fieldwork.intake import Answers
from survey.fieldwork.shuffle import SEEDS, new_seed, order
from survey.models import RespondentRole
from survey.models.response import ELSEWHERE, PREFER_NOT

NONE = "geen"  # the value of "geen van deze"
MOST_WORDS = 2000


class WordsField(forms.CharField):
    """Browsers count a new line as one character and send two: count as they do."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class AnswerForm(forms.Form):
    """``asks_code``: the round lets in with a one-time code. ``is_unchecked``: it is only shown again, as it is, in
    another language."""

    def __init__(self, data=None, *, questions, asks_code=False, is_unchecked=False):
        super().__init__(data)
        self.is_unchecked = is_unchecked
        self.questions = questions
        self.seed = _seed(self.data.get("volgorde")) if self.is_bound else new_seed()
        if asks_code:
            self.fields["code"] = forms.CharField(
                max_length=40, error_messages={"required": _("Vul de code in die u hebt gekregen.")}
            )
        for page in questions.pages:
            codes = [(item.code, item.text) for item in page.items]
            self.fields[f"niveau-{page.level.slug}"] = forms.MultipleChoiceField(
                choices=[*codes, (NONE, "")], required=False
            )
        for question in questions.all_open:
            self.fields[f"woorden-{question.key}"] = WordsField(required=False, max_length=MOST_WORDS)
        prefer_not = (PREFER_NOT, _("Dat zeg ik liever niet"))
        if questions.municipalities:
            choices = [*questions.municipalities, (ELSEWHERE, _("Ergens anders")), prefer_not]
            self.fields["gemeente"] = forms.ChoiceField(choices=choices, required=False)
        if questions.asks_role:
            self.fields["rol"] = forms.ChoiceField(
                choices=[*RespondentRole.choices, prefer_not], required=False
            )

    @cached_property
    def key(self):
        """What was sent along, when it is a key at all; else a new one."""
        try:
            return uuid.UUID(self.data.get("sleutel", ""))
        except ValueError:
            return uuid.uuid4()

    def full_clean(self):
        super().full_clean()
        if self.is_unchecked:
            self._errors.clear()

    def clean(self):
        answers = super().clean()
        for page in self.questions.pages:
            name = f"niveau-{page.level.slug}"
            ticked = answers.get(name, [])
            if NONE in ticked and len(ticked) > 1:
                self.add_error(
                    name,
                    _("U kruiste stellingen aan en ook ‘geen van deze’. Haal een van beide weg."),
                )
        if not self.errors and not any(value for name, value in answers.items() if name != "code"):
            raise forms.ValidationError(
                _("U hebt nog niets ingevuld. Kruis aan wat u herkent, of kies ‘geen van deze’."), code="leeg"
            )
        return answers

    def answers(self):
        cleaned = self.cleaned_data
        by_level = {page.level.slug: cleaned[f"niveau-{page.level.slug}"] for page in self.questions.pages}
        return Answers(
            ticks=frozenset(code for codes in by_level.values() for code in codes if code != NONE),
            none=frozenset(level for level, codes in by_level.items() if NONE in codes),
            words={question.key: cleaned[f"woorden-{question.key}"] for question in self.questions.all_open},
            municipality=cleaned.get("gemeente", ""),
            role=cleaned.get("rol", ""),
        )

    def parts(self):
        """The steps with their fields, as the page shows them. ``is_first`` is shown first: where an error is, and
        of what is sent and can still be changed the last."""
        parts = [self._part(step) for step in self.questions.steps]
        for before, after in pairwise(parts):
            before["next"], after["before"] = after["step"], before["step"]
        is_whole = self.is_bound and not self.is_unchecked and not self.has_error(NON_FIELD_ERRORS, "leeg")
        first = next((part for part in parts if part["errors"]), parts[-1 if is_whole else 0])
        first["is_first"] = True
        return parts

    def _part(self, step):
        names = {
            "welkom": ["code"],
            "open": [f"woorden-{question.key}" for question in self.questions.open_questions],
            "achtergrond": ["gemeente", "rol"],
        }.get(step.name, [])
        if step.page:
            names = [f"niveau-{step.page.level.slug}"]
            names += [f"woorden-{step.page.other.key}"] if step.page.other else []
        fields = [self[name] for name in names if name in self.fields]
        part = {"step": step, "fields": fields, "errors": any(field.errors for field in fields)}
        if step.page:
            ticked = set(fields[0].value() or [])
            shuffled = order(step.page.items, self.seed, step.page.level.bit)
            part["options"] = [(item, item.code in ticked) for item in shuffled]
            part["is_none"] = NONE in ticked
        if step.name == "open":
            part["asked"] = list(zip(self.questions.open_questions, fields, strict=True))
        return part


def _seed(text):
    """A seed that can be kept; what is no seed is 0: the order is not known."""
    try:
        seed = int(text or 0)
    except ValueError:
        return 0
    return seed if 0 < seed < SEEDS else 0
