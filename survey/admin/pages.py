"""What the pages of our own in the admin share: an object that one may see, a permission, the look of the site."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LANGUAGES = settings.LANGUAGES


class LanguagesField(forms.MultipleChoiceField):
    """Languages as boxes to tick; Dutch is always there, since the others fall back on it."""

    def __init__(self, **kwargs):
        super().__init__(
            choices=LANGUAGES,
            widget=forms.CheckboxSelectMultiple,
            initial=["nl"],
            **{"required": True, "label": gettext_lazy("Talen")} | kwargs,
        )

    def clean(self, value):
        chosen = super().clean(value)
        if "nl" not in chosen:
            raise forms.ValidationError(_("Kies ook Nederlands: andere talen vallen daarop terug."))
        return [code for code, _name in LANGUAGES if code in chosen]


class NamedFields:
    """For a set of forms in a table, where a field has no label beside it: it carries its own name."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", str(field.label))


class NamedInlines(NamedFields, forms.BaseInlineFormSet):
    pass


class OwnPages:
    """For a ModelAdmin with pages of its own under ``<pk>/…/``."""

    def page(self, route, view, name):
        return path(f"<path:object_id>/{route}", self.admin_site.admin_view(view), name=self.url_name(name))

    def url_name(self, name):
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def wanted(self, request, object_id, permission):
        """The object, for who holds ``permission`` (a name in this app)."""
        if not request.user.has_perm(f"{self.opts.app_label}.{permission}"):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return row

    def show(self, request, template, entry, title, **context):
        shared = self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "entry": entry,
            "has_view_permission": self.has_view_permission(request),
        }
        return render(request, f"admin/survey/{template}", shared | context)

    def to(self, name, *args, query=""):
        response = redirect(f"admin:{self.url_name(name)}", *args)
        response["Location"] += query
        return response

    def say(self, request, refusal=None, done=""):
        if refusal is None:
            messages.success(request, done)
        else:
            messages.error(request, str(refusal))
