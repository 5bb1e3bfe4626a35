"""Spreadsheets in and out, beside the list of a model."""

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from registry import imports, parking
from registry.forms.staff import ExportForm, UploadForm
from registry.models import Export
from registry.spreadsheets import FORMATS, MAX_BYTES, Refused, read, write


class TransferAdmin:
    """Mixed into a ScopedAdmin: the file reaches as far as the list does. ``resource_class`` names the columns."""

    resource_class = None
    change_list_template = "admin/transfer_change_list.html"

    def get_urls(self):
        def named(act):
            return f"{self.opts.app_label}_{self.opts.model_name}_{act}"

        wrap = self.admin_site.admin_view
        return [
            path("import/", wrap(self.import_view), name=named("import")),
            path("export/", wrap(self.export_view), name=named("export")),
            path("sjabloon/<slug:name>/", wrap(self.template_view), name=named("template")),
            *super().get_urls(),
        ]

    def has_import_permission(self, request):
        return request.user.has_perm(f"registry.import_{self.opts.model_name}")

    def changelist_view(self, request, extra_context=None):
        may = {"may_import": self.has_import_permission(request)}
        return super().changelist_view(request, may | (extra_context or {}))

    # Out

    def export_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            queryset = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect(f"admin:registry_{self.opts.model_name}_changelist")
        form = ExportForm(request.POST or None)
        if form.is_valid():
            dataset, kind = (
                self.resource_class(user=request.user).export(queryset),
                form.cleaned_data["format"],
            )
            Export.objects.log(
                request.user,
                self.opts.verbose_name_plural,
                kind=kind,
                number=len(dataset),
                query=request.GET.urlencode(),
            )
            return self._download(kind, dataset.headers, list(dataset))
        context = {"title": _("Exporteren"), "form": form, "count": queryset.count()}
        return self._page(request, "admin/export.html", context)

    def template_view(self, request, name):
        if not self.has_import_permission(request):
            raise PermissionDenied
        if name not in FORMATS:
            raise Http404
        resource = self.resource_class(user=request.user)
        headers = [field.column_name for field in resource.fields.values() if not field.readonly]
        notes = [[_("kolom"), _("wat"), _("nodig voor een nieuwe regel")]] + [
            [column, what, _("ja") if needed else ""]
            for column, what, needed in resource.explanation()
            if column in headers
        ]
        return self._download(name, headers, [], notes=notes, prefix=f"{_('sjabloon')}-")

    def _download(self, name, headers, rows, notes=(), prefix=""):
        title = str(self.opts.verbose_name_plural)
        content = write(name, headers, rows, title=title, notes=notes)
        file_name = f"{prefix}{slugify(title)}-{timezone.localdate():%Y-%m-%d}.{name}"
        return HttpResponse(
            content,
            content_type=FORMATS[name][1],
            headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
        )

    # In

    def import_view(self, request):
        if not self.has_import_permission(request):
            raise PermissionDenied
        if "ticket" in request.POST:
            return self._confirmed(request)
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        context = self._preview(request, form.cleaned_data["file"]) if form.is_valid() else {}
        return self._import_page(request, form, **context)

    def _preview(self, request, upload):
        try:
            if upload.size > MAX_BYTES:
                raise Refused(_("Het bestand is groter dan 10 MB. Verdeel het over meer bestanden."))
            content = upload.read()
            outcome = imports.try_out(self.resource_class(user=request.user), read(content), by=request.user)
        except Refused as refusal:
            return {"outcome": imports.Outcome(problems=refusal.problems), "file_name": upload.name}
        context = {"outcome": outcome, "file_name": upload.name}
        if outcome.added or outcome.changed:
            context["ticket"] = parking.park(
                content,
                by=request.user,
                what=self.opts.model_name,
                file_name=upload.name,
                totals=outcome.totals,
            )
        return context

    def _confirmed(self, request):
        file = parking.parked(request.POST["ticket"], by=request.user, what=self.opts.model_name)
        if file is None:
            messages.error(request, _("Dit bestand staat niet meer klaar. Kies het opnieuw."))
            return redirect(request.path)
        resource = self.resource_class(user=request.user)
        outcome, record = imports.carry_out(
            resource, read(file.content()), by=request.user, file_name=file.file_name, expected=file.totals
        )
        parking.discard(file)
        if record is None:
            messages.error(
                request,
                _("Intussen is er iets gewijzigd. Er is niets geïmporteerd. Kies het bestand opnieuw."),
            )
            return self._import_page(request, UploadForm(), outcome=outcome, file_name=file.file_name)
        messages.success(
            request,
            _("Geïmporteerd: %(added)d nieuw, %(changed)d gewijzigd, %(unchanged)d gelijk gebleven.")
            % {"added": record.added, "changed": record.changed, "unchanged": record.unchanged},
        )
        return redirect(f"admin:registry_{self.opts.model_name}_changelist")

    def _import_page(self, request, form, **context):
        resource = self.resource_class(user=request.user)
        columns = list(resource.explanation())
        return self._page(
            request,
            "admin/import.html",
            {"title": _("Importeren"), "form": form, "columns": columns, "formats": FORMATS} | context,
        )

    def _page(self, request, template, context):
        return render(
            request, template, self.admin_site.each_context(request) | {"opts": self.opts} | context
        )
