"""A file of ten times as many rows takes no more memory, whichever file it is."""

import tracemalloc

import pytest

from registry.exporting import as_json, geojson, jsonld, table, writers
from registry.exporting.chunks import chunks
from registry.foundation import spreadsheets
from registry.foundation.spreadsheets import writing
from registry.models import Initiative
from registry.resources import InitiativeResource
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FEW, MANY = 100, 500
ROOM = 200_000  # bytes: what waits to be thrown away is more or less at each look


@pytest.fixture
def register(monkeypatch, settings):
    # In small pieces, so that few rows are many pieces.
    for module in (as_json, geojson, jsonld, table):
        monkeypatch.setattr(module, "chunks", lambda rows, columns, **_size: chunks(rows, columns, size=50))
    monkeypatch.setattr(writing, "ROWS_A_PART", 50)
    settings.IMPORT_EXPORT_CHUNK_SIZE = 50
    like = factories.initiative()
    rows = [
        Initiative(name=f"Plek {number}", slug=f"plek-{number}", status=like.status, summary="x" * 200)
        for number in range(MANY)
    ]
    Initiative.objects.bulk_create(rows)
    return Initiative.objects.order_by("pk")


def public(kind):
    return lambda rows: writers.write(kind, rows, "https://samenbuurten.example")


def of_staff(kind):
    def write(rows):
        resource = InitiativeResource()
        lines = map(resource.export_resource, resource.iter_queryset(resource.filter_export(rows)))
        return spreadsheets.parts(kind, resource.get_export_headers(), lines, title="Initiatieven")

    return write


WAYS = {f"public {kind}": public(kind) for kind in writers.MEDIA_TYPES}
WAYS |= {f"of staff {kind}": of_staff(kind) for kind in spreadsheets.FORMATS}


def most_in_use(write, rows):
    tracemalloc.start()
    try:
        size = sum(map(len, write(rows)))
        return tracemalloc.get_traced_memory()[1], size
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("way", WAYS)
def test_memory_is_flat(register, way):
    keys = list(register.values_list("pk", flat=True)[:FEW])
    few = register.filter(pk__lte=keys[-1])
    most_in_use(WAYS[way], few)  # what is loaded at the first time
    (of_few, small), (of_many, large) = (most_in_use(WAYS[way], rows) for rows in (few, register))
    assert large > small * 3
    assert of_many < of_few + ROOM
