"""Published initiatives as rows of a table: one row each, the names of the columns those of the JSON.

Contact data stays out, public or not: who wants to write finds it on the page, not in a file of thousands.
"""

import csv
from itertools import chain

from django.db.models import CharField, FloatField
from django.db.models.functions import Cast

from registry.exporting.chunks import chunks, public_links
from registry.foundation.spreadsheets import csv_parts
from registry.foundation.spreadsheets.cells import FORMULA_STARTS, neutralised
from registry.models import Link
from registry.models.initiative import public_point
from registry.models.operations.trace import public_moment

# Texts that people wrote themselves, in the order of the columns.
_TEXTS = {
    "naam": "name",
    "andereNamen": "other_names",
    "samenvatting": "summary",
    "beschrijving": "description",
    "voorWie": "audience",
    "toegankelijkheid": "accessibility",
    "talen": "languages",
    "kosten": "costs",
    "lessen": "lessons",
    "website": "website",
    "organisatie": "organisation__name",
    "gemeenteNaam": "municipality__name",
    "kern": "place__name",
}
_REST = {
    "soort": "kind",
    "activiteit": "activity",
    "wieDoetHet": "run_by",
    "gemeenteCode": "municipality",
    # As text straight from the database: as dates they would be taken apart and put together again.
    "begintOp": Cast("starts_on", CharField()),
    "eindigtOp": Cast("ends_on", CharField()),
    "bevestigdOp": Cast("confirmed_on", CharField()),
}
_WORKED_OUT = (
    "lengtegraad breedtegraad afgeschermd knelpuntenErvaart knelpuntenPaktAan gewijzigdOp voorbeeld url"
).split()
HEADERS = ("id", *_TEXTS, *_REST, *_WORKED_OUT)
_COLUMNS = (
    *_TEXTS.values(),
    *_REST.values(),
    Cast("longitude", FloatField()),
    Cast("latitude", FloatField()),
    "is_location_shielded",
    Cast(public_moment(), CharField()),
    "is_sample",
    "slug",
    Cast("public_id", CharField()),
)
_YES = {True: "ja", False: "nee"}
UUID_LENGTH = 36


def lines(queryset, base, *, harmless=True):
    """Lists of rows, chunk by chunk; a row has a text or number for each of HEADERS, "" when unknown.

    Texts that a spreadsheet program would run are made harmless, unless whoever writes them does that.
    ``base``: see geojson.features.
    """
    starts = FORMULA_STARTS if harmless else ()
    texts, ends = len(_TEXTS), len(_TEXTS) + len(_REST)
    for rows in chunks(queryset, _COLUMNS):
        links = public_links([row[0] for row in rows])
        lines_of_chunk = []
        for pk, *row in rows:
            longitude, latitude, shielded, changed_at, sample, slug, key = row[ends:]
            point = public_point(longitude, latitude, shielded) or ("", "")
            faces = ";".join([code for code, role in links.get(pk, ()) if role == Link.Role.FACES])
            tackles = ";".join([code for code, role in links.get(pk, ()) if role == Link.Role.TACKLES])
            lines_of_chunk.append(
                [
                    key if len(key) == UUID_LENGTH else _dashed(key),
                    *[neutralised(text) if text and text[0] in starts else text for text in row[:texts]],
                    *row[texts:ends],
                    *point,
                    _YES[shielded],
                    faces,
                    tackles,
                    f"{changed_at[:10]}T{changed_at[11:19]}Z",  # every database of ours keeps UTC
                    _YES[sample],
                    f"{base}{slug}/",
                ]
            )
        yield lines_of_chunk


def _dashed(key):
    """A UUID as SQLite keeps it, in the form that everybody knows."""
    return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


def as_csv(queryset, base):
    """The bytes of a CSV file, in parts."""
    parts = chain([[HEADERS]], lines(queryset, base))
    return csv_parts(parts, quoting=csv.QUOTE_MINIMAL)
