"""``expand``: what belongs to an item comes along whole, for the same number of queries however many items."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Bottleneck, Finding, Link, Status
from tests import factories

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
EVERYTHING = {
    "initiatieven": "organisatie,knelpunten,casussen",
    "casussen": "knelpunten,initiatief",
    "knelpunten": "niveau,bevindingen",
}


@pytest.fixture
def three():
    """Initiatives that share nothing: each with an organisation, two links to one bottleneck, and a case."""
    found = []
    for number in (1, 2, 3):
        pinch = factories.bottleneck(f"R{number}")
        made = factories.initiative(f"Nummer {number}", organisation=factories.organisation())
        factories.link(made, pinch, Link.Role.FACES)
        factories.link(made, pinch, Link.Role.TACKLES)
        factories.case(f"Casus {number}", initiative=made).bottlenecks.add(pinch)
        finding = Finding.objects.create(slug=f"bevinding-{number}", text="Zo is het.")
        finding.bottlenecks.add(pinch)
        found.append(made)
    return found


def get(client, path, **asked):
    response = client.get(f"{ROOT}/{path}", asked)
    assert response.status_code == 200, response.content
    return response.json()


@pytest.mark.parametrize(("noun", "more"), [("initiatieven", 4), ("casussen", 8), ("knelpunten", 4)])
def test_costs_the_same_few_queries_more_however_many_items(client, three, noun, more):
    def queries(**asked):
        caches["figures"].clear()
        with CaptureQueriesContext(connection) as seen:
            items = get(client, noun, **asked)[noun]
        assert len(items) == asked["pageSize"]
        return len(seen)

    with_all = [queries(pageSize=size, expand=EVERYTHING[noun]) for size in (1, 3)]
    without = [queries(pageSize=size) for size in (1, 3)]
    assert with_all == [one + more for one in without]
    assert with_all[0] == with_all[1]


def test_what_comes_along_is_what_its_own_address_gives(client, three):
    entry = three[0]
    item = get(client, f"initiatieven/{entry.slug}", expand=EVERYTHING["initiatieven"])
    assert item["_embedded"] == {
        "organisatie": get(client, f"organisaties/{entry.organisation.slug}"),
        "knelpunten": [get(client, "knelpunten/R1")],
        "casussen": [get(client, f"casussen/{entry.cases.get().slug}")],
    }
    case = get(client, f"casussen/{entry.cases.get().slug}", expand=EVERYTHING["casussen"])
    assert case["_embedded"] == {
        "knelpunten": [get(client, "knelpunten/R1")],
        "initiatief": get(client, f"initiatieven/{entry.slug}"),
    }
    pinch = get(client, "knelpunten/R1", expand=EVERYTHING["knelpunten"])
    assert pinch["_embedded"] == {
        "niveau": get(client, "niveaus/relationeel"),
        "bevindingen": [get(client, "bevindingen/bevinding-1")],
    }


@pytest.mark.parametrize("query", [{"cursor": "*"}, {"gewijzigdSinds": "2020-01-01T00:00:00Z"}])
def test_comes_along_too_in_the_order_of_change(client, three, query):
    items = get(client, "initiatieven", expand="knelpunten", **query)["initiatieven"]
    found = {item["naam"]: [one["code"] for one in item["_embedded"]["knelpunten"]] for item in items}
    assert found == {"Nummer 1": ["R1"], "Nummer 2": ["R2"], "Nummer 3": ["R3"]}


def test_what_is_not_there_is_null_or_an_empty_list(client):
    entry, case = factories.initiative(), factories.case()
    item = get(client, f"initiatieven/{entry.slug}", expand=EVERYTHING["initiatieven"])
    assert item["_embedded"] == {"organisatie": None, "knelpunten": [], "casussen": []}
    item = get(client, f"casussen/{case.slug}", expand=EVERYTHING["casussen"])
    assert item["_embedded"] == {"knelpunten": [], "initiatief": None}


def test_what_is_not_public_does_not_come_along(client, three):
    entry = three[0]
    Bottleneck.objects.filter(code="R1").update(status=Bottleneck.Status.CANDIDATE)
    entry.cases.update(status=Status.DRAFT)
    item = get(client, f"initiatieven/{entry.slug}", expand=EVERYTHING["initiatieven"])
    assert item["_embedded"]["knelpunten"] == item["_embedded"]["casussen"] == []


def test_a_choice_of_fields_keeps_what_was_asked_to_come_along(client, three):
    (first, *_rest) = get(client, "initiatieven", velden="naam", expand="knelpunten")["initiatieven"]
    assert first.keys() == {"naam", "_embedded"}
    # Whole: ``velden`` chooses the fields of the item itself.
    assert "stelling" in first["_embedded"]["knelpunten"][0]
    assert get(client, f"initiatieven/{three[0].slug}", velden="naam") == {"naam": "Nummer 1"}


def test_all_that_is_wrong_is_said_at_once(client):
    response = client.get(f"{ROOT}/initiatieven", {"expand": "knelpunten,x,y", "velden": "_embedded"})
    assert (response.status_code, response.json()["invalidParams"]) == (
        400,
        [
            {
                "name": "velden",
                "reason": "‘_embedded’ bestaat hier niet. Kies uit: "
                + ", ".join(
                    get(client, "openapi.json")["components"]["schemas"]["Initiatief"]["properties"]
                ).replace(", _embedded", "")
                + ".",
            },
            {
                "name": "expand",
                "reason": "‘x, y’ bestaat hier niet. Kies uit: organisatie, knelpunten, casussen.",
            },
        ],
    )


def test_where_nothing_can_come_along_there_is_no_such_parameter(client):
    (wrong,) = client.get(f"{ROOT}/niveaus", {"expand": "x"}).json()["invalidParams"]
    assert (wrong["name"], wrong["reason"].split(".")[0]) == ("expand", "Deze parameter bestaat niet")


def test_the_document_describes_what_comes_along(client):
    found = get(client, "openapi.json")["components"]["schemas"]
    assert found["Initiatief"]["properties"]["_embedded"]["properties"].keys() == {
        "organisatie",
        "knelpunten",
        "casussen",
    }
    assert found["Casus"]["properties"]["_embedded"]["properties"]["knelpunten"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Knelpunt"},
    }
    assert found["Casus"]["properties"]["_embedded"]["properties"]["initiatief"]["nullable"] is True


@pytest.mark.parametrize("parameter", ["gemeente", "knelpunt", "rol", "bbox"])
def test_an_empty_filter_is_not_passed_over(client, parameter):
    response = client.get(f"{ROOT}/initiatieven", {parameter: "", "zoek": ""})
    assert response.json()["invalidParams"] == [
        {"name": parameter, "reason": "Geef een waarde, of laat deze parameter weg."}
    ]


@pytest.mark.parametrize("parameter", ["velden", "expand", "sorteer", "facetten"])
@pytest.mark.parametrize("given", ["", ",", "naam,"])
def test_an_empty_name_is_not_passed_over(client, parameter, given):
    response = client.get(f"{ROOT}/initiatieven", {parameter: given})
    assert (response.status_code, response.json()["detail"]) == (400, f"Dit klopt niet: {parameter}.")
