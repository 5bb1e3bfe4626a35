"""The codebook of a round, and what a code becomes in the register."""

import uuid

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.foundation.errors import Refused
from registry.models import Initiative, Level
from survey.coding import double_coding, promotion
from survey.models import Code
from survey.open_answers import themes


class CodeForm(forms.Form):
    key = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("Kort, zonder spaties: dat typt u bij het coderen. Bijvoorbeeld ‘bus’."),
        error_messages={"invalid": gettext_lazy("Gebruik alleen letters, cijfers en streepjes.")},
    )
    label = forms.CharField(
        label=gettext_lazy("Betekenis"),
        max_length=300,
        help_text=gettext_lazy("In eigen woorden, zonder namen van mensen: dit kan op de site komen."),
    )


class PromoteForm(forms.Form):
    """What a code becomes. Which fields matter depends on the choice; what was typed stays."""

    NEEDS = {"knelpunt": ("level", "text"), "bevinding": ("level", "text"), "vermelding": ("initiative",)}

    what = forms.ChoiceField(
        label=gettext_lazy("Wat wordt het"),
        choices=[
            ("knelpunt", gettext_lazy("Een nieuw knelpunt (kandidaat)")),
            ("bevinding", gettext_lazy("Een bevinding bij een niveau")),
            ("vermelding", gettext_lazy("Een vermelding van een initiatief")),
        ],
        widget=forms.RadioSelect,
        initial="knelpunt",
    )
    level = forms.ModelChoiceField(
        Level.objects.all(),
        label=gettext_lazy("Niveau"),
        required=False,
        help_text=gettext_lazy("Bij een knelpunt of bevinding."),
    )
    text = forms.CharField(
        label=gettext_lazy("Stelling of bevinding"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=gettext_lazy("Bij een knelpunt: de stelling zoals mensen die aankruisen."),
    )
    initiative = forms.ModelChoiceField(
        Initiative.objects.order_by("name"),
        label=gettext_lazy("Initiatief"),
        required=False,
        help_text=gettext_lazy("Bij een vermelding."),
    )

    quotes = forms.MultipleChoiceField(
        label=gettext_lazy("Citaten"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Bij een knelpunt of vermelding, ten hoogste vijf. Wordt een antwoord later gewist, dan verdwijnt het ook daar."
        ),
    )

    def __init__(self, *args, quotes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quotes"].choices = [(str(unit.pk), _as_quoted(unit)) for unit in quotes]

    def clean_quotes(self):
        chosen = self.cleaned_data["quotes"]
        if len(chosen) > promotion.MOST_QUOTES:
            raise forms.ValidationError(
                _("Kies ten hoogste %(most)d citaten.") % {"most": promotion.MOST_QUOTES}
            )
        return chosen

    def clean(self):
        cleaned = super().clean()
        for name in self.NEEDS.get(cleaned.get("what"), ()):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Vul dit in."))
        return cleaned


def _as_quoted(unit):
    return f"“{unit.text}” ({_('bewerkt')})" if unit.answer.is_edited else f"“{unit.text}”"


PERMISSIONS = {
    "knelpunt": "registry.add_bottleneck",
    "bevinding": "registry.add_finding",
    "vermelding": "registry.add_mention",
}


class CodebookPages:
    """Mixed into the admin of rounds."""

    def get_urls(self):
        return [
            self.page("coderen/codeboek/", self.codebook_view, "codebook"),
            self.page("coderen/overnemen/<uuid:code>/", self.promote_view, "promote"),
            *super().get_urls(),
        ]

    def codebook_view(self, request, object_id):
        round = self.wanted(request, object_id, "screen_answers")
        plan = double_coding.plan_of(round)
        form = CodeForm(request.POST if "key" in request.POST else None)
        if request.method == "POST":
            try:
                if "key" not in request.POST:
                    self._change_code(request, round)
                    return self.to("codebook", round.pk)
                if form.is_valid():
                    double_coding.add_code(round, **form.cleaned_data, by=request.user)
                    self.say(request, done=_("De code is toegevoegd."))
                    return self.to("codebook", round.pk)
            except Refused as refusal:
                self.say(request, refusal)
        numbers = themes.respondents(round) if plan.is_frozen else {}
        return self.show(
            request,
            "codebook.html",
            round,
            _("Codeboek: %s") % round,
            plan=plan,
            form=form,
            rows=[
                (code, numbers.get(code.pk, 0), list(code.promotions.all()), double_coding.mark_of_code(code))
                for code in double_coding.codebook(round)
            ],
            kinds=Code.Kind,
            may_promote=any(map(request.user.has_perm, PERMISSIONS.values())),
        )

    def _change_code(self, request, round):
        code, act = _code(round, request.POST.get("code")), request.POST.get("doe")
        how = {"by": request.user, "seen": request.POST.get("stand", "")}
        if act == "voeg-samen":
            into = double_coding.merge(code, request.POST.get("met", ""), **how)
            message = _("Wat met ‘%(code)s’ is gecodeerd, telt nu voor ‘%(into)s’.")
            self.say(request, done=message % {"code": code.key, "into": into.key})
        else:
            double_coding.hide(code, act == "verberg", **how)

    def promote_view(self, request, object_id, code):
        round = self.wanted(request, object_id, "screen_answers")
        code = _code(round, str(code))
        if not any(map(request.user.has_perm, PERMISSIONS.values())):
            raise PermissionDenied
        if not double_coding.plan_of(round).is_frozen:
            self.say(request, Refused(_("Stel eerst het coderen vast.")))
            return self.to("codebook", round.pk)
        quotes = promotion.quotable(code)
        form = PromoteForm(request.POST or None, initial={"text": code.label}, quotes=quotes)
        if request.method == "POST" and form.is_valid():
            choices = form.cleaned_data
            if not request.user.has_perm(PERMISSIONS[choices["what"]]):
                raise PermissionDenied
            try:
                chosen = [unit for unit in quotes if str(unit.pk) in choices["quotes"]]
                promotion_made = _promote(
                    code, choices, chosen, by=request.user, seen=request.POST.get("stand", "")
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                self.say(request, done=_("Overgenomen in het register: %s.") % promotion_made.became)
                return self.to("codebook", round.pk)
        return self.show(
            request,
            "promote.html",
            round,
            _("Overnemen in het register: %s") % code.label,
            code=code,
            form=form,
            respondents=themes.respondents(round)[code.pk],
            mark=promotion.mark_of(code),
            too_long=len(double_coding.quotable(code)) - len(quotes),
            longest=promotion.LONGEST_QUOTE,
        )


def _promote(code, choices, quotes, **how):
    if choices["what"] == "knelpunt":
        return promotion.to_bottleneck(code, choices["level"], choices["text"], quotes=quotes, **how)
    if choices["what"] == "bevinding":
        return promotion.to_finding(code, choices["level"], choices["text"], **how)
    return promotion.to_mention(code, choices["initiative"], quotes=quotes, **how)


def _code(round, key):
    try:
        code = round.codes.filter(pk=uuid.UUID(key)).first()
    except (ValueError, AttributeError, TypeError) as no_key:
        raise Http404 from no_key
    if code is None:
        raise Http404
    return code
