from django.contrib import admin, messages
from django.utils.translation import ngettext

from registry import resources
from registry.admin.base.scoped import Inline, ScopedAdmin
from registry.admin.base.transfer import TransferAdmin
from registry.lifecycle.bottlenecks import follow, lock_linked
from registry.models import Bottleneck, Interaction, Level, Wording


class WordingInline(Inline):
    """Respondents answered to a wording: it is never changed, only followed by another version."""

    model = Wording
    can_delete = False
    max_num = None

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Level)
class LevelAdmin(ScopedAdmin):
    list_display = ["name", "letter", "subtitle", "question"]
    search_fields = ["name"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []


@admin.register(Bottleneck)
class BottleneckAdmin(TransferAdmin, ScopedAdmin):
    resource_class = resources.BottleneckResource
    list_display = ["code", "name", "level", "origin", "status"]
    list_filter = ["status", "level", "origin", "municipality"]
    list_select_related = ["level"]
    search_fields = ["code", "title", "wordings__text"]
    autocomplete_fields = ["merged_into"]
    inlines = [WordingInline]

    @admin.display(description="naam")
    def name(self, bottleneck):
        return bottleneck.name

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []

    def save_model(self, request, obj, form, change):
        is_moved = "status" in form.changed_data or "merged_into" in form.changed_data
        was = form.initial.get("status") if change and is_moved else None
        if is_moved:
            lock_linked([obj.pk])
        super().save_model(request, obj, form, change)
        back, moved = follow(obj, was, by=request.user)
        if back:
            text = ngettext("%d koppeling is terug.", "%d koppelingen zijn terug.", back)
            self.message_user(request, text % back)
        if moved:
            text = ngettext(
                "%(count)d koppeling staat nu bij %(kept)s.",
                "%(count)d koppelingen staan nu bij %(kept)s.",
                moved,
            )
            self.message_user(request, text % {"count": moved, "kept": obj.survivor.code})
        if obj.status == Bottleneck.Status.RETIRED and (linked := obj.links.count()):
            text = ngettext(
                "%d koppeling wijst nog naar dit knelpunt. Die vindt u op de beginpagina.",
                "%d koppelingen wijzen nog naar dit knelpunt. Die vindt u op de beginpagina.",
                linked,
            )
            self.message_user(request, text % linked, messages.WARNING)

    def view_on_site(self, bottleneck):
        return None if bottleneck.status == Bottleneck.Status.CANDIDATE else bottleneck.get_absolute_url()


@admin.register(Interaction)
class InteractionAdmin(ScopedAdmin):
    list_display = ["__str__", "explanation", "source"]
    list_select_related = ["source"]
    list_filter = ["is_mutual"]
    search_fields = ["explanation"]
    autocomplete_fields = ["from_bottleneck", "to_bottleneck", "source"]
