"""The texts of the letters: edited with what the reader gets beside them, and each version of before, to put back."""

import re
from dataclasses import replace

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import linebreaksbr, truncatechars
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from post_office.models import EmailTemplate

from registry.admin.base.differences import compared, shortened
from registry.foundation import ratelimit
from registry.foundation.edit_conflicts import GuardsEdits
from registry.mail import letters
from registry.mail.wording import rules, texts
from registry.mail.wording.blanks import LONGEST_TEXT, written
from registry.mail.wording.kinds import KINDS
from registry.models import LetterVersion

admin.site.unregister(EmailTemplate)

LETTERS_TO_ONESELF = 20  # an hour
VERSIONS_ON_A_PAGE = 20


class LetterForm(forms.ModelForm):
    class Meta:
        model = EmailTemplate
        fields = ["subject", "content"]
        labels = {"subject": gettext_lazy("Onderwerp"), "content": gettext_lazy("Tekst")}
        help_texts = {
            "content": gettext_lazy(
                "Wat tussen {{ en }} staat, vult de site in. Een lege regel begint een nieuwe alinea."
            )
        }
        widgets = {
            "subject": forms.TextInput(attrs={"class": "vTextField"}),
            "content": forms.Textarea(attrs={"class": "vLargeTextField", "rows": 20}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # A browser would cut off what was pasted, and say nothing.
            field.widget.attrs.pop("maxlength", None)

    def clean_subject(self):
        return self._able_to_go("subject", rules.subject_mistakes)

    def clean_content(self):
        return self._able_to_go("content", rules.text_mistakes)

    def _able_to_go(self, name, mistakes_in):
        if mistakes := mistakes_in(self.instance.name, self.cleaned_data[name]):
            raise forms.ValidationError(mistakes)
        return self.cleaned_data[name]

    def typed(self):
        """Subject and text that stand in the form, mistakes and all."""
        cleaned = self.cleaned_data if self.is_bound else {}
        return [cleaned.get(name, self[name].value()) or "" for name in ("subject", "content")]


class ShownAgain:
    """Mixin for a form that is sent for a preview: it shows what was typed and saves nothing."""

    def is_valid(self):
        super().is_valid()
        return False


class WhatGoesOut(admin.SimpleListFilter):
    title = gettext_lazy("wat uitgaat")
    parameter_name = "gaat-uit"

    def lookups(self, request, model_admin):
        return [("deze-tekst", _("deze tekst")), ("eerste-tekst", _("de eerste tekst: deze kan zo niet"))]

    def queryset(self, request, queryset):
        if self.value() == "eerste-tekst":
            return queryset.filter(name__in=texts.not_going())
        if self.value() == "deze-tekst":
            return queryset.exclude(name__in=texts.not_going())
        return queryset


@admin.register(EmailTemplate)
class LetterAdmin(GuardsEdits, admin.ModelAdmin):
    form = LetterForm
    # The package's own gets scripts from another site.
    change_form_template = "admin/letter_change_form.html"
    list_display = ["above", "name", "occasion", "goes_out"]
    list_display_links = ["above"]
    list_filter = [WhatGoesOut]
    ordering = ["name"]
    search_fields = ["name", "subject", "content"]
    readonly_fields = ["occasion", "earlier"]
    show_full_result_count = False

    def get_queryset(self, request):
        return texts.rows()

    def get_fields(self, request, obj=None):
        fields = ["occasion", "subject", "content"]
        return [*fields, "earlier"] if obj and obj.html_content else fields

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path(
                "<path:object_id>/history/<str:version>/",
                view(self.version_view),
                name="post_office_emailtemplate_version",
            ),
            *super().get_urls(),
        ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    # The list

    def changelist_view(self, request, extra_context=None):
        if request.method == "GET" and self.has_change_permission(request):
            for name in texts.put_back():
                text = _("De tekst van de brief ‘%s’ was weg. De eerste tekst staat er weer.")
                self.message_user(request, text % name, messages.WARNING)
        return super().changelist_view(request, extra_context)

    @admin.display(description=gettext_lazy("onderwerp"), ordering="subject")
    def above(self, template):
        return truncatechars(template.subject.strip(), 200) or _("(leeg)")

    @admin.display(description=gettext_lazy("wanneer"))
    def occasion(self, template):
        return texts.first_texts()[template.name][2]

    @admin.display(description=gettext_lazy("wat uitgaat"))
    def goes_out(self, template):
        if texts.can_go(template.name, template.subject, template.content):
            return _("deze tekst")
        return format_html("<strong>{}</strong>", _("de eerste tekst: deze kan zo niet"))

    # Editing

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        is_draft = request.method == "POST" and {"_bekijk", "_proef"} & set(request.POST)
        return type(form.__name__, (ShownAgain, form), {}) if is_draft else form

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        if form.is_bound and "_proef" in request.POST:
            self._send_to_oneself(request, form)
        subject, text = form.typed() if "content" in form.fields else (obj.subject, obj.content)
        context |= {
            "title": _("Tekst van de brief ‘%s’") % obj.name,
            "subtitle": None,
            "words": list(_words(KINDS[obj.name])),
            **_shown(obj.name, subject, text),
            "is_draft": form.is_bound,
            "mistakes": [] if form.is_bound else _mistakes(obj.name, subject, text),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _send_to_oneself(self, request, form):
        if form.errors:
            text = _("Er is geen proefbrief gestuurd: pas eerst aan wat hieronder rood is.")
            return self.message_user(request, text, messages.ERROR)
        pace = ratelimit.take(
            "letter to oneself", str(request.user.pk), most=LETTERS_TO_ONESELF, seconds=3600
        )
        if not pace.allowed:
            text = _("U stuurde dit uur al %d proefbrieven. Wacht even en probeer het opnieuw.")
            return self.message_user(request, text % LETTERS_TO_ONESELF, messages.ERROR)
        draft = letters.sample(form.instance.name, *form.typed())
        letters.post(replace(draft, subject=f"[proef] {draft.subject}"), request.user.email)
        text = _("De proefbrief is onderweg naar %s. Uw tekst is nog niet bewaard.")
        return self.message_user(request, text % request.user.email, messages.SUCCESS)

    def save_model(self, request, obj, form, change):
        texts.save(obj, subject=obj.subject, text=obj.content, by=request.user)

    @admin.display(description=gettext_lazy("tekst van vroeger, die de site niet meer kan invullen"))
    def earlier(self, template):
        """Kept by the migration to blanks; nothing is sent from it."""
        return format_html("<div class='brief'>{}</div>", linebreaksbr(template.html_content))

    # Versions

    def history_view(self, request, object_id, extra_context=None):
        row = self._row(request, object_id)
        pages = Paginator(
            LetterVersion.objects.filter(name=row.name).select_related("by"), VERSIONS_ON_A_PAGE
        )
        page = pages.get_page(request.GET.get("pagina"))
        versions = list(page)
        older = (
            list(LetterVersion.objects.filter(name=row.name, pk__lt=versions[-1].pk)[:1]) if versions else []
        )
        befores = [*versions[1:], *older, None]
        context = {
            "title": _("Versies van de brief ‘%s’") % row.name,
            "page": page,
            "versions": [
                (version, before and list(shortened(compared(_whole(before), _whole(version)))))
                for version, before in zip(versions, befores, strict=False)
            ],
        }
        return self._page(request, "admin/letter_versions.html", row, context)

    def version_view(self, request, object_id, version):
        """One text of before, or the first one of the site: to look at, and to put back."""
        if request.method != "POST":
            return self._version(request, self._row(request, object_id), version)
        with transaction.atomic():
            row = self._row(request, object_id)
            # Who puts back at the same time waits, and is then told.
            return self._version(request, self.model.objects.select_for_update().get(pk=row.pk), version)

    def _version(self, request, row, version):
        if version == "eerste":
            subject, text, _occasion = texts.first_texts()[row.name]
            title, what = _("De eerste tekst van de brief ‘%s’"), LetterVersion.What.FIRST
        else:
            key = int(version) if version.isdecimal() and len(version) < 19 else 0
            stored = get_object_or_404(LetterVersion, name=row.name, pk=key)
            subject, text = stored.subject, stored.text
            title, what = _("Tekst van vroeger van de brief ‘%s’"), LetterVersion.What.RESTORED
        newest = LetterVersion.objects.filter(name=row.name).first()
        mistakes = _mistakes(row.name, subject, text)
        is_same = (row.subject, row.content) == (subject, text)
        may_put_back = self.has_change_permission(request, row) and not mistakes and not is_same
        if request.method == "POST":
            if not self.has_change_permission(request, row):
                raise PermissionDenied
            if may_put_back and request.POST.get("gezien") == str(newest and newest.pk):
                texts.save(row, subject=subject, text=text, by=request.user, what=what)
                self.log_change(request, row, _("Een tekst van vroeger teruggezet."))
                self.message_user(request, _("De tekst is teruggezet."), messages.SUCCESS)
                return redirect("admin:post_office_emailtemplate_change", row.pk)
            if may_put_back:
                text_moved = _("Een ander wijzigde de tekst intussen. Kijk hieronder wat nu zou veranderen.")
                self.message_user(request, text_moved, messages.WARNING)
        context = {
            "title": title % row.name,
            "seen": newest and newest.pk,
            **_shown(row.name, subject, text),
            "mistakes": mistakes,
            "is_same": is_same,
            "may_put_back": may_put_back,
            "differences": compared(f"{row.subject}\n\n{row.content}", f"{subject}\n\n{text}"),
        }
        return self._page(request, "admin/letter_version.html", row, context)

    def _row(self, request, object_id):
        row = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404
        return row

    def _page(self, request, template, row, context):
        shared = self.admin_site.each_context(request) | {"opts": self.opts, "original": row}
        return render(request, template, shared | context)


def _words(kind):
    """(blank, what must be said of it) for each blank that the text can have; the needed ones first."""
    groups = {blank.name: group for group in kind.needed for blank in group}
    for blank in sorted(kind.all_blanks, key=lambda blank: blank.name not in groups):
        group = [other for other in groups.get(blank.name, ()) if other != blank]
        if blank.name not in groups:
            yield blank, ""
        elif group:
            yield blank, _("verplicht, of %s") % written(group)
        else:
            yield blank, _("verplicht")


def _mistakes(name, subject, text):
    return rules.subject_mistakes(name, subject) + rules.text_mistakes(name, text)


def _shown(name, subject, text):
    """For the page: the letter with its examples, and its parts without links, which would lead away from the form.
    Nothing when it is too long to look at."""
    if len(subject) + len(text) > 2 * LONGEST_TEXT:
        return {"letter": None}
    letter = letters.sample(name, subject, text)
    # Only what is escaped has these signs.
    return {"letter": letter, "parts": mark_safe(re.sub(r' href="[^"]*"', "", letter.paragraphs))}


def _whole(version):
    return f"{version.subject}\n\n{version.text}"
