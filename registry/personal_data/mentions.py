"""Take somebody out of what others wrote, and count where they stand."""

from collections import defaultdict

from django.db.models import JSONField, Q, TextField
from django.db.models.functions import Cast
from django.utils.text import capfirst

from registry.models import Initiative, SearchMiss
from registry.personal_data.columns import WORDS
from registry.personal_data.person import Known

# A name or a number that others wrote more often than this is a word of the language, or of an organisation.
MOST = 25


def named_in(person):
    """Where this person stands in words of others: what and how many, not the words themselves."""
    person, places_named = _sought(person), []
    for place in WORDS:
        count = sum(1 for _row in _rows(place, place.model, person))
        if count:
            places_named.append(f"{capfirst(place.model._meta.verbose_name_plural)}: {count}")
    return places_named


def take_out(person):
    person = _sought(person)
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


def _sought(person):
    """Without what is everywhere: nobody empties the site by calling themselves ‘van de’."""
    values = {
        **{
            name: Known(frozenset(), frozenset(), frozenset({name}))
            for name in person.names | person.contact_names
        },
        **{phone: Known(frozenset(), frozenset({phone}), frozenset()) for phone in person.phones},
    }
    return person.but_for(*(value for value, rows in values.items() if _is_usual(rows, person.pages)))


def _is_usual(rows_named, pages):
    if not rows_named.spellings.for_database:
        return False
    count = 0
    for place in (place for place in WORDS if place.page != ""):
        elsewhere = ~Q(**{f"{place.page}__in": pages}) if place.page and pages else Q()
        rows = _search(place.model, place.columns, rows_named.spellings.for_database).filter(elsewhere)
        count += len(rows.values_list("pk")[: MOST + 1])
        if count > MOST:
            return True
    return False


def _rows(place, model, person):
    """(row, what its columns are without this person) of each row in which they stand."""
    columns = place.columns_of(model)
    for person_there, only in _scopes(place, person):
        if not person_there.spellings.for_database:
            continue
        for row in _search(model, columns, person_there.spellings.for_database).filter(only, place.only):
            changed = {name: _without(person_there, model, row, name) for name in columns}
            changed = {name: value for name, value in changed.items() if value != getattr(row, name)}
            if changed:
                yield row, changed


def _scopes(place, person):
    """(what to look for, in which rows): where somebody else of that name or number is the contact, that is left."""
    if place.page == "":
        return [(person.traits(on_page=True), Q())]
    if place.page is None:
        return [(person.traits(on_page=False), Q())]
    alike = defaultdict(list)
    for page, besides in person.others.items():
        alike[page in person.pages, besides].append(page)
    mine = [page for page in person.pages if page not in person.others]
    return [
        (person.traits(on_page=False), ~_of(place, [*person.others, *mine])),
        (person.traits(on_page=True), _of(place, mine)),
        *(
            (person.traits(on_page=on_page, besides=besides), _of(place, pages))
            for (on_page, besides), pages in alike.items()
        ),
    ]


def _of(place, pages):
    return Q(**{f"{place.page}__in": pages})


def _search(model, columns, pattern):
    rows, where = model._base_manager.all(), Q()
    for name in columns:
        lookup = name
        if isinstance(model._meta.get_field(name), JSONField):
            lookup = f"{name}_as_text"
            rows = rows.annotate(**{lookup: Cast(name, TextField())})
        where |= Q(**{f"{lookup}__iregex": pattern})
    return rows.filter(where)


def _without(person, model, row, name):
    field = model._meta.get_field(name)
    value = _clean(getattr(row, name), person)
    is_cut = isinstance(value, str) and field.max_length
    return value[: field.max_length] if is_cut else value


def _clean(value, person):
    if isinstance(value, str):
        return person.without(value)
    if isinstance(value, dict):
        return {key: _clean(part, person) for key, part in value.items()}
    if isinstance(value, list):
        return [_clean(part, person) for part in value]
    return value
