from decimal import Decimal

import pytest

from registry.geo.overview_map import HEIGHT, WIDTH, locate, overview
from registry.models import Municipality
from tests import factories

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[5.3, 52.4], [5.5, 52.4], [5.5, 52.6], [5.3, 52.6], [5.3, 52.4]]],
}


@pytest.mark.django_db
def test_overview_gives_areas_with_counts_and_marks_the_chosen():
    factories.municipality("GM0995", outline=SQUARE, longitude="5.4", latitude="52.5")
    factories.municipality("GM0034", longitude="5.2", latitude="52.4")
    drawn = overview({"GM0995": 400, "GM9999": 3}, selected=["GM0995"])
    assert (drawn.width, drawn.height) == (WIDTH, HEIGHT) == (900, 984)
    assert [(area.code, area.name, area.count, area.radius, area.is_selected) for area in drawn.areas] == [
        ("GM0034", "Almere", 0, 0, False),
        ("GM0995", "Lelystad", 400, 60, True),
    ]
    assert [area.path for area in drawn.areas] == ["", "M180 739L382 739L382 406L180 406Z"]
    assert (drawn.areas[1].label_x, drawn.areas[1].label_y) == (281, 573)


@pytest.mark.django_db
def test_overview_draws_all_parts_of_a_multipolygon():
    two = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], SQUARE["coordinates"]]}
    factories.municipality("GM0995", outline=two)
    assert overview({}).areas[0].path.count("Z") == 2


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_overview_costs_the_stamp_only(number, django_assert_num_queries):
    for code in ["GM0995", "GM0034", "GM0184"][:number]:
        factories.municipality(code, outline=SQUARE)
    overview({})
    with django_assert_num_queries(1):
        assert len(overview({}).areas) == number
    Municipality.objects.filter(code="GM0995").update(name="Anders")
    assert "Anders" in {area.name for area in overview({}).areas}


@pytest.mark.django_db
def test_surface_of_a_bubble_shows_how_many():
    for code in ["GM0995", "GM0034"]:
        factories.municipality(code)
    drawn = overview({"GM0995": 16, "GM0034": 4})
    assert [(area.name, area.radius) for area in drawn.areas] == [("Almere", 30), ("Lelystad", 60)]


def test_locate_puts_the_corners_in_the_corners_and_nothing_outside():
    assert (locate((5.1225, 52.8440)), locate((6.0118, 52.2526))) == ((0, 0), (WIDTH, HEIGHT))
    assert (locate((Decimal("5.5"), Decimal("52.5"))), locate((4.9, 52.5)), locate(None)) == (
        (382, 573),
        None,
        None,
    )
