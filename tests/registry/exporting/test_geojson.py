import json

import pytest

from registry.exporting import chunks, geojson, rows
from registry.models import Initiative, Link
from tests import factories

pytestmark = pytest.mark.django_db
BASE = "https://samenbuurten.example/initiatieven/"


def written(queryset):
    return json.loads(b"".join(geojson.collection(queryset, BASE)))


def test_a_feature_says_what_the_page_says():
    place = factories.place("Almere Haven")
    initiative = factories.initiative(
        'Café ‘Één’ "<b>"',
        slug="cafe",
        summary="Koffie.",
        kind="ontmoetingsplek",
        activity="actief",
        municipality=place.municipality,
        place=place,
        longitude="5.212345",
        latitude="52.312345",
    )
    factories.link(initiative, factories.bottleneck("R1"), Link.Role.FACES)
    assert written(Initiative.objects.published()) == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": str(initiative.public_id),
                "geometry": {"type": "Point", "coordinates": [5.212345, 52.312345]},
                "properties": {
                    "naam": 'Café ‘Één’ "<b>"',
                    "samenvatting": "Koffie.",
                    "soort": "ontmoetingsplek",
                    "activiteit": "actief",
                    "gemeente": {"code": "GM0034", "naam": "Almere"},
                    "kern": "Almere Haven",
                    "knelpunten": [{"code": "R1", "rol": "ervaart"}],
                    "afgeschermd": False,
                    "voorbeeld": False,
                    "url": f"{BASE}cafe/",
                },
            }
        ],
    }


def test_what_is_not_known_is_null():
    factories.initiative("Iets")
    (feature,) = written(Initiative.objects.published())["features"]
    assert feature["geometry"] is None
    unknown = {name for name, value in feature["properties"].items() if value is None}
    assert unknown == {"samenvatting", "soort", "activiteit", "gemeente", "kern"}


def test_a_shielded_place_is_coarse():
    factories.initiative(longitude="5.212345", latitude="52.316789", is_location_shielded=True)
    (feature,) = written(Initiative.objects.published())["features"]
    assert feature["geometry"]["coordinates"] == [5.21, 52.32]
    assert feature["properties"]["afgeschermd"] is True


def test_nothing_is_a_collection_too():
    assert written(Initiative.objects.none()) == {"type": "FeatureCollection", "features": []}


@pytest.mark.parametrize("count", [1, 3])
def test_a_file_costs_the_same_queries(count, django_assert_num_queries):
    for _number in range(count):
        factories.initiative()
    rows.public_links([])
    with django_assert_num_queries(3):  # rows, version of the content, links
        written(Initiative.objects.published())


def test_parts_make_one_file(monkeypatch):
    names = [factories.initiative().name for _number in range(5)]
    monkeypatch.setattr(chunks.chunks, "__kwdefaults__", {"size": 2})
    found = written(Initiative.objects.published())["features"]
    assert [feature["properties"]["naam"] for feature in found] == names
