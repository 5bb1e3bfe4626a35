"""Deleting an entry, one or many: with the reason, which who kept the page reads in a letter."""

from contextlib import suppress

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.lifecycle import deletion
from registry.moderation.locks import Gone

MOST = 2000  # characters


class DeletesWithReason:
    """Mixed into the admin of entries."""

    delete_confirmation_template = "admin/delete_with_reason.html"
    delete_selected_confirmation_template = "admin/delete_many_with_reason.html"

    def get_actions(self, request):
        actions = super().get_actions(request)
        if "delete_selected" in actions:
            actions["delete_selected"] = (delete_many, *actions["delete_selected"][1:])
        return actions

    def delete_view(self, request, object_id, extra_context=None):
        if request.method == "POST" and not _reason(request):
            _ask(self, request)
            return HttpResponseRedirect(request.get_full_path())
        try:
            return super().delete_view(request, object_id, extra_context)
        except Gone as gone:
            self.message_user(request, str(gone), messages.ERROR)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def log_deletions(self, request, queryset):
        """Does nothing: what was really deleted is logged in delete_queryset, since a colleague may be first."""

    def delete_model(self, request, obj):
        with transaction.atomic():
            deletion.delete(obj, by=request.user, reason=_reason(request))
            super().log_deletions(request, [obj])

    def delete_queryset(self, request, queryset):
        for entry in queryset.order_by("pk"):
            # What was merged into another of these went with it; a colleague may have deleted one.
            with suppress(Gone):
                self.delete_model(request, entry)


@admin.action(permissions=["delete"], description=gettext_lazy("Verwijderen"))
def delete_many(modeladmin, request, queryset):
    """As Django does it, once somebody said why."""
    if request.POST.get("post") and not _reason(request):
        _ask(modeladmin, request)
        request.POST = request.POST.copy()
        del request.POST["post"]
    return delete_selected(modeladmin, request, queryset)


def _reason(request):
    return request.POST.get("reden", "").strip()[:MOST]


def _ask(modeladmin, request):
    modeladmin.message_user(request, _("Schrijf op waarom. Er is niets verwijderd."), messages.ERROR)
