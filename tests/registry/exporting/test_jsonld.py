import json

import pytest

from registry.exporting import chunks, jsonld
from registry.models import Initiative
from tests import factories

pytestmark = pytest.mark.django_db
PAGES = "https://samenbuurten.example/initiatieven/"


def written():
    return json.loads(b"".join(jsonld.graph(Initiative.objects.published(), PAGES)))["@graph"]


def test_the_graph_says_of_each_what_its_page_says():
    entry = factories.initiative(
        "HavenHart",
        slug="havenhart",
        kind="evenement",
        place=factories.place("Warande"),
        longitude="5.471234",
        latitude="52.508765",
        is_location_shielded=True,
    )
    said = jsonld.describe(entry, f"{PAGES}havenhart/")
    (found,) = written()
    assert found == {name: value for name, value in said.items() if name != "@context"} | {
        "@id": f"urn:uuid:{entry.public_id}"
    }
    assert (found["@type"], found["location"]["address"]["addressLocality"]) == ("Event", "Warande")
    assert "geo" not in found["location"]


def test_what_is_fictional_is_no_fact_about_the_world():
    factories.initiative("Verzonnen", is_sample=True)
    assert written() == []


@pytest.mark.parametrize("rows", [1, 3])
def test_a_graph_costs_the_same_queries(rows, django_assert_num_queries):
    for _number in range(rows):
        factories.initiative(place=factories.place("Warande"))
    with django_assert_num_queries(2):  # which rows, and what they say
        written()


def test_parts_make_one_graph(monkeypatch):
    names = [factories.initiative().name for _number in range(5)]
    monkeypatch.setattr(jsonld, "chunks", lambda *args, size: chunks.chunks(*args, size=2))
    assert [one["name"] for one in written()] == names
