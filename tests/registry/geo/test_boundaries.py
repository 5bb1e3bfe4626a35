import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

import registry
from registry.geo.boundaries import read_outlines, simplify
from registry.geo.overview_map import EAST, NORTH, SOUTH, WEST
from registry.models import Municipality
from tests import factories

SEED = Path(registry.__file__).parent / "seed" / "gemeenten.geojson"
RING = [[5.3, 52.4], [5.5, 52.4], [5.5, 52.6], [5.3, 52.6], [5.3, 52.4]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def feature(code="GM0995", geometry=POLYGON, name="statcode"):
    return {"type": "Feature", "properties": {name: code}, "geometry": geometry}


@pytest.fixture
def written(tmp_path):
    def write(content):
        path = tmp_path / "grenzen.geojson"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write


def sides(ring):
    return [tuple(sorted([tuple(one), tuple(other)])) for one, other in pairwise(ring)]


def test_our_drawing_has_six_municipalities_within_the_province():
    drawn = read_outlines(SEED)
    assert sorted(drawn) == ["GM0034", "GM0050", "GM0171", "GM0184", "GM0303", "GM0995"]
    points = [point for outline in drawn.values() for ring in outline["coordinates"] for point in ring]
    assert all(WEST <= x <= EAST and SOUTH <= y <= NORTH for x, y in points)


def test_our_drawing_has_shared_borders_that_match_and_water_between_the_polders():
    drawn = {code: outline["coordinates"][0] for code, outline in read_outlines(SEED).items()}
    uses = Counter(side for ring in drawn.values() for side in sides(ring))
    assert max(uses.values()) == 2
    neighbours = {
        frozenset([one, other])
        for one in drawn
        for other in drawn
        if one != other and set(sides(drawn[one])) & set(sides(drawn[other]))
    }
    assert neighbours == {
        frozenset(pair)
        for pair in [
            ("GM0171", "GM0184"),
            ("GM0303", "GM0995"),
            ("GM0303", "GM0050"),
            ("GM0995", "GM0034"),
            ("GM0995", "GM0050"),
            ("GM0034", "GM0050"),
        ]
    }


@pytest.mark.parametrize("name", ["statcode", "code", "identificatie", "gemeentecode"])
@pytest.mark.parametrize("code", ["GM0034", "0034", "34"])
def test_read_outlines_knows_the_names_that_publishers_use(written, name, code):
    assert read_outlines(written(collection(feature(code, name=name)))) == {"GM0034": POLYGON}


@pytest.mark.django_db
def test_load_boundaries_sets_the_outline_of_known_municipalities(written, capsys):
    factories.municipality("GM0995")
    factories.municipality("GM0034", outline=POLYGON)
    multi = {"type": "MultiPolygon", "coordinates": [[RING], [RING]]}
    call_command("load_boundaries", written(collection(feature(geometry=multi), feature("GM0363"))))
    assert Municipality.objects.get(pk="GM0995").outline == multi
    assert Municipality.objects.get(pk="GM0034").outline == POLYGON
    assert capsys.readouterr().out == "Grenzen bijgewerkt van: Lelystad. Overgeslagen: 1.\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00", "niet te lezen als JSON"),
        (b"{", "niet te lezen als JSON"),
        (b"[" * 100_000, "niet te lezen als JSON"),
        ([], "FeatureCollection"),
        ({"type": "Feature"}, "FeatureCollection"),
        (collection(feature(), 3), "Gebied 2 heeft geen CBS-code"),
        (collection(feature(), feature(name="naam")), "Gebied 2 heeft geen CBS-code"),
        (collection(feature(geometry=None)), "Gebied 1 heeft geen CBS-code of geen vlak"),
        (collection(feature(geometry={"type": "Point", "coordinates": [5, 52]})), "geen vlak"),
        (collection(feature(geometry={"type": "Polygon", "coordinates": [[["a", "b"]]]})), "geen vlak"),
        (collection(feature(geometry={"type": "Polygon", "coordinates": []})), "niet in Nederland"),
        (collection(feature(geometry={"type": "Polygon", "coordinates": [[[155000, 463000]] * 5]})), "CRS84"),
        (collection(feature(geometry={"type": "Polygon", "coordinates": [RING[:-1]]})), "niet gesloten"),
        (collection(feature("GM0363")), "geen gemeente uit het register"),
    ],
)
def test_load_boundaries_refuses_a_bad_file_and_changes_nothing(written, content, message):
    factories.municipality("GM0995")
    with pytest.raises(CommandError, match=f"(?s){message}.*Er is niets veranderd"):
        call_command("load_boundaries", written(content))
    assert Municipality.objects.get().outline is None


@pytest.mark.django_db
def test_load_boundaries_says_when_there_is_no_file(tmp_path):
    with pytest.raises(CommandError, match="niet te openen"):
        call_command("load_boundaries", tmp_path / "nergens.geojson")


def test_simplify_keeps_the_corners_and_leaves_out_the_rest():
    many = [[5.3, 52.4], [5.4, 52.40001], [5.5, 52.4], [5.5, 52.6], [5.4, 52.59999], [5.3, 52.6], [5.3, 52.4]]
    assert simplify({"type": "Polygon", "coordinates": [many]}, 0.0005) == POLYGON
    assert simplify({"type": "Polygon", "coordinates": [many]}, 0)["coordinates"] == [many]


def test_simplify_drops_islets_but_never_a_whole_municipality():
    islet = [[5.1, 52.3], [5.1001, 52.3], [5.1001, 52.3001], [5.1, 52.3]]
    both = {"type": "MultiPolygon", "coordinates": [[RING], [islet]]}
    assert simplify(both, 0.01) == {"type": "MultiPolygon", "coordinates": [[RING]]}
    only = {"type": "MultiPolygon", "coordinates": [[islet]]}
    assert simplify(only, 0.01) == only
