from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from registry import resources
from registry.admin.base.scoped import ScopedAdmin
from registry.admin.base.transfer import TransferAdmin
from registry.models import Everyday, Finding, SearchMiss, Source, Term


@admin.register(Source)
class SourceAdmin(TransferAdmin, ScopedAdmin):
    resource_class = resources.SourceResource
    list_display = ["citation", "title", "year", "doi"]
    list_filter = ["year"]
    search_fields = ["citation", "title", "authors"]
    prepopulated_fields = {"slug": ["citation"]}


@admin.register(Finding)
class FindingAdmin(ScopedAdmin):
    list_display = ["__str__", "level", "provenance", "is_about_flevoland"]
    list_filter = ["level", "is_about_flevoland", "municipalities"]
    list_select_related = ["level"]
    search_fields = ["text", "provenance"]
    autocomplete_fields = ["part_of", "source", "bottlenecks"]


@admin.register(Term)
class TermAdmin(TransferAdmin, ScopedAdmin):
    resource_class = resources.TermResource
    list_display = ["word", "equal_words", "is_contested"]
    list_filter = ["is_contested"]
    search_fields = ["word", "equal_words", "related_words"]
    prepopulated_fields = {"slug": ["word"]}


@admin.register(Everyday)
class EverydayAdmin(ScopedAdmin):
    list_display = ["__str__", "means"]
    search_fields = ["said", "means"]


@admin.register(SearchMiss)
class SearchMissAdmin(admin.ModelAdmin):
    list_display = ["words", "count", "last_on", "explain"]
    list_filter = ["last_on"]
    search_fields = ["words"]
    show_full_result_count = False

    @admin.display(description=_("zoeken uitleggen"))
    def explain(self, miss):
        address = f"{reverse('admin:registry_everyday_add')}?{urlencode({'said': miss.words})}"
        return format_html('<a href="{}">{}</a>', address, _("Zeg wat dit betekent"))

    # Visitors write them, by searching.
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
