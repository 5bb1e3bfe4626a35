from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import FileResponse, Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from registry import resources
from registry.admin.base.rows import OwnersInline, RowOfOwners, log_rows
from registry.admin.base.scoped import ScopedAdmin
from registry.admin.base.transfer import TransferAdmin
from registry.admin.pages.deciding import DecidableAdmin
from registry.admin.pages.merge_undo import UnmergingAdmin
from registry.admin.pages.owners import OwnersAdmin
from registry.admin.pages.pairs import PairsAdmin
from registry.admin.pages.yearly import YearlyAdmin
from registry.community.reminders import unasked
from registry.forms.staff import InitiativeForm
from registry.models import Exchange, ExternalId, Initiative, Link, Mention
from registry.models.public import INITIATIVE
from registry.ownership import needs_owners_yes
from registry.proposals.proposals import FIELDS, edit
from registry.worklist import GAPS, namesakes


class LinkInline(OwnersInline):
    model = Link
    autocomplete_fields = ["bottleneck"]


class ExchangeInline(OwnersInline):
    model = Exchange


class MentionInline(OwnersInline):
    model = Mention
    autocomplete_fields = ["source"]


class ExternalIdInline(OwnersInline):
    model = ExternalId


class MissingFilter(admin.SimpleListFilter):
    title = _("wat er mist")
    parameter_name = "mist"

    def lookups(self, request, model_admin):
        gaps = [(name, label) for name, (label, _gap) in GAPS.items()]
        return [
            *gaps,
            ("bevestiging", _("niet bevestigd na een jaar")),
            ("bereikbaar", _("geen eigenaar die e-mail krijgt")),
            ("dubbel", _("dezelfde naam")),
            ("jaarvraag", _("eigenaren willen de jaarlijkse vraag niet")),
        ]

    def queryset(self, request, queryset):
        if self.value() == "dubbel":
            visible = Initiative.objects.visible_to(request.user)
            return queryset.filter(pk__in=namesakes(visible).values("pk"))
        if self.value() == "bevestiging":
            return queryset.unconfirmed()
        if self.value() == "jaarvraag":
            return queryset.filter(pk__in=unasked())
        if self.value() == "bereikbaar":
            return queryset.unreachable()
        return queryset.filter(GAPS[self.value()][1]) if self.value() in GAPS else queryset


