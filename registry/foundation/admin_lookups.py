"""What a list of the admin may be filtered, sorted and searched by: what its class declares, nothing else.

The site of the staff (samenbuurten/admin_site.py) puts this in front of every class that is registered with it, those
of other packages included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from registry.foundation.fields import relation_to

# What it stands in front of.
if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = object

LONGEST_SEARCH = 200
MOST_WORDS = 20
HIGHEST_KEY = 2**63 - 1
# What has a key of another table, on this side or on that.
RELATIONS = (models.ForeignKey, models.ManyToManyField, models.ForeignObjectRel)
MOST_VALUES = 20  # of one filter at once


class DeclaredOrder(ChangeList):
    def get_ordering_field(self, field_name: Any) -> Any:
        """``sortable_by`` is about headings in Django; here it is about the address too."""
        return super().get_ordering_field(field_name) if field_name in (self.sortable_by or ()) else None


class DeclaredLookups(_Admin):
    """For the front of an admin class. A refused parameter is refused before the database is asked."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeclaredOrder

    def get_sortable_by(self, request: HttpRequest) -> list[Any]:
        """Not by a person: they stand in the order of their addresses, and the list shows their names."""
        return [name for name in super().get_sortable_by(request) if not self._is_person(name)]

    def _is_person(self, name: object) -> bool:
        try:
            return self.opts.get_field(str(name)).related_model is get_user_model()
        except FieldDoesNotExist:
            return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in self.declared_lookups(request) and super().lookup_allowed(lookup, value, request)

    def declared_lookups(self, request: HttpRequest) -> set[str]:
        """The parameters that the filters make themselves."""
        names: set[str] = set()
        for declared in self.get_list_filter(request):
            if isinstance(declared, type):
                if issubclass(declared, admin.SimpleListFilter):
                    names.add(str(declared.parameter_name))
            else:
                path = declared[0] if isinstance(declared, (list, tuple)) else declared
                names |= _parameters(self.model, str(path))
        return names

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        if any(len(values) > MOST_VALUES for _name, values in request.GET.lists()):
            raise IncorrectLookupParameters
        try:
            return super().get_changelist_instance(request)
        except (ValueError, OverflowError) as error:
            # A year 9999, a number that no column holds.
            raise IncorrectLookupParameters from error

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if len(search_term) > LONGEST_SEARCH or len(search_term.split()) > MOST_WORDS:
            text = _("Zoek met ten hoogste %(words)d woorden en %(characters)d tekens.")
            limits = {"words": MOST_WORDS, "characters": LONGEST_SEARCH}
            self.message_user(request, text % limits, messages.ERROR, fail_silently=True)
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What an address fills in is a choice that the form has, or it is left out."""
        initial = super().get_changeform_initial_data(request)
        return {name: value for name, value in initial.items() if self._can_be(name, value)}

    def _can_be(self, name: str, value: Any) -> bool:
        try:
            field = self.opts.get_field(name)
        except FieldDoesNotExist:
            return True
        if isinstance(field, models.DateTimeField):
            return False  # its two boxes want a moment, not a text
        values = value if isinstance(value, list) else [value]
        return not isinstance(field, RELATIONS) or all(_is_key(field.target_field, item) for item in values)

    def response_action(  # type: ignore[override]  # the stubs are of a newer Django, with one argument more
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponseBase | None:
        if not all(_is_key(self.opts.pk, text) for text in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("What was chosen is no row.")
        return super().response_action(request, queryset)


def _is_key(field: models.Field[Any, Any], text: object) -> bool:
    try:
        key = field.to_python(text)
    except ValidationError:
        return False
    return not isinstance(key, int) or abs(key) <= HIGHEST_KEY


def _parameters(model: type[models.Model], path: str) -> set[str]:
    """What Django's filter for the field at ``path`` reads from the address."""
    field = model._meta.get_field(path.split(LOOKUP_SEP)[0])
    for part in path.split(LOOKUP_SEP)[1:]:
        field = relation_to(field.model, field.name)._meta.get_field(part)
    names = {path, f"{path}__exact", f"{path}__isnull"}
    if isinstance(field, RELATIONS):
        names = {f"{path}__{field.target_field.name}__exact", f"{path}__isnull"}
    elif isinstance(field, models.DateField):
        names = {f"{path}__gte", f"{path}__lt", f"{path}__isnull"}
    return names
