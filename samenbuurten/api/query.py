"""What a query string may hold. Nothing is passed over in silence: all that is wrong is said at once."""

from functools import cache

from django.http import QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend

from registry.foundation.api.query_strings import wrong_names
from registry.middleware.requests import is_readable

PAGING = ("page", "pageSize", "cursor")


class Query(BaseFilterBackend):
    """Checks the query string, then filters and sorts; leaves what was asked on the request.

    A view says what it takes: ``filterset_class``; ``sortings``, name to column; ``expansions``, the names that
    ``expand`` knows; ``facets``, the names that ``facetten`` knows; ``extra``, names that it reads itself;
    ``fixed()``, the filters that its path gives; ``check(given, errors)``, what else it does not take.
    """

    def filter_queryset(self, request, queryset, view):
        errors = {}
        parameters = _readable(request.query_params, errors)
        is_list = bool(getattr(view, "collection", None))
        fixed = view.fixed() if hasattr(view, "fixed") else {}
        filterset = self._filterset(view, parameters, fixed, queryset)
        repeatable = (
            {name for name, filter_of_name in filterset.filters.items() if _is_several(filter_of_name)}
            if filterset
            else ()
        )
        names = {*(filterset.filters if filterset else ()), *getattr(view, "extra", ()), *shaping(view)}
        names -= {*fixed}
        if is_list:
            names |= {*PAGING, *(["sorteer"] if self.sortings(view) else [])}
            names |= {"facetten"} if getattr(view, "facets", ()) else set()
        errors |= wrong_names(parameters, sorted(names), repeatable)
        if filterset:
            # On the page an empty field is no choice; here it is a value that somebody forgot to fill in.
            for name in filterset.filters.keys() - {"zoek"}:
                if "" in parameters.getlist(name):
                    errors.setdefault(name, []).append("Geef een waarde, of laat deze parameter weg.")
            for name, reasons in filterset.errors.items():
                errors.setdefault(name, []).extend(reasons)
        fields = _fields(view.get_serializer_class())
        request.fields = _names(parameters, "velden", fields, errors)
        request.expand = _names(parameters, "expand", getattr(view, "expansions", ()), errors)
        request.facets = _names(parameters, "facetten", getattr(view, "facets", ()), errors)
        order = self._order(view, parameters, errors) if is_list else ()
        if is_list:
            view.paginator.read(request, parameters, errors, view)
        if hasattr(view, "check"):
            view.check(parameters, errors)
        if errors:
            raise ValidationError(errors)
        view.filterset = filterset
        view.is_sorted = bool(order)
        rows = filterset.qs if filterset else queryset
        return rows.order_by(*order) if order else rows

    @staticmethod
    def sortings(view):
        return getattr(view, "sortings", {})

    @staticmethod
    def _filterset(view, parameters, fixed, queryset):
        kind = getattr(view, "filterset_class", None)
        if kind is None:
            return None
        data = parameters
        if fixed:
            data = parameters.copy()
            data.update(fixed)
        return kind(data, queryset=queryset)

    def _order(self, view, parameters, errors):
        order, sortings = [], self.sortings(view)
        for name in _list(parameters, "sorteer"):
            column = sortings.get(name.removeprefix("-"))
            if column is None:
                choices = ", ".join(sortings)
                errors.setdefault("sorteer", []).append(
                    f"Sorteren op ‘{name[:40]}’ kan niet. Wel: {choices}; met een - ervoor omgekeerd."
                )
            else:
                order.append(f"-{column}" if name.startswith("-") else column)
        # Two that are equal still have one order.
        return [*order, "pk"] if order else []


def shaping(view):
    """The parameters that say how each item is shown."""
    return ("velden", "expand") if getattr(view, "expansions", {}) else ("velden",)


@cache
def _fields(shape):
    return tuple(shape().fields)


def _readable(parameters, errors):
    """Without the values that no database can take, which are said to be wrong."""
    clean = QueryDict(mutable=True)
    for name, values in parameters.lists():
        if all(is_readable(text) for text in (name, *values)):
            clean.setlist(name, values)
        else:
            name_in_words = "".join(char for char in name if char.isprintable())[:40] or "vraag"
            errors[name_in_words] = ["Hier staat een teken in dat wij niet kunnen lezen. Haal het weg."]
    return clean


def _is_several(filter_field):
    return hasattr(filter_field, "conjoined")


def _list(parameters, parameter):
    """The names that were given with a comma between them; an empty one is none that there is."""
    return [name.strip() for name in parameters[parameter].split(",")] if parameter in parameters else []


def _names(parameters, parameter, known, errors):
    if not known:  # then there is no such parameter here, and that is said already
        return []
    names = _list(parameters, parameter)
    wrong = [name for name in names if name not in known]
    if wrong:
        errors.setdefault(parameter, []).append(
            f"‘{', '.join(wrong)[:80]}’ bestaat hier niet. Kies uit: {', '.join(known)}."
        )
    return names
