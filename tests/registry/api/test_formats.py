import csv
import io
import json

import pytest

from registry.models import Initiative, Link
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/api/v1/initiatieven"
FORMS = ["application/geo+json", "application/ld+json", "text/csv", "application/x-ndjson"]


def ask(client, form, query=""):
    response = client.get(f"{LIST}{query}", headers={"accept": form})
    assert response.status_code == 200, response.content
    assert response["Content-Type"].split(";")[0] == form
    return b"".join(response.streaming_content)


@pytest.fixture
def two():
    pinch = factories.bottleneck("R1")
    lelystad = factories.municipality("GM0995")
    first = factories.initiative(
        "=HYPERLINK(1)", slug="een", municipality=lelystad, longitude="5.471234", latitude="52.508765"
    )
    second = factories.initiative(
        "Twee", slug="twee", longitude="5.214999", latitude="52.351111", is_location_shielded=True
    )
    factories.link(first, pinch, Link.Role.FACES)
    factories.link(second, pinch, Link.Role.TACKLES)
    factories.initiative("Geheim", slug="geheim", status="ingediend", longitude="5.3", latitude="52.4")
    return first, second


def test_geojson_is_a_collection_of_all_with_coarse_points_for_the_shielded(client, two):
    found = json.loads(ask(client, "application/geo+json"))
    assert found["type"] == "FeatureCollection"
    assert {one["id"]: one["geometry"]["coordinates"] for one in found["features"]} == {
        str(two[0].public_id): [5.471234, 52.508765],
        str(two[1].public_id): [5.21, 52.35],
    }
    assert client.get(LIST, headers={"accept": "application/geo+json"})["Content-Crs"] == (
        "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    )


def test_ndjson_is_the_list_a_line_each(client, two):
    lines = [json.loads(line) for line in ask(client, "application/x-ndjson").splitlines()]
    assert lines == sorted(
        client.get(f"{LIST}?sorteer=naam").json()["initiatieven"], key=lambda one: one["slug"]
    )


def test_csv_has_a_row_each_and_runs_no_formula(client, two):
    text = ask(client, "text/csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [(row["naam"], row["knelpuntenErvaart"], row["knelpuntenPaktAan"]) for row in rows] == [
        ("'=HYPERLINK(1)", "R1", ""),
        ("Twee", "", "R1"),
    ]
    assert (rows[1]["lengtegraad"], rows[1]["breedtegraad"], rows[1]["afgeschermd"]) == (
        "5.21",
        "52.35",
        "ja",
    )


def test_json_ld_speaks_schema_org(client, two):
    found = json.loads(ask(client, "application/ld+json"))
    assert found["@context"] == "https://schema.org"
    assert [(one["@id"], one["name"]) for one in found["@graph"]] == [
        (f"urn:uuid:{one.public_id}", one.name) for one in two
    ]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_keeps_to_the_filters_and_to_what_is_public(client, two, form):
    assert b"Geheim" not in ask(client, form)
    narrowed = ask(client, form, "?gemeente=GM0995")
    assert b"HYPERLINK" in narrowed
    assert b"Twee" not in narrowed
    assert client.get(LIST, {"gemeente": "x", "page": "2"}, headers={"accept": form}).json()["invalidParams"]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_has_a_tag(client, two, form):
    tag = client.get(LIST, headers={"accept": form})["ETag"]
    assert client.get(LIST, headers={"accept": form, "if-none-match": tag}).status_code == 304
    Initiative.objects.update(summary="Nieuw")
    assert client.get(LIST, headers={"accept": form, "if-none-match": tag}).status_code == 200


def test_who_asks_for_a_form_that_is_not_there_is_told(client):
    response = client.get(LIST, headers={"accept": "application/xml"})
    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")
    assert client.get(LIST, headers={"accept-crs": "EPSG:28992"}).status_code == 406


@pytest.mark.parametrize(
    ("box", "found"),
    [
        ("5,52,6,53", ["een", "twee"]),
        ("5.47,52.5,5.48,52.51", ["een"]),
        # Where the shielded one really is, and where it is said to be.
        ("5.2145,52.3505,5.2155,52.3515", []),
        ("5.205,52.345,5.2145,52.3505", ["twee"]),
    ],
)
def test_a_box_looks_at_the_point_that_the_public_knows(client, two, box, found):
    answer = client.get(LIST, {"bbox": box, "sorteer": "naam"}).json()
    assert [one["slug"] for one in answer["initiatieven"]] == found
    assert answer["aantal"] == len(found)


@pytest.mark.parametrize(
    "box", ["1", "a,b,c,d", "nan,52,6,53", "6,52,5,53", "5,52,6,53,1", "1e999,1,2,3", "5,52,6,91"]
)
def test_a_box_that_is_none_is_said_to_be(client, box):
    response = client.get(LIST, {"bbox": box})
    assert (response.status_code, [one["name"] for one in response.json()["invalidParams"]]) == (
        400,
        ["bbox"],
    )


def test_there_is_one_coordinate_system(client):
    (crs,) = client.get("/api/v1/crss").json()["crs"]
    assert client.get(LIST, {"crs": crs, "bbox-crs": crs}).status_code == 200
    assert client.get(LIST, {"crs": "x", "bbox-crs": "y"}).status_code == 400


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/csv;q=0.1, application/geo+json;q=0.9, application/json;q=0.5", "application/geo+json"),
        ("application/json;q=0.1, text/csv", "text/csv"),
        ("text/*;q=0.9, application/*;q=0.2", "text/csv"),
        ("application/json;q=0, */*;q=.2", "application/geo+json"),
        ("text/html, image/png, *; q=.2, */*; q=.2", "application/json"),
        ("TEXT/CSV;charset=utf-8;Q=0.5, application/json;q=0.4", "text/csv"),
        ("text/csv, */*", "text/csv"),
        ("text/csv, application/json", "application/json"),
        ("application/json;q=nan, text/csv;q=0.9", "application/json"),
        ("text/csv;q=2, application/json;q=x", "application/json"),
        ("", "application/json"),
    ],
)
def test_who_likes_one_form_better_gets_that(client, accept, form):
    assert client.get(LIST, headers={"accept": accept})["Content-Type"].split(";")[0] == form


@pytest.mark.parametrize("accept", ["application/json;q=0", "text/html", "*/*;q=0", ";", ",,", "json"])
def test_what_fits_none_of_the_forms_is_not_acceptable(client, accept):
    response = client.get(LIST, headers={"accept": accept})
    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")