@admin.register(Initiative)
class InitiativeAdmin(PairsAdmin, UnmergingAdmin, OwnersAdmin, YearlyAdmin, TransferAdmin, DecidableAdmin):
    resource_class = resources.InitiativeResource
    change_form_template = "admin/initiative_change_form.html"
    form = InitiativeForm
    personal = resources.InitiativeResource.personal
    list_display = ["name", "status", "municipality", "place", "kind", "activity", "changed_at"]
    list_filter = ["status", MissingFilter, "municipality", "kind", "activity", "published_at", "is_sample"]
    list_select_related = ["municipality", "place"]
    search_fields = ["name", "other_names", "summary"]
    search_help_text = _("Zoekt in naam, andere namen en samenvatting.")
    ordering = ["name", "pk"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["organisation"]
    readonly_fields = ["status", "published_at", "confirmed_on", "merged_into", "created_at", "changed_at"]
    inlines = [LinkInline, ExchangeInline, MentionInline, ExternalIdInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", *INITIATIVE.names("story")[1:]]}),
        (_("Waar"), {"fields": INITIATIVE.names("where")}),
        (_("Wie"), {"fields": INITIATIVE.names("who")}),
        (_("Contact"), {"fields": INITIATIVE.names("contact")}),
        (_("Wanneer"), {"fields": INITIATIVE.names("when", first="activity")}),
        (_("Voor wie"), {"fields": INITIATIVE.names("joining")}),
        (_("Afbeelding"), {"fields": ["image", "image_alt"]}),
        (_("Publicatie"), {"fields": readonly_fields}),
    ]

    def get_urls(self):
        image = self.admin_site.admin_view(self.image_view)
        return [path("<path:object_id>/beeld/", image, name="registry_initiative_image"), *super().get_urls()]

    def image_view(self, request, object_id):
        """For the form: the public page shows the image of what is published only."""
        entry = self.get_object(request, unquote(object_id))
        if entry is None or not entry.image or not self.has_view_permission(request):
            raise Http404
        return FileResponse(entry.image.open(), content_type="image/webp")

    def get_fieldsets(self, request, obj=None):
        """Who runs it themselves, decides: staff say why when they do not wait for that."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not needs_owners_yes(obj, request.user):
            return fieldsets
        why = _(
            "Dit initiatief is van inwoners. Wat u wijzigt, wacht op hun ja. Kan dat niet, schrijf dan op waarom."
        )
        return [(_("Eigenaren"), {"fields": ["override"], "description": why}), *fieldsets]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.is_guarded = obj is not None and needs_owners_yes(obj, request.user)
        return form

    def save_model(self, request, obj, form, change):
        """A picture that is replaced or removed goes for good: who asks for that counts on it. The history
        keeps its name only."""
        was = form.initial.get("image") if "image" in form.changed_data else None
        if change and form.is_guarded:
            self._ask_owners(request, obj, form)
        super().save_model(request, obj, form, change)
        _forget(was)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change:
            log_rows(request, form, formsets)

    def _ask_owners(self, request, obj, form):
        """Put back what was, and propose what is new; with a reason it goes through, and is logged."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data if name in FIELDS}
        if not changes:
            return
        live = Initiative.objects.get(pk=obj.pk)
        proposal = edit(live, changes, by=request.user, override=form.cleaned_data.get("override") or "")
        for name in changes:
            setattr(obj, name, getattr(live if proposal else Initiative.objects.get(pk=obj.pk), name))
        if proposal:
            self.message_user(
                request,
                _("De wijziging wacht op het ja van de eigenaren. Zij krijgen een e-mail."),
                messages.WARNING,
            )

    def delete_view(self, request, object_id, extra_context=None):
        entry = self.get_object(request, unquote(object_id)) if request.method == "GET" else None
        if entry and (titles := list(entry.cases.values_list("title", flat=True))):
            text = _("Deze casussen blijven bestaan, en wijzen dan naar geen initiatief: %s.")
            self.message_user(request, text % ", ".join(titles), messages.WARNING)
        return super().delete_view(request, object_id, extra_context)


def _forget(picture):
    """After the change is certain: a file cannot be rolled back."""
    if picture:
        storage, name = picture.storage, picture.name
        transaction.on_commit(lambda: storage.delete(name))


class LinkWork(admin.SimpleListFilter):
    title = _("wat er te doen is")
    parameter_name = "te-doen"

    def lookups(self, request, model_admin):
        return [("bevestigen", _("nog te bevestigen")), ("vervallen", _("het knelpunt is vervallen"))]

    def queryset(self, request, queryset):
        if self.value() == "bevestigen":
            return queryset.unconfirmed()
        return queryset.retired() if self.value() == "vervallen" else queryset


@admin.register(Link)
class LinkAdmin(TransferAdmin, ScopedAdmin):
    part_of = "initiative"
    resource_class = resources.LinkResource
    list_display = ["initiative", "role", "bottleneck_id", "stated_by", "is_confirmed"]
    list_filter = [LinkWork, "is_confirmed", "role", "bottleneck__level", "initiative__municipality"]
    list_select_related = ["initiative"]
    search_fields = ["initiative__name", "bottleneck__code", "explanation", "stated_by"]
    autocomplete_fields = ["initiative", "bottleneck"]
    # By key: by name, as elsewhere, would sort all links of all pages for each page of this list.
    ordering = ["initiative_id", "bottleneck_id", "role"]
    actions = ["confirm"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (RowOfOwners, form), {"for_user": request.user})

    def has_delete_permission(self, request, obj=None):
        """False for a row on a page of residents: that is deleted on the page of the initiative, with a reason."""
        theirs = obj is not None and needs_owners_yes(obj.initiative, request.user)
        return not theirs and super().has_delete_permission(request, obj)

    @admin.action(description=_("Bevestigen"), permissions=["change"])
    def confirm(self, request, queryset):
        """Saves row by row: ``update()`` writes no history."""
        links = queryset.filter(is_confirmed=False)
        for link in links:
            link.is_confirmed = True
            link.save()
        self.message_user(request, _("Bevestigd: %d.") % len(links))
