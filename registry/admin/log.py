"""What the site writes down itself: decisions, imports and exports."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from registry.foundation.read_only import ReadOnlyAdmin
from registry.models import Decision, Export, Import


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ["decided_at", "entry", "from_status", "to_status", "by", "reason"]
    list_filter = ["to_status", "decided_at"]
    list_select_related = ["initiative", "case", "by"]
    search_fields = ["initiative__name", "case__title", "about", "reason"]
    empty_value_display = _("– (de tijd, of iemand die weg is)")

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    @admin.display(description=_("over"))
    def entry(self, decision):
        return decision.initiative or decision.case or decision.about


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ["imported_at", "resource", "file_name", "by", "added", "changed", "proposed", "unchanged"]
    list_filter = ["resource", "imported_at"]
    list_select_related = ["by"]


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    list_display = ["exported_at", "what", "kind", "number", "by", "query"]
    list_filter = ["kind", "exported_at"]
    list_select_related = ["by"]
    search_fields = ["what"]
