"""The yearly question, answered for owners who did not: staff asked around, and say what they were told."""

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.community.reminders import confirm_for_owners
from registry.foundation.errors import Refused


class AskedAround(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Hoe weet u dat?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Bijvoorbeeld: gebeld, of er geweest. De eigenaren lezen dit op hun pagina."),
    )


class YearlyAdmin:
    """Mixed into the admin of initiatives."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.asked_view)
        return [
            path("<path:object_id>/nagevraagd/", view, name="registry_initiative_asked"),
            *super().get_urls(),
        ]

    def asked_view(self, request, object_id):
        entry = self.get_object(request, unquote(object_id))
        if entry is None:
            raise Http404
        if not self.has_decide_permission(request):
            raise PermissionDenied
        form = AskedAround(request.POST or None)
        if form.is_valid():
            try:
                confirm_for_owners(entry, by=request.user, note=form.cleaned_data["note"])
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                self.message_user(request, _("De pagina is bevestigd."))
                return redirect("admin:registry_initiative_change", entry.pk)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "original": entry,
            "title": _("Nagevraagd: klopt %s nog?") % entry,
            "form": form,
        }
        return render(request, "admin/asked.html", context)
