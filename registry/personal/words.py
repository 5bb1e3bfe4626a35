"""Take somebody out of what others wrote, and count where they stand."""

from django.db.models import JSONField, Q, TextField
from django.db.models.functions import Cast
from django.utils.text import capfirst

from registry.models import Initiative, SearchMiss
from registry.personal.columns import WORDS


def named_in(person):
    """Where this person stands in words of others: what and how many, not the words themselves."""
    told = []
    for place in WORDS:
        count = sum(1 for _row in _rows(place, place.model, person))
        if count:
            told.append(f"{capfirst(place.model._meta.verbose_name_plural)}: {count}")
    return told


def take_out(person):
    for place in WORDS:
        for model in place.models:
            for row, changed in _rows(place, model, person):
                if model is SearchMiss:
                    row.delete()
                    continue
                if model is Initiative:
                    for name, value in changed.items():
                        setattr(row, name, value)
                    row.index()
                    changed |= {"search_title": row.search_title, "search_text": row.search_text}
                model._base_manager.filter(pk=row.pk).update(**changed)


def _rows(place, model, person):
    """(row, what its columns are without this person) of each row in which they stand."""
    columns = place.columns_of(model)
    for on_page, only in _scopes(place, person):
        found = _search(model, columns, person.database_pattern(on_page=on_page)).filter(only)
        for row in found:
            changed = {name: _without(person, model, row, name, on_page) for name in columns}
            changed = {name: value for name, value in changed.items() if value != getattr(row, name)}
            if changed:
                yield row, changed


def _scopes(place, person):
    """(whether the name that stands with a page counts too, which rows)."""
    if place.page == "":
        return [(True, Q())]
    of_pages = [(True, Q(**{f"{place.page}__in": person.pages}))] if place.page and person.pages else []
    return [(False, Q()), *of_pages]


def _search(model, columns, pattern):
    rows, where = model._base_manager.all(), Q()
    for name in columns:
        lookup = name
        if isinstance(model._meta.get_field(name), JSONField):
            lookup = f"{name}_as_text"
            rows = rows.annotate(**{lookup: Cast(name, TextField())})
        where |= Q(**{f"{lookup}__iregex": pattern})
    return rows.filter(where)


def _without(person, model, row, name, on_page):
    field = model._meta.get_field(name)
    value = _clean(getattr(row, name), person, on_page)
    is_cut = isinstance(value, str) and field.max_length
    return value[: field.max_length] if is_cut else value


def _clean(value, person, on_page):
    if isinstance(value, str):
        return person.without(value, on_page=on_page)
    if isinstance(value, dict):
        return {key: _clean(one, person, on_page) for key, one in value.items()}
    if isinstance(value, list):
        return [_clean(one, person, on_page) for one in value]
    return value
