"""Coding units one by one, by typing a code and Enter; and talking over what two coders saw differently."""

import uuid

from django import forms
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import User
from survey import coding
from survey.models import Coding, CodingPlan

Coder = Coding.Coder
ANSWER_FIELDS = ("answer__question__level", "answer__response__round")


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
            self.page("coderen/vaststellen/", self.freeze_view, "freeze"),
            *super().get_urls(),
        ]

    def coding_view(self, request, object_id):
        """Who codes, how far they are, and how far they agree."""
        round = self.wanted(request, object_id, "screen_answers")
        plan = coding.plan_of(round)
        may_plan = self.has_change_permission(request, round) and not plan.is_frozen
        form = PlanForm(request.POST or None, instance=plan) if may_plan else None
        if request.method == "POST":
            if form is None:
                raise PermissionDenied
            if form.is_valid():
                form.save()
                self.say(request, done=_("De verdeling is bewaard."))
                return self.to("coding", round.pk)
            plan.refresh_from_db()
        progress = coding.progress(round)
        return self.show(
            request,
            "coding.html",
            round,
            _("Coderen: %s") % round,
            plan=plan,
            form=form,
            coder=coding.coder_of(plan, request.user),
            progress=progress,
            # Before both are through, either could be led by it.
            agreement=coding.agreement_of(round) if progress.is_seen else [],
            themes=coding.themes_of(round),
        )

    def code_view(self, request, object_id):
        round = self.wanted(request, object_id, "screen_answers")
        plan = coding.plan_of(round)
        coder = coding.coder_of(plan, request.user)
        if coder is None:
            raise PermissionDenied(_("U staat niet op het codeerplan van deze meting."))
        mine = coding.to_code(round, coder).select_related(*ANSWER_FIELDS)
        typed, refused = "", None
        if request.method == "POST":
            unit = _one(mine, request.POST.get("eenheid"))
            typed = request.POST.get("code", "")
            try:
                coding.give(unit, typed, coder=coder)
            except coding.Refused as refusal:
                refused = str(refusal)
            else:
                return self.to("code", round.pk, query=f"?vorige={unit.pk}")
        elif asked := request.GET.get("eenheid"):
            unit = _one(mine, asked)
            given = unit.codings.filter(coder=coder).select_related("code").first()
            typed = given.code.key if given else ""
        else:
            unit = coding.uncoded(round, coder).select_related(*ANSWER_FIELDS).first()
        total, left = mine.count(), coding.uncoded(round, coder).count()
        return self.show(
            request,
            "code.html",
            round,
            _("Coderen: %s") % round,
            plan=plan,
            unit=unit,
            typed=typed,
            refused=refused,
            codes=coding.choices(round),
            previous=_previous(mine, request.GET.get("vorige"), coder),
            total=total,
            done=total - left,
        )

    def differences_view(self, request, object_id):
        round = self.wanted(request, object_id, "screen_answers")
        plan = coding.plan_of(round)
        if not coding.progress(round).is_seen:
            self.say(request, _("Nog niet: eerst moeten beide codeurs klaar zijn, zonder elkaar te zien."))
            return self.to("coding", round.pk)
        units = coding.units_of(round).filter(pk__in=coding.differences(round))
        if request.method == "POST":
            unit = _one(units.select_related(*ANSWER_FIELDS), request.POST.get("eenheid"))
            try:
                coding.give(
                    unit, request.POST.get("ander") or request.POST.get("code", ""), coder=Coder.TOGETHER
                )
            except coding.Refused as refusal:
                self.say(request, refusal)
            return self.to("differences", round.pk)
        unit = units.select_related(*ANSWER_FIELDS).first()
        return self.show(
            request,
            "differences.html",
            round,
            _("Verschillen: %s") % round,
            plan=plan,
            unit=unit,
            given=unit.codings.select_related("code").order_by("coder") if unit else [],
            codes=coding.choices(round),
            left=units.count(),
        )

    def freeze_view(self, request, object_id):
        round = self.wanted(request, object_id, "publish_round")
        coding.plan_of(round)
        if request.method == "POST":
            try:
                coding.freeze(round)
            except coding.Refused as refusal:
                self.say(request, refusal)
            else:
                self.say(request, done=_("Het coderen is vastgesteld."))
            return self.to("coding", round.pk)
        return self.show(
            request,
            "confirm.html",
            round,
            _("Het coderen vaststellen?"),
            text=_("Daarna verandert er niets meer aan de codes. De thema’s en de aantallen staan dan vast."),
            button=_("Stel vast"),
        )


def _who_may_code():
    held = Q(codename="screen_answers", content_type__app_label="survey")
    groups = Group.objects.filter(permissions__in=Permission.objects.filter(held))
    return User.objects.filter(
        Q(is_superuser=True) | Q(groups__in=groups), is_staff=True, is_active=True
    ).distinct()


def _one(units, text):
    try:
        found = units.filter(pk=uuid.UUID(text)).first()
    except (ValueError, AttributeError, TypeError) as no_key:
        raise Http404 from no_key
    if found is None:
        raise Http404
    return found


def _previous(units, text, coder):
    """What was coded just now, with its code, to correct a slip of the finger."""
    if not text:
        return None
    return _one(units, text).codings.filter(coder=coder).select_related("code").first()
