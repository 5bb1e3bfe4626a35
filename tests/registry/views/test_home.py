import pytest

from registry.models import Status
from tests import factories

pytestmark = pytest.mark.usefixtures("province")


@pytest.mark.parametrize("number", [1, 3])
def test_home_asks_the_same_for_one_and_for_three(client, django_assert_num_queries, number):
    for _ in range(number):
        made = factories.initiative(municipality=factories.municipality(), place=factories.place())
        factories.link(made, factories.bottleneck(f"R{number}{made.pk % 10 + 1}"))
    with django_assert_num_queries(12):
        client.get("/")


def test_home_counts_and_shows_only_what_is_published(client):
    factories.initiative("Open", municipality=factories.municipality())
    factories.initiative("Overal")
    factories.initiative("Geheim", status=Status.SUBMITTED, municipality=factories.municipality())
    response = client.get("/")
    assert response.context["total"] == 2
    assert [(one.label, one.count) for one in response.context["municipalities"]] == [
        ("Almere", 0),
        ("Lelystad", 1),
    ]
    assert {initiative.name for initiative in response.context["latest"]} == {"Open", "Overal"}
    assert "Geheim" not in response.text


def test_home_draws_the_levels_from_the_outside_in_as_links(client):
    text = client.get("/").text
    places = [text.index(f'href="/knelpunten/#{slug}"') for slug in ("maatschappelijk", "bestuurlijk")]
    assert places == sorted(places)
    assert text.count('class="kringen__kring"') == 4
    # A Dutch comma in an attribute of an SVG would be another number.
    rings = text[
        text.index('<svg class="kringen"') : text.index("</svg>", text.index('<svg class="kringen"'))
    ]
    assert "," not in rings.replace("Vier niveaus,", "")


def test_home_of_an_empty_site_stands(client):
    assert client.get("/").status_code == 200
