"""The duplicate workbench: likely pairs side by side, to merge, to tell apart, or to bring together."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from registry import introductions
from registry.lookalikes import likely_pairs, say_different
from registry.merging import merge
from registry.models import Initiative
from registry.moderation import NotAllowed

COMPARED = [
    "status", "municipality", "place", "kind", "summary", "run_by", "organisation", "website", "activity", "changed_at",
]  # fmt: skip


class PairsAdmin:
    """Mixed into the admin of initiatives."""

    def get_urls(self):
        pairs = self.admin_site.admin_view(self.pairs_view)
        return [path("dubbel/", pairs, name="registry_initiative_pairs"), *super().get_urls()]

    def pairs_view(self, request):
        if not self.has_decide_permission(request):
            raise PermissionDenied
        visible = Initiative.objects.visible_to(request.user)
        if request.method == "POST":
            first, second = (self._one(visible, request.POST.get(name)) for name in ("eerste", "tweede"))
            try:
                self.message_user(request, self._act(request, first, second), messages.SUCCESS)
            except NotAllowed as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            return redirect("admin:registry_initiative_pairs")
        pairs = [
            (first, likeness, self._compared(first, likeness.initiative))
            for first, likeness in likely_pairs(
                visible.select_related("municipality", "place", "organisation")
            )
        ]
        context = self.admin_site.each_context(request) | {
            "title": _("Lijken op elkaar"),
            "opts": self.opts,
            "pairs": pairs,
        }
        return render(request, "admin/pairs.html", context)

    def _act(self, request, first, second):
        reason = request.POST.get("reden", "").strip()[:2000]
        act = request.POST.get("doe")
        if act == "houd-eerste":
            merge(second, first, by=request.user, reason=reason)
            return _("Samengevoegd: ‘%s’ blijft.") % first
        if act == "houd-tweede":
            merge(first, second, by=request.user, reason=reason)
            return _("Samengevoegd: ‘%s’ blijft.") % second
        if act == "geen-dubbel":
            say_different(first, second, by=request.user)
            return _("Onthouden: dit zijn er twee.")
        if act == "samen":
            introductions.ask(first, second, why=reason or _("Uw initiatieven lijken op elkaar."))
            say_different(first, second, by=request.user)
            return _("Allebei krijgen een e-mail met de vraag om kennis te maken.")
        raise NotAllowed(_("Kies wat er moet gebeuren."))

    def _one(self, visible, key):
        found = (
            visible.filter(pk=key).first()
            if key and key.isascii() and key.isdigit() and len(key) < 19
            else None
        )
        if found is None:
            raise Http404
        return found

    def _compared(self, first, second):
        """(label, value of the one, value of the other, whether they differ)."""
        for name in COMPARED:
            one, other = _shown(first, name), _shown(second, name)
            yield self.model._meta.get_field(name).verbose_name, one, other, one != other


def _shown(initiative, name):
    display = getattr(initiative, f"get_{name}_display", None)
    return display() if display else getattr(initiative, name)
