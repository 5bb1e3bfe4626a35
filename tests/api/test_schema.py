"""The OpenAPI document: what the linters of the NLGov rules ask, and examples that are really answered so."""

import json
import os
import re
from datetime import date

import pytest
from django.core.management import call_command

from registry.exporting import negotiated
from samenbuurten.api import ROOT, VERSION
from samenbuurten.api.schema import EXAMPLES, document
from survey.models import Publication, Round

PATHS = {
    "initiatieven": "/initiatieven?zoek=hestia",
    "initiatief": "/initiatieven/dagbesteding-hs-aeres?expand=organisatie",
    "knelpunten": "/knelpunten?niveau=relationeel&pageSize=1",
    "knelpunt": "/knelpunten/R1?expand=niveau",
    "knelpuntenInitiatieven": "/knelpunten/R1/initiatieven?rol=pakt-aan&velden=slug,naam",
    "niveaus": "/niveaus?velden=slug,letter,naam",
    "niveau": "/niveaus/relationeel",
    "casussen": "/casussen",
    "organisaties": "/organisaties?pageSize=2",
    "gemeenten": "/gemeenten?velden=code,naam",
    "gemeente": "/gemeenten/GM0995",
    "bronnen": "/bronnen?pageSize=1",
    "begrippen": "/begrippen?zoek=opbouwwerker",
    "bevindingen": "/bevindingen?pageSize=1",
    "wisselwerkingen": "/wisselwerkingen?pageSize=1",
    "metingen": "/metingen",
    "meting": "/metingen/verbindingsfestival",
    "metingenResultaten": "/metingen/verbindingsfestival/resultaten",
}


def operations():
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def resolved(part):
    name = part.get("$ref")
    return part if name is None else document()["components"][name.split("/")[-2]][name.split("/")[-1]]


def test_the_document_is_served_to_every_site_without_a_login(client, db):
    response = client.get(f"{ROOT}/openapi.json", headers={"Origin": "https://elders.example"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["API-Version"] == response.json()["info"]["version"] == VERSION
    again = client.get(f"{ROOT}/openapi.json", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_every_collection_that_the_root_names_is_described(client, db):
    links = client.get(ROOT).json()["_links"]
    documented = {path.split("/")[1] for path, _method, _operation in operations()} - {
        "",
        "openapi.json",
        "crss",
    }
    assert links.keys() - {"self", "openapi", "documentatie", "hsds"} == documented


def test_each_operation_has_a_name_a_tag_and_words_of_its_own():
    names = [operation["operationId"] for *_where, operation in operations()]
    tags = {tag["name"] for tag in document()["tags"]}
    assert len(set(names)) == len(names)
    for path, method, operation in operations():
        assert method == "get"
        assert set(operation["tags"]) <= tags
        assert operation["summary"], path
        assert operation["description"], path


def test_each_parameter_is_described_and_named_as_the_rules_ask():
    for path, _method, operation in operations():
        for one in operation.get("parameters", ()):
            assert one["description"], (path, one["name"])
            if one["in"] == "query":
                assert re.fullmatch(r"[a-z][a-z\d]*([A-Z][a-z\d]*)*", one["name"])


def test_each_answer_names_the_version_and_each_error_is_a_problem():
    for path, _method, operation in operations():
        for status, response in operation["responses"].items():
            response = resolved(response)
            assert "API-Version" in response["headers"], (path, status)
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"]
    problem = document()["components"]["schemas"]["Probleem"]
    assert problem["required"] == ["type", "status", "title", "detail"]


def test_every_form_the_coordinates_and_the_key_are_described():
    paths = document()["paths"]
    for path in ("/initiatieven", "/knelpunten/{code}/initiatieven"):
        given = paths[path]["get"]["responses"]["200"]
        assert {*given["content"]} == {one.media_type for one in negotiated.RENDERERS}
        assert "Content-Crs" in given["headers"]
    assert "/crss" in paths
    assert document()["components"]["securitySchemes"]["sleutel"]["scheme"] == "bearer"
    assert document()["security"] == [{}, {"sleutel": []}]


def test_nothing_of_the_code_is_in_the_words():
    text = json.dumps(document())
    assert re.findall(r"serializer|Serializer|\"\w*Shape\"|queryset|All parts", text) == []


@pytest.fixture
def deck(db):
    call_command("load_deck", verbosity=0)
    call_command("load_deck_round", verbosity=0)
    # What differs from one filling to the next.
    Round.objects.update(held_on=None)
    Publication.objects.update(published_on=date(2026, 11, 2))


def told(client, path):
    """The answer with what every filling of a database gives anew made equal."""
    response = client.get(ROOT + path, headers={"host": "localhost"})
    assert response.status_code == 200, path
    text = response.content.decode().replace("http://localhost", "https://samenbuurten.example")
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "0f8fad5b-d9cb-469f-a165-70867728950e", text)
    return json.loads(re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-11-23T09:30:00Z", text))


def test_each_example_is_what_the_api_answers(client, deck):
    found = {name: {"pad": path, "antwoord": told(client, path)} for name, path in PATHS.items()}
    if os.environ.get("WRITE_EXAMPLES"):
        EXAMPLES.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert json.loads(EXAMPLES.read_text(encoding="utf-8")) == found, "WRITE_EXAMPLES=1 writes them anew."
    assert PATHS.keys() <= {operation["operationId"] for *_where, operation in operations()}
