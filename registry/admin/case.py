from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from registry import resources
from registry.admin.base.transfer import TransferAdmin
from registry.admin.pages.deciding import DecidableAdmin
from registry.models import Case


@admin.register(Case)
class CaseAdmin(TransferAdmin, DecidableAdmin):
    part_of = "initiative"
    resource_class = resources.CaseResource
    list_display = ["title", "status", "initiative", "municipality", "changed_at"]
    list_filter = ["status", "municipality", "changed_at", "is_sample"]
    list_select_related = ["initiative", "municipality"]
    search_fields = ["title", "summary", "initiative__name"]
    ordering = ["title", "pk"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["initiative", "bottlenecks", "source"]
    readonly_fields = ["status", "created_at", "changed_at"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary"]}),
        (_("Verhaal"), {"fields": ["situation", "approach", "result", "lessons"]}),
        (
            _("Hoort bij"),
            {"fields": ["municipality", "initiative", "bottlenecks", "source"]},
        ),
        (_("Publicatie"), {"fields": readonly_fields}),
    ]
