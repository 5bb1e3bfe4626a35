from django.contrib import admin

from registry.admin.base.scoped import Inline, ScopedAdmin
from registry.models import Municipality, Place


class PlaceInline(Inline):
    model = Place
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Municipality)
class MunicipalityAdmin(ScopedAdmin):
    list_display = ["name", "code", "inhabitants", "inhabitants_on"]
    search_fields = ["name", "code"]
    inlines = [PlaceInline]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(Place)
class PlaceAdmin(ScopedAdmin):
    list_display = ["name", "municipality"]
    list_filter = ["municipality"]
    list_select_related = ["municipality"]
    search_fields = ["name"]

    def get_readonly_fields(self, request, obj=None):
        """The address of a kern stands in the filters that people keep."""
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}
