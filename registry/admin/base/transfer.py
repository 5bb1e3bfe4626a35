"""Spreadsheets in and out, beside the list of a model."""

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from registry.admin.pages.importing import ImportPages
from registry.forms.staff import ExportForm
from registry.foundation.spreadsheets import FORMATS, parts
from registry.models import Export


class TransferAdmin(ImportPages):
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
            resource, kind = self.resource_class(user=request.user), form.cleaned_data["format"]
            Export.objects.log(
                request.user,
                self.opts.verbose_name_plural,
                kind=kind,
                number=queryset.count(),
                query=request.GET.urlencode(),
            )
            rows = map(resource.export_resource, resource.iter_queryset(resource.filter_export(queryset)))
            return self._download(kind, resource.get_export_headers(), rows)
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
        content = parts(name, headers, rows, title=title, notes=notes)
        file_name = f"{prefix}{slugify(title)}-{timezone.localdate():%Y-%m-%d}.{name}"
        return StreamingHttpResponse(
            content,
            content_type=FORMATS[name][1],
            headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
        )

    def _page(self, request, template, context):
        return render(
            request, template, self.admin_site.each_context(request) | {"opts": self.opts} | context
        )
