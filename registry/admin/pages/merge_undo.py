"""The page on which staff take a merge back."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.admin.base.reading import read_now
from registry.foundation.errors import Refused
from registry.lifecycle.merge_undo import merge_to_undo, undo


class UndoForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Waarom zijn dit er twee?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("De eigenaren van allebei lezen dit in een e-mail."),
    )


class UnmergingAdmin:
    """Mixed into the admin of initiatives."""

    def get_urls(self):
        page = self.admin_site.admin_view(self.unmerge_view)
        return [
            path("<path:object_id>/weer-twee/", page, name="registry_initiative_unmerge"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        entry = self.get_object(request, unquote(object_id)) if request.method == "GET" else None
        merged = {"merge": entry and merge_to_undo(entry)}
        return super().change_view(request, object_id, form_url, merged | (extra_context or {}))

    def unmerge_view(self, request, object_id):
        entry = self.get_object(request, unquote(object_id))
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if entry is None:
            raise Http404
        merge = merge_to_undo(entry)
        if merge and not self.get_queryset(request).filter(pk=merge.into_id).exists():
            text = _("Over de pagina waarmee deze is samengevoegd beslist u niet. Vraag het de provincie.")
            self.message_user(request, text, messages.ERROR)
            return redirect("admin:registry_initiative_change", entry.pk)
        form = UndoForm(request.POST or None)
        if form.is_valid():
            try:
                undo(entry, by=request.user, reason=form.cleaned_data["reason"])
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                text = _("‘%s’ is weer een eigen pagina. De eigenaren van allebei krijgen een e-mail.")
                self.message_user(request, text % entry, messages.SUCCESS)
                return redirect("admin:registry_initiative_change", entry.pk)
        [(entry, _version, content)] = read_now([entry], hidden=self._hidden(request))
        context = self.admin_site.each_context(request) | {
            "title": _("Samenvoeging van ‘%s’ ongedaan maken") % entry,
            "opts": self.opts,
            "entry": entry,
            "merge": merge,
            "content": content,
            "form": form,
        }
        return render(request, "admin/unmerge.html", context)
