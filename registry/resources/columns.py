"""Which column of somebody's file is which of ours: a first guess, and the table that comes of the choice."""

import difflib
import re
from collections import Counter

from registry.foundation.spreadsheets import Table, Unfit
from registry.foundation.text import normalise

# Beside a row of a file that was refused; it comes back with the file.
REASON = "wat_er_mis_is"
_SLUG = re.compile(r"[-\w]+", re.ASCII)
# What people call columns that more than one noun has; the words for others are declared (registry/models/public).
_CALLED = {
    "naam": "titel, initiatief, organisatie, naam initiatief, naam organisatie, naam van het initiatief, project",
    "titel": "naam, casus, onderwerp",
    "adres": "slug, webnaam, adres op de site",
    "samenvatting": "korte omschrijving, kort, korte beschrijving, wat, wat doen jullie, intro",
    "beschrijving": "omschrijving, toelichting, lange omschrijving, tekst, uitleg",
    "omschrijving": "beschrijving, toelichting",
    "gemeente": "gemeentenaam, gemeentecode, gemeente code, gm, stad",
    "lengtegraad": "lon, lng, longitude, x",
    "breedtegraad": "lat, latitude, y",
    "website": "web, site, url, webadres, link, webpagina, internet, homepage",
    "webadres": "website, url, link",
    "e_mailadres": "e mail, email, mail, emailadres, mailadres, e mail adres, contact e mail",
    "kvk_nummer": "kvk, kvk nr, kvknr, kvk nummer, kvknummer, nummer kvk, kamer van koophandel",
    "knelpunt": "code, knelpuntcode",
    "knelpunten": "knelpunt, codes",
    "rol": "relatie, ervaart of pakt aan",
    "jaar": "jaartal",
    "bron": "herkomst",
}


def matches_of(resource):
    """{what a header may say, made plain: our column}; what is surest comes first."""
    field_of = {}
    for field in resource.fields.values():
        field_of.setdefault(_plain(field.column_name), field.column_name)
    for words in (_labels, _others):
        for field in resource.fields.values():
            for word in words(resource, field):
                if plain := _plain(word):
                    field_of.setdefault(plain, field.column_name)
    return field_of


def _labels(resource, field):
    of_model = resource._model_field(field)
    return [str(of_model.verbose_name), of_model.name] if of_model else [field.attribute]


def _others(resource, field):
    words = (resource.called.get(field.column_name), _CALLED.get(field.column_name))
    return ",".join(filter(None, words)).split(",")


def _plain(text):
    return normalise(text.replace("_", " ").replace("-", " ")).strip()


def is_header_for(resource):
    """How many cells of a line name a column of ours."""
    field_of = matches_of(resource)
    return lambda cells: sum(_plain(str(cell)) in field_of for cell in cells if len(cell) < 60)


def guessed(resource, table):
    """Our column for each column of ``table``, or ""; each of ours at most once."""
    field_of, taken = matches_of(resource), {}
    ours = {field.column_name for field in resource.fields.values()}
    exact = [name if name in ours else "" for name in table.headers]
    for at, name in enumerate(exact):
        if name and not (name == "adres" and _is_street(resource, table, at)):
            taken.setdefault(name, at)
    for at, header in enumerate(table.headers):
        if exact[at] or not header:
            continue
        name = field_of.get(_plain(header))
        if name == "adres" and _is_street(resource, table, at):
            continue
        if name and name not in taken:
            taken[name] = at
    for at, header in enumerate(table.headers):
        if at in taken.values() or exact[at] or len(header) < 4:
            continue
        near = difflib.get_close_matches(_plain(header), field_of, 1, 0.85)
        if near and field_of[near[0]] not in taken:
            taken[field_of[near[0]]] = at
    by_place = {at: name for name, at in taken.items()}
    return [by_place.get(at, "") for at in range(len(table.headers))]


def is_certain(table, columns):
    """Whether nobody need look: each column that has something in it is called as ours is."""
    return all(
        header in (column, REASON) or not (header or _has_content(table, at))
        for at, (header, column) in enumerate(zip(table.headers, columns, strict=True))
    )


def chosen(table, columns):
    """The Table with the columns that were chosen, by the names that they have here."""
    places = [at for at, column in enumerate(columns) if column]
    return Table(
        tuple(columns[at] for at in places),
        tuple((number, tuple(cells[at] for at in places)) for number, cells in table.rows),
        table.notes,
    )


def problems_of(resource, columns):
    """(our columns that were chosen twice, our columns that are needed and were not chosen)."""
    double = [name for name, count in Counter(filter(None, columns)).items() if count > 1]
    return double, [name for name in resource.key_columns() if name not in columns]


def _has_content(table, at):
    return any(cells[at] for _number, cells in table.rows)


def _is_street(resource, table, at):
    """To most people, "adres" is where a house stands."""
    if resource.named_after is None:
        return False
    cells = [cells[at] for _number, cells in table.rows if cells[at]]
    filled = [cell for cell in cells if not isinstance(cell, Unfit)]
    return bool(filled) and sum(bool(_SLUG.fullmatch(cell)) for cell in filled) * 2 < len(filled)
