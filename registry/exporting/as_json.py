"""How the register shows itself to machines: rows of the database as plain data with Dutch names.

One shape a noun, for every reader. Unknown is None, never "" or 0. What is not public is not asked of the
database, so that it cannot slip through. A few queries, however many rows.
"""

from functools import cache

import orjson
from django.db.models import Prefetch
from django.urls import reverse

from registry.exporting.chunks import chunks
from registry.exporting.rows import Tuples, links, of_object, public_links
from registry.exporting.rows import moment as moment  # for who tells one beside the rows
from registry.foundation.cache import Prepared
from registry.models import Bottleneck, Case, Finding, Initiative
from registry.models.public import (
    BOTTLENECK,
    CASE,
    FINDING,
    INITIATIVE,
    INTERACTION,
    LEVEL,
    LINK,
    MUNICIPALITY,
    ORGANISATION,
    SOURCE,
    TERM,
)
from registry.models.public.parts import IMAGE_BEHIND_PAGE


@cache
def _rows():
    """What reads the initiatives, and what makes data of a row."""
    tuples = Tuples(INITIATIVE, INITIATIVE.in_json, skip=1)
    published = Initiative.objects.published()
    return Prepared(lambda keys: published.filter(pk__in=keys).values_list("pk", *tuples.columns)), tuples


# In which order they stand with an initiative.
_ORDER = {
    "vermeldingen": ("event", "pk"),
    "vraagEnAanbod": ("direction", "pk"),
    "externeKenmerken": ("scheme", "value"),
}


@cache
def _belonging():
    """(name, what reads the rows, what makes data of one) of each list that goes with an initiative."""
    return [(name, *_rows_of(INITIATIVE[name].noun, order)) for name, order in _ORDER.items()]


def _rows_of(noun, order):
    tuples = Tuples(noun, noun.in_json, skip=1)
    rows = noun.model.objects.order_by(*order)
    return (
        Prepared(lambda keys: rows.filter(initiative__in=keys).values_list("initiative", *tuples.columns)),
        tuples,
    )


def initiatives(keys, base):
    """The published initiatives with these primary keys, in that order.

    ``base``: scheme and host for the addresses, such as "https://samenbuurten.example".
    """
    resources = INITIATIVE.links["self"].format(api=api(base), key="")
    pages = base + reverse("registry:initiative-list")
    prepared, tuples = _rows()
    by_key = {row[0]: _initiative(tuples(row), resources, pages) for row in prepared.rows(keys)}
    for key, links_of in _links(keys):
        if key in by_key:
            by_key[key]["knelpunten"] = links_of
    for name, rows, tuples in _belonging():
        for row in rows.rows(keys):
            if row[0] in by_key:
                by_key[row[0]][name].append(tuples(row))
    return [by_key[key] for key in keys if key in by_key]


def as_lines(queryset, base):
    """The bytes of one JSON object a line for each initiative of ``queryset``, in parts, by key."""
    for rows in chunks(queryset, (), size=500):
        items = initiatives([row[0] for row in rows], base)
        yield b"".join(orjson.dumps(item) + b"\n" for item in items)


def as_json(queryset, base):
    """The bytes of a JSON array of the same."""
    separator = b"["
    for part in as_lines(queryset, base):
        yield separator + part.rstrip(b"\n").replace(b"\n", b",\n")
        separator = b",\n"
    yield b"]" if separator != b"[" else b"[]"


def _initiative(data, resources, pages):
    page = f"{pages}{data['slug']}/"
    if data["afbeelding"]:
        data["afbeelding"]["url"] = page + IMAGE_BEHIND_PAGE
    data["_links"] = {"self": {"href": resources + data["id"]}, "pagina": {"href": page}}
    return data


@cache
def _link():
    """Of rows in which the code and the role stand in front: see public_links."""
    first = ("code", "rol")
    return Tuples(LINK, [field for field in LINK.in_json if field.name not in first], first=first)


def _links(keys):
    link = _link()
    for key, rows in public_links(keys, *link.columns).items():
        yield key, [link(row) for row in rows]


def api(base):
    """The address of the API, without a slash at the end."""
    return base + reverse("api:root")


def _of(noun):
    """What shows a row of this noun."""

    def show(row, base):
        data = of_object(noun, row)
        if noun.links:
            page = base + row.get_absolute_url() if "pagina" in noun.links else ""
            data["_links"] = links(noun, data, api(base), page)
        return data

    return show


level, bottleneck, case, organisation = map(_of, (LEVEL, BOTTLENECK, CASE, ORGANISATION))
municipality, source, term, finding = map(_of, (MUNICIPALITY, SOURCE, TERM, FINDING))
interaction = _of(INTERACTION)


def public_cases():
    """With all that ``case`` shows at hand."""
    codes = Prefetch("bottlenecks", Bottleneck.objects.published())
    return Case.objects.published().select_related("initiative", "source").prefetch_related(codes)


def findings():
    """With all that ``finding`` shows at hand."""
    codes = Prefetch("bottlenecks", Bottleneck.objects.published())
    return Finding.objects.select_related("part_of", "source").prefetch_related(codes, "municipalities")
