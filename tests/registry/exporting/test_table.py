import csv
import io
from datetime import UTC, date, datetime

import pytest

from registry.exporting import chunks, rows, table
from registry.models import Initiative, Link, Trace
from tests import factories

pytestmark = pytest.mark.django_db
BASE = "https://samenbuurten.example/initiatieven/"


def written(queryset=None):
    parts = table.as_csv(Initiative.objects.published() if queryset is None else queryset, BASE)
    text = b"".join(parts).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_a_row_says_what_the_page_says():
    place = factories.place("Almere Haven")
    initiative = factories.initiative(
        'Café ‘Één’; "twee"',
        slug="cafe",
        summary="Koffie.",
        description="Regel\nnog een",
        kind="ontmoetingsplek",
        activity="actief",
        run_by="inwoners",
        organisation=factories.organisation(name="Stichting"),
        municipality=place.municipality,
        place=place,
        longitude="5.216789",
        latitude="52.312345",
        is_location_shielded=True,
        starts_on=date(2024, 3, 1),
        confirmed_on=date(2026, 3, 9),
        contact_email="ans@voorbeeld.nl",
        is_contact_public=True,
    )
    for code, role in [("R2", "ervaart"), ("R1", "ervaart"), ("M1", "pakt-aan")]:
        factories.link(initiative, factories.bottleneck(code), Link.Role(role))
    Trace.objects.update(changed_at=datetime(2026, 7, 1, 12, 30, 5, 9, UTC))
    (row,) = written()
    assert list(row) == list(table.HEADERS)
    assert row == dict.fromkeys(table.HEADERS, "") | {
        "id": str(initiative.public_id),
        "naam": 'Café ‘Één’; "twee"',
        "samenvatting": "Koffie.",
        "beschrijving": "Regel\nnog een",
        "soort": "ontmoetingsplek",
        "activiteit": "actief",
        "wieDoetHet": "inwoners",
        "organisatie": "Stichting",
        "gemeenteCode": "GM0034",
        "gemeenteNaam": "Almere",
        "kern": "Almere Haven",
        "lengtegraad": "5.22",
        "breedtegraad": "52.31",
        "afgeschermd": "ja",
        "begintOp": "2024-03-01",
        "bevestigdOp": "2026-03-09",
        "gewijzigdOp": "2026-07-01T12:30:05Z",
        "knelpuntenErvaart": "R1;R2",
        "knelpuntenPaktAan": "M1",
        "voorbeeld": "nee",
        "url": f"{BASE}cafe/",
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "'="])
def test_no_text_is_run_by_a_spreadsheet_program(start):
    factories.initiative(f"{start}1+1", summary=f"{start}HYPERLINK()", audience=f"{start}x")
    (row,) = written()
    assert [row[name][0] for name in ("naam", "samenvatting", "voorWie")] == ["'", "'", "'"]


def test_nothing_is_a_file_with_a_header():
    assert b"".join(table.as_csv(Initiative.objects.none(), BASE)).decode("utf-8-sig").splitlines() == [
        ";".join(table.HEADERS)
    ]


def test_parts_make_one_file(monkeypatch):
    names = [factories.initiative().name for _number in range(5)]
    monkeypatch.setattr(chunks.chunks, "__kwdefaults__", {"size": 2})
    parts = list(table.as_csv(Initiative.objects.published(), BASE))
    assert len(parts) == 1 + 3  # the header stands alone
    assert [row["naam"] for row in written()] == names


@pytest.mark.parametrize("count", [1, 3])
def test_a_file_costs_the_same_queries(count, django_assert_num_queries):
    for _number in range(count):
        factories.initiative()
    rows.public_links([])
    with django_assert_num_queries(3):
        written()
