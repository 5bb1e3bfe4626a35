"""The duplicate workbench: likely pairs side by side, to merge, to tell apart, or to bring together."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registry.admin.base.reading import changes_since, read_now
from registry.community import introductions
from registry.foundation.errors import Refused
from registry.lifecycle.merge import merge
from registry.models import Initiative
from registry.moderation.duplicates import likely_pairs, say_different
from registry.moderation.versions import Changed, as_read


class PairsAdmin:
    """Mixed into the admin of initiatives."""

    def get_urls(self):
        pairs = self.admin_site.admin_view(self.pairs_view)
        return [path("dubbel/", pairs, name="registry_initiative_pairs"), *super().get_urls()]

    def pairs_view(self, request):
        if not self.has_decide_permission(request):
            raise PermissionDenied
        visible = Initiative.objects.visible_to(request.user)
        changes, hidden = {}, self._hidden(request)
        if request.method == "POST":
            first, second = (self._one(visible, request.POST.get(name)) for name in ("eerste", "tweede"))
            try:
                self.message_user(request, self._act(request, first, second), messages.SUCCESS)
                return redirect("admin:registry_initiative_pairs")
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
                if isinstance(refusal, Changed):
                    changes = {refusal.entry.pk: changes_since(refusal.entry, refusal.read, hidden=hidden)}
        likely = list(likely_pairs(visible.select_related("municipality", "place", "organisation")))
        both = {
            initiative.pk: initiative
            for first, likeness in likely
            for initiative in (first, likeness.initiative)
        }
        read = {
            entry.pk: (version, content) for entry, version, content in read_now(both.values(), hidden=hidden)
        }
        context = self.admin_site.each_context(request) | {
            "title": _("Lijken op elkaar"),
            "opts": self.opts,
            "pairs": [
                Pair(first, likeness, read, changes, request.POST)
                for first, likeness in likely
                if {first.pk, likeness.initiative.pk} <= set(read)
            ],
        }
        return render(request, "admin/pairs.html", context)

    def _act(self, request, first, second):
        reason = request.POST.get("reden", "").strip()[:2000]
        act = request.POST.get("doe")
        check = as_read(
            {
                first.pk: request.POST.get("las-eerste", ""),
                second.pk: request.POST.get("las-tweede", ""),
            }
        )
        if act == "houd-eerste":
            merge(second, first, by=request.user, reason=reason, check=check)
            return _("Samengevoegd: ‘%s’ blijft.") % first
        if act == "houd-tweede":
            merge(first, second, by=request.user, reason=reason, check=check)
            return _("Samengevoegd: ‘%s’ blijft.") % second
        for entry in (first, second):
            check(entry)
        if act == "geen-dubbel":
            say_different(first, second, by=request.user)
            return _("Onthouden: dit zijn er twee.")
        if act == "samen":
            introductions.ask(first, second, why=reason or _("Uw initiatieven lijken op elkaar."))
            say_different(first, second, by=request.user)
            return _("Allebei krijgen een e-mail met de vraag om kennis te maken.")
        raise Refused(_("Kies wat er moet gebeuren."))

    def _one(self, visible, key):
        pair = (
            visible.filter(pk=key).first()
            if key and key.isascii() and key.isdigit() and len(key) < 19
            else None
        )
        if pair is None:
            raise Http404
        return pair


class Pair:
    """Two that are alike, with the content of both side by side; ``given``: what was sent about two, when it was refused."""

    def __init__(self, first, likeness, read, changes, choices):
        self.first, self.second, self.reasons = first, likeness.initiative, likeness.reasons
        (self.first_read, first_content), (self.second_read, second_content) = (
            read[side.pk] for side in (self.first, self.second)
        )
        status = capfirst(_("status"))
        self.compared = _side_by_side(
            [(status, self.first.get_status_display()), *first_content],
            [(status, self.second.get_status_display()), *second_content],
        )
        self.changes = [*changes.get(self.first.pk, []), *changes.get(self.second.pk, [])]
        is_sent = (choices.get("eerste"), choices.get("tweede")) == (str(self.first.pk), str(self.second.pk))
        self.reason = choices.get("reden", "") if is_sent else ""


def _side_by_side(first, second):
    """(label, words of the one, words of the other, whether they differ)."""
    first, second = dict(first), dict(second)
    labels = [label for label in first if label in second] + [
        label for side, beside in ((first, second), (second, first)) for label in side if label not in beside
    ]
    return [
        (label, first.get(label, ""), second.get(label, ""), first.get(label) != second.get(label))
        for label in labels
    ]
