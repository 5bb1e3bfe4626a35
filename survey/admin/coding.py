"""Coding units one by one, by typing a code and Enter; and talking over what two coders saw differently."""

import uuid

from django import forms
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.foundation.errors import Refused
from registry.models import User
from survey.coding import double_coding
from survey.models import Coding, CodingPlan
from survey.open_answers import progress, themes

Coder = Coding.Coder
ANSWER_FIELDS = ("answer__question__questionnaire", "answer__response__round")
PER_PAGE = 100


class PlanForm(forms.ModelForm):
    class Meta:
        model = CodingPlan
        fields = ["first_coder", "second_coder", "share"]
        help_texts = {
            "share": gettext_lazy(
                "0: niemand codeert voor de tweede keer. Er is dan geen overeenstemming te melden."
            )
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("first_coder", "second_coder"):
            self.fields[name].queryset = _who_may_code()
            self.fields[name].empty_label = _("Nog niemand")


class CodingPages:
    """Mixed into the admin of rounds."""

    def get_urls(self):
        return [
            self.page("coderen/", self.coding_view, "coding"),
            self.page("coderen/volgende/", self.code_view, "code"),
            self.page("coderen/verschillen/", self.differences_view, "differences"),
            self.page("coderen/gedaan/", self.coded_view, "coded"),
            self.page("coderen/vergelijken/", self.compare_codes_view, "compare_codes"),
            self.page("coderen/vaststellen/", self.freeze_view, "freeze"),
            self.page("coderen/openzetten/", self.thaw_view, "thaw"),
            *super().get_urls(),
        ]

    def coding_view(self, request, object_id):
        """Who codes, how far they are, and how far they agree."""
        round = self.wanted(request, object_id, "screen_answers")
        plan = double_coding.plan_of(round)
        mark = double_coding.mark_of_plan(plan)
        may_plan = self.has_change_permission(request, round) and not plan.is_frozen
        form = PlanForm(request.POST or None, instance=plan) if may_plan else None
        if request.method == "POST":
            if form is None:
                raise PermissionDenied
            if form.is_valid():
                answers, seen = form.cleaned_data, request.POST.get("stand", "")
                who = answers["first_coder"], answers["second_coder"], answers["share"]
                try:
                    double_coding.assign(plan, *who, by=request.user, seen=seen)
                except Refused as refusal:
                    self.say(request, refusal)
                else:
                    self.say(request, done=_("De verdeling is bewaard."))
                return self.to("coding", round.pk)
            plan.refresh_from_db()
        now = double_coding.progress(round)
        return self.show(
            request,
            "coding.html",
            round,
            _("Coderen: %s") % round,
            plan=plan,
            form=form,
            mark=mark,
            coder=double_coding.coder_of(plan, request.user),
            progress=now,
            # Over what was compared alone: what is coded now could be led by nothing else.
            agreement=double_coding.agreement_of(round),
            overall=double_coding.agreement_overall_of(round),
            themes=themes.themes_of(round),
        )

    def code_view(self, request, object_id):
        round = self.wanted(request, object_id, "screen_answers")
        plan = double_coding.plan_of(round)
        coder = double_coding.coder_of(plan, request.user)
        if coder is None:
            raise PermissionDenied(_("U staat niet op het codeerplan van deze meting."))
        mine = double_coding.to_code(round, coder).select_related(*ANSWER_FIELDS)
        typed, refused = "", None
        if request.method == "POST":
            typed = request.POST.get("code", "")
            unit = _found(mine, request.POST.get("eenheid"))
            if unit is None:
                return self._gone(request, round, "code", typed)
            try:
                seen = request.POST.get("stand", "")
                double_coding.give(unit, typed, coder=coder, by=request.user, seen=seen)
            except Refused as refusal:
                refused = str(refusal)
                unit = _found(mine, unit.pk)
                if unit is None:
                    return self._gone(request, round, "code", typed)
            else:
                return self.to("code", round.pk, query=f"?vorige={unit.pk}")
        elif unit_key := request.GET.get("eenheid"):
            unit = _found(mine, unit_key)
            if unit is None:
                return self._gone(request, round, "code")
            own_code = double_coding.own_code(unit, request.user)
            typed = own_code.code.key if own_code else ""
        else:
            unit = double_coding.uncoded(round, coder).select_related(*ANSWER_FIELDS).first()
        total, left = mine.count(), double_coding.uncoded(round, coder).count()
        return self.show(
            request,
            "code.html",
            round,
            _("Coderen: %s") % round,
            plan=plan,
            unit=unit,
            typed=typed,
            refused=refused,
            codes=double_coding.choices(round),
            mark=unit and double_coding.mark_of_unit(unit, coder, request.user),
            previous=_previous(mine, request.GET.get("vorige"), request.user),
            total=total,
            done=total - left,
        )

    def differences_view(self, request, object_id):
        round = self.wanted(request, object_id, "screen_answers")
        plan = double_coding.plan_of(round)
        if not progress.compared(round):
            self.say(request, _("Nog niet: eerst moeten beide codeurs klaar zijn, zonder elkaar te zien."))
            return self.to("coding", round.pk)
        left, agreed = double_coding.differences(round), double_coding.agreed(round)
        open_or_agreed = Q(pk__in=left) | Q(pk__in=agreed.order_by().values("unit"))
        units = double_coding.units_of(round).filter(open_or_agreed).select_related(*ANSWER_FIELDS)
        if request.method == "POST":
            typed = request.POST.get("ander") or request.POST.get("code", "")
            unit = _found(units, request.POST.get("eenheid"))
            if unit is None:
                return self._gone(request, round, "differences", typed)
            try:
                seen = request.POST.get("stand", "")
                double_coding.give(unit, typed, coder=Coder.TOGETHER, by=request.user, seen=seen)
            except Refused as refusal:
                self.say(request, refusal)
            return self.to("differences", round.pk)
        unit_key = request.GET.get("eenheid")
        unit = _found(units, unit_key) if unit_key else units.filter(pk__in=left).first()
        if unit_key and unit is None:
            return self._gone(request, round, "differences")
        codings = list(unit.codings.select_related("code").order_by("coder")) if unit else []
        return self.show(
            request,
            "differences.html",
            round,
            _("Verschillen: %s") % round,
            plan=plan,
            unit=unit,
            mark=unit and double_coding.mark_of_unit(unit, Coder.TOGETHER),
            given=[coding for coding in codings if coding.coder != Coder.TOGETHER],
            became=next((coding.code for coding in codings if coding.coder == Coder.TOGETHER), None),
            codes=double_coding.choices(round),
            left=len(left),
            agreed=Paginator(agreed, PER_PAGE).get_page(request.GET.get("pagina")),
        )

    def freeze_view(self, request, object_id):
        return self.take_step(
            request,
            object_id,
            "freeze",
            double_coding.freeze,
            _("Het coderen vaststellen?"),
            _("Daarna verandert er niets meer aan de codes. De thema’s en de aantallen staan dan vast."),
            _("Stel vast"),
            _("Het coderen is vastgesteld."),
            right="publish_round",
            back="coding",
        )

    def thaw_view(self, request, object_id):
        return self.take_step(
            request,
            object_id,
            "thaw",
            double_coding.thaw,
            _("Het coderen weer openzetten?"),
            _(
                "De codes blijven. Wat al vergeleken is, blijft staan; wat erbij kwam, kan worden gecodeerd. Wat één "
                "persoon codeerde, was intussen voor iedereen te lezen: daarvan krijgt de tweede codeur niets meer."
            ),
            _("Zet weer open"),
            _("Het coderen staat weer open."),
            right="publish_round",
            back="coding",
        )

    def compare_codes_view(self, request, object_id):
        round = self.wanted(request, object_id, "screen_answers")
        double_coding.plan_of(round)
        if request.method == "POST":
            try:
                double_coding.compare(round, by=request.user, seen=request.POST.get("stand", ""))
            except Refused as refusal:
                self.say(request, refusal)
            else:
                self.say(request, done=_("De codes zijn vergeleken. Bespreek nu samen wat er verschilt."))
            return self.to("coding", round.pk)
        return self.show(
            request,
            "confirm.html",
            round,
            _("De codes van beide codeurs vergelijken?"),
            text=_(
                "Daarna ziet iedereen wat de ander vond. Wat beiden vonden, verandert dan niet meer: daaruit komt de "
                "overeenstemming. Wat later nog binnenkomt, codeert u weer zonder elkaar te zien."
            ),
            button=_("Vergelijk"),
            mark=double_coding.mark_of_progress(round),
        )

    def coded_view(self, request, object_id):
        """What one coded oneself, by code, to look again; when it is fixed, what it became."""
        round = self.wanted(request, object_id, "screen_answers")
        plan = double_coding.plan_of(round)
        codings = Coding.objects.filter(unit__answer__response__round=round).select_related("code", "unit")
        if plan.is_frozen:
            codings = codings.filter(coder__in=(Coder.FIRST, Coder.TOGETHER))
        else:
            codings = codings.filter(seat__person=request.user)
        if chosen := request.GET.get("code", ""):
            codings = codings.filter(code__key=chosen)
        page = Paginator(codings.order_by("code__key", "pk"), PER_PAGE).get_page(request.GET.get("pagina"))
        return self.show(
            request,
            "coded.html",
            round,
            _("Gecodeerd: %s") % round,
            plan=plan,
            page=page,
            codes=double_coding.codebook(round),
            chosen=chosen,
        )

    def _gone(self, request, round, page, typed=""):
        message = _("Dit stuk tekst is intussen gewijzigd, gewist of al besproken. Hier is het volgende.")
        if typed:
            message += " " + _("Uw code ‘%s’ is niet bewaard.") % typed[:40]
        self.say(request, message)
        return self.to(page, round.pk)


def _who_may_code():
    held = Q(codename="screen_answers", content_type__app_label="survey")
    groups = Group.objects.filter(permissions__in=Permission.objects.filter(held))
    return User.objects.filter(
        Q(is_superuser=True) | Q(groups__in=groups), is_staff=True, is_active=True
    ).distinct()


def _found(units, key):
    """The unit with this key, or None when it is not there any more."""
    try:
        return units.filter(pk=uuid.UUID(str(key))).first()
    except ValueError as no_key:
        raise Http404 from no_key


def _previous(units, text, person):
    """What was coded just now, with its code, to correct a slip of the finger."""
    unit = _found(units, text) if text else None
    return unit and double_coding.own_code(unit, person)
