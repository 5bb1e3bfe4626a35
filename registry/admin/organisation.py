from django.contrib import admin

from registry import resources
from registry.admin.base.scoped import ScopedAdmin
from registry.admin.base.transfer import TransferAdmin
from registry.models import Organisation


@admin.register(Organisation)
class OrganisationAdmin(TransferAdmin, ScopedAdmin):
    resource_class = resources.OrganisationResource
    personal = resources.OrganisationResource.personal
    list_display = ["name", "municipality", "website", "kvk_number"]
    list_filter = ["municipality", "is_sample"]
    list_select_related = ["municipality"]
    search_fields = ["name", "kvk_number"]
    prepopulated_fields = {"slug": ["name"]}
