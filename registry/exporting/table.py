"""Published initiatives as rows of a table: one row each, the names of the columns those of the JSON.

Contact data stays out, public or not: who wants to write finds it on the page, not in a file of thousands.
"""

import csv
from itertools import chain

from django.db import models
from django.db.models.functions import Cast

from registry.exporting.chunks import chunks
from registry.exporting.rows import dashed, public_links
from registry.foundation.spreadsheets import csv_parts
from registry.foundation.spreadsheets.cells import FORMULA_STARTS, neutralised
from registry.models import Link
from registry.models.initiative import public_point
from registry.models.operations.trace import public_moment
from registry.models.public import INITIATIVE
from registry.models.public.declaration import in_order

# The order that files have had since they were public. What is newer stands behind it.
_FIRST = (
    "naam andereNamen samenvatting beschrijving voorWie toegankelijkheid talen kosten lessen website organisatie "
    "gemeenteNaam kern soort activiteit wieDoetHet gemeenteCode begintOp eindigtOp bevestigdOp"
).split()
_WORKED_OUT = (
    "lengtegraad breedtegraad afgeschermd knelpuntenErvaart knelpuntenPaktAan gewijzigdOp voorbeeld url"
).split()
_DECLARED = {
    name: source
    for field in INITIATIVE.by_age
    for name, source in field.table_columns.items()
    if name not in _WORKED_OUT
}
_NAMES = in_order(_DECLARED, _FIRST)
HEADERS = ("id", *_FIRST, *_WORKED_OUT, *_NAMES[len(_FIRST) :])
_YES = {True: "ja", False: "nee", None: ""}


def _of_model(name):
    return INITIATIVE.of_model(_DECLARED[name])


def _column(name):
    # As text straight from the database: as dates they would be taken apart and put together again.
    is_date = isinstance(_of_model(name), models.DateField)
    return Cast(_DECLARED[name], models.CharField()) if is_date else _DECLARED[name]


def _is_text(of_model):
    """Whether people wrote it themselves."""
    return isinstance(of_model, models.CharField | models.TextField) and not of_model.choices


def _columns():
    return (
        *map(_column, _NAMES),
        Cast("longitude", models.FloatField()),
        Cast("latitude", models.FloatField()),
        "is_location_shielded",
        Cast(public_moment(), models.CharField()),
        "is_sample",
        "slug",
        Cast("public_id", models.CharField()),
    )


def lines(queryset, base, *, harmless=True):
    """Lists of rows, chunk by chunk; a row has a text or number for each of HEADERS, "" when unknown.

    Texts that a spreadsheet program would run are made harmless, unless whoever writes them does that.
    ``base``: see geojson.features.
    """
    starts = FORMULA_STARTS if harmless else ()
    first, ends = len(_FIRST), len(_NAMES)
    texts = [at for at, name in enumerate(_NAMES) if _is_text(_of_model(name))]
    answers = [at for at, name in enumerate(_NAMES) if isinstance(_of_model(name), models.BooleanField)]
    for rows in chunks(queryset, _columns()):
        links = public_links([row[0] for row in rows])
        lines_of_chunk = []
        for pk, *row in rows:
            longitude, latitude, shielded, changed_at, sample, slug, key = row[ends:]
            for at in texts:
                if (text := row[at]) and text[0] in starts:
                    row[at] = neutralised(text)
            for at in answers:
                row[at] = _YES[row[at]]
            point = public_point(longitude, latitude, shielded) or ("", "")
            faces = ";".join([code for code, role in links.get(pk, ()) if role == Link.Role.FACES])
            tackles = ";".join([code for code, role in links.get(pk, ()) if role == Link.Role.TACKLES])
            lines_of_chunk.append(
                [
                    dashed(key),
                    *row[:first],
                    *point,
                    _YES[shielded],
                    faces,
                    tackles,
                    f"{changed_at[:10]}T{changed_at[11:19]}Z",  # every database of ours keeps UTC
                    _YES[sample],
                    f"{base}{slug}/",
                    *row[first:ends],
                ]
            )
        yield lines_of_chunk


def as_csv(queryset, base):
    """The bytes of a CSV file, in parts."""
    parts = chain([[HEADERS]], lines(queryset, base))
    return csv_parts(parts, quoting=csv.QUOTE_MINIMAL)
