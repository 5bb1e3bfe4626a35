"""Base classes of the admin: list, form, choices and actions hold only the rows of ``visible_to(user)``."""

from itertools import pairwise

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import ModelChange, ModelDelta

from registry.accounts.scope import is_out_of_sight, numbered, within_reach
from registry.admin.base.differences import DutchDifferences, readable_value
from registry.foundation.edit_conflicts import GuardsEdits, GuardsRows
from registry.models.address import former_addresses, holding_rows
from registry.models.person import WHOLE_PROVINCE


class ScopedFields:
    """Mixin for an admin class or an inline: the choices of each relation are those of ``visible_to(user)``."""

    # What people type without https:// gets it; Django 5.2 warns when nobody says so.
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_field_queryset(self, db, db_field, request):
        queryset = super().get_field_queryset(db, db_field, request)
        if queryset is None:
            queryset = db_field.remote_field.model._default_manager.all()
        return within_reach(queryset, request.user)


class NamedFields(forms.BaseInlineFormSet):
    """In a table a field has no label beside it: it carries its own name, for who cannot see the table."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            # What draws the field may be wrapped in what draws the icons beside it.
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", field.label)


class PointsAtTheLiving:
    """Mixin for a form: an error on a row that was merged into another, and on a choice that was."""

    def clean(self):
        cleaned = super().clean()
        survivor = getattr(self.instance, "survivor", self.instance)
        # A form that has the status can take the merge back.
        stays = "status" not in self.cleaned_data or not {"status", "merged_into"} & set(self.changed_data)
        if survivor != self.instance and stays:
            text = _(
                "Dit is samengevoegd met ‘%s’. Hier kan niets meer bij: neem over wat u typte op die pagina."
            )
            self.add_error(None, text % survivor)
        for name in self.changed_data:
            self._refuse_dead(name, self.cleaned_data.get(name))
        return cleaned

    def _refuse_dead(self, name, chosen):
        for row in chosen if isinstance(chosen, models.QuerySet) else [chosen]:
            survivor = getattr(row, "survivor", row)
            if survivor != row:
                self.add_error(
                    name,
                    _("‘%(one)s’ is samengevoegd met ‘%(kept)s’. Kies dat.") % {"one": row, "kept": survivor},
                )


class LivingForm(PointsAtTheLiving, forms.ModelForm):
    """The form of an inline row, with these errors."""


class Inline(GuardsRows, ScopedFields, admin.TabularInline):
    formset = NamedFields
    form = LivingForm
    extra = 0


class OwnAddress:
    """For the form of an entry: an address that leads to another entry stays with that one."""

    def clean_slug(self):
        slug, model = self.cleaned_data["slug"].lower(), self._meta.model
        keys = [key for _slug, key in former_addresses(model, [slug])]
        if holding_rows(model).filter(pk__in=keys).exclude(slug=slug).exclude(pk=self.instance.pk).exists():
            raise ValidationError(
                _("Dit adres was eerder van een andere pagina en leidt nog daarheen. Kies een ander adres.")
            )
        return slug


class HiddenAddress(OwnAddress):
    """For the form of an entry: that somebody out of sight has this address is told to nobody."""

    for_user = None

    def clean_slug(self):
        slug, everything = super().clean_slug(), self._meta.model._default_manager.all()
        others = everything.exclude(pk=self.instance.pk)
        if not is_out_of_sight(others.filter(slug=slug), self.for_user):
            return slug
        return numbered(slug, lambda address: others.filter(slug=address).exists())


class ScopedAdmin(GuardsEdits, ScopedFields, SimpleHistoryAdmin):
    # Fields about a person: for who may change the entry, not for who may only read it.
    personal = ()
    view_on_site = False
    list_per_page = 50
    show_full_result_count = False
    object_history_template = "admin/history.html"
    object_history_list_template = "admin/_history_list.html"

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        # A municipality or a kern may be read by all; only choosing one is limited to the own.
        return queryset.visible_to(request.user) if hasattr(queryset, "visible_to") else queryset

    def _hidden(self, request):
        return () if self.has_change_permission(request) else self.personal

    def get_fieldsets(self, request, obj=None):
        hidden = self._hidden(request)
        return [
            (title, options | {"fields": [name for name in options["fields"] if name not in hidden]})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def lookup_allowed(self, lookup, value, request):
        """Not to filter by either: a letter at a time, a filter tells all."""
        hidden = self._hidden(request)
        return lookup.split("__")[0] not in hidden and super().lookup_allowed(lookup, value, request)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form = type(form.__name__, (PointsAtTheLiving, form), {})
        everywhere = request.user.has_perm(WHOLE_PROVINCE)
        if "slug" in form.base_fields:
            guard = OwnAddress if everywhere else HiddenAddress
            form = type(form.__name__, (guard, form), {"for_user": request.user})
        if not everywhere:
            for name, field in form.base_fields.items():
                if isinstance(field, forms.ModelChoiceField):
                    _keep_current(field, getattr(obj, f"{name}_id", None))
            self._in_own_municipality(form, request.user)
        return form

    def _in_own_municipality(self, form, user):
        """Who works for one municipality can put nothing outside it, not even by leaving it empty."""
        if hasattr(self.model.objects, "visible_to") and "municipality" in form.base_fields:
            field = form.base_fields["municipality"]
            field.required, field.initial, field.empty_label = True, user.municipality_id, None

    def get_deleted_objects(self, objs, request):
        """What hangs on an entry goes with it, whoever may delete the entry: the page before it says what."""
        deleted, counts, _needed, protected = super().get_deleted_objects(objs, request)
        is_refused = any(not self.has_delete_permission(request, row) for row in objs)
        return deleted, counts, {self.opts.verbose_name} if is_refused else set(), protected

    def get_history_list_display(self, request):
        return ()

    def history_view(self, request, object_id, extra_context=None):
        self._reachable(request, unquote(object_id))
        names = {"user_links": request.user.has_perm("registry.view_user")}
        return super().history_view(request, object_id, names | (extra_context or {}))

    def history_view_title(self, request, obj):
        return _("Geschiedenis: %s") % obj

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        super().set_history_delta_changes(request, historical_records, foreign_keys_are_objs)
        hidden = {capfirst(self.opts.get_field(name).verbose_name) for name in self._hidden(request)}
        for record in historical_records:
            changes = getattr(record, "history_delta_changes", [])
            record.history_delta_changes = [change for change in changes if change["field"] not in hidden]
        for newer, older in pairwise(historical_records):
            was, now = getattr(older, "status", None), getattr(newer, "status", None)
            if was != now and not newer._meta.get_field("status").editable:
                # simple_history compares what a form can change; a status changes elsewhere.
                helper = self.get_historical_record_context_helper(request, newer)
                delta = ModelDelta([ModelChange("status", was, now)], ["status"], older, newer)
                newer.history_delta_changes += helper.context_for_delta_changes(delta)

    def get_historical_record_context_helper(self, request, historical_record):
        return DutchDifferences(self.model, historical_record)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """One old version, to read. Putting it back would change a status outside moderation."""
        if request.method != "GET":
            raise PermissionDenied
        key = unquote(object_id)
        self._reachable(request, key)
        records = self.model.history.filter(**{self.opts.pk.attname: key})
        record = (
            version_id.isdecimal()
            and records.filter(history_id=version_id).select_related("history_user").first()
        )
        if not record:
            raise Http404
        hidden = self._hidden(request)
        fields = [
            field
            for field in record.tracked_fields
            if (field.editable or field.name == "status") and field.name not in hidden
        ]
        context = self.admin_site.each_context(request) | {
            "title": _("Oude versie: %s") % record.history_object,
            "opts": self.opts,
            "record": record,
            "object_id": object_id,
            "rows": [(capfirst(field.verbose_name), readable_value(field, record)) for field in fields],
        }
        return render(request, "admin/old_version.html", context)

    def _reachable(self, request, key):
        """simple_history falls back on the records of what is out of sight. What is really gone may still
        be read, by whoever works for the whole province."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if self.get_object(request, key) is not None:
            return
        try:
            self.opts.pk.to_python(key)
        except ValidationError as no_key:
            raise Http404 from no_key
        if not request.user.has_perm(WHOLE_PROVINCE):
            raise Http404


def _keep_current(field, current):
    """What an entry already points at stays a choice, else it could not be saved at all."""
    if current is not None:
        reachable = Q(pk__in=field.queryset.values("pk")) | Q(pk=current)
        field.queryset = field.queryset.model._default_manager.filter(reachable)
