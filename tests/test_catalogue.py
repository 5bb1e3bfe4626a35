"""The catalogue against shapes of what DCAT-AP-NL 3.0 requires, in both ways of writing."""

import pytest
from django.test import Client
from pyshacl import validate
from rdflib import DCAT, DCTERMS, RDF, Graph
from rdflib.compare import isomorphic

from registry.models import Initiative
from survey.rounds import publications
from tests import factories
from tests.survey import making
from tests.survey.counting import anybody, store

pytestmark = pytest.mark.django_db
# Class: the properties that must be there, and those that must be there exactly once.
REQUIRED = {
    "dcat:Catalog": ("dct:title dct:description dcat:dataset", "dct:publisher dcat:contactPoint"),
    "dcat:Dataset": (
        "dct:title dct:description dct:creator dcat:theme",
        "dct:identifier dct:accessRights dcat:contactPoint dct:publisher",
    ),
    "dcat:Distribution": ("dct:format dcat:mediaType", "dcat:accessURL dct:license"),
    "dcat:DataService": (
        "dct:title dct:description dcat:theme",
        "dct:identifier dct:accessRights dcat:contactPoint dct:publisher dct:license dcat:endpointURL "
        "dcat:endpointDescription",
    ),
    "vcard:Kind": ("vcard:fn", ""),
}


def shapes():
    text = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .\n"
        "@prefix dct: <http://purl.org/dc/terms/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    )
    for kind, (some, one) in REQUIRED.items():
        text += f"[] a sh:NodeShape ; sh:targetClass {kind} "
        for name in some.split():
            text += f"; sh:property [ sh:path {name} ; sh:minCount 1 ] "
        for name in one.split():
            what = "sh:class vcard:Kind ;" if name == "dcat:contactPoint" else ""
            text += f"; sh:property [ sh:path {name} ; {what} sh:minCount 1 ; sh:maxCount 1 ] "
        if kind == "dcat:Distribution":
            text += "; sh:property [ sh:path dcat:byteSize ; sh:datatype xsd:nonNegativeInteger ] "
        text += ".\n"
    return Graph().parse(data=text, format="turtle")


@pytest.fixture
def written(client):
    factories.initiative()
    return Graph().parse(data=client.get("/catalogus.ttl").content, format="turtle")


def conforms(graph):
    return validate(graph, shacl_graph=shapes())[0]


def test_the_catalogue_has_all_that_is_required(written):
    assert conforms(written)
    kinds = {kind for _node, kind in written.subject_objects(RDF.type)}
    assert {DCAT.Catalog, DCAT.Dataset, DCAT.Distribution, DCAT.DataService} <= kinds


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (DCAT.Catalog, DCTERMS.publisher),
        (DCAT.Dataset, DCTERMS.identifier),
        (DCAT.Dataset, DCAT.theme),
        (DCAT.Distribution, DCTERMS.license),
        (DCAT.DataService, DCAT.endpointDescription),
    ],
)
def test_the_shapes_see_what_is_missing(written, kind, name):
    node = next(written.subjects(RDF.type, kind))
    written.remove((node, name, None))
    assert not conforms(written)


def test_the_shapes_see_a_contact_that_is_not_written_out(written):
    (contact,) = set(written.objects(None, DCAT.contactPoint))
    written.remove((contact, RDF.type, None))
    assert not conforms(written)


def test_both_ways_of_writing_say_the_same(client, written):
    other = Graph().parse(data=client.get("/catalogus.jsonld").content, format="json-ld")
    assert isomorphic(written, other)


def test_each_address_in_it_is_there(written, settings):
    client = Client()
    named = [*written.objects(None, DCAT.downloadURL), *written.objects(None, DCAT.accessURL)]
    for address in {str(one).removeprefix(settings.SITE_URL) for one in named}:
        assert client.get(address).status_code == 200, address


def test_it_may_be_kept_as_long_as_nothing_changed(client, written):
    tag = client.get("/catalogus.ttl")["ETag"]
    assert client.get("/catalogus.ttl", headers={"if-none-match": tag}).status_code == 304
    Initiative.objects.update(summary="Nieuw")
    assert client.get("/catalogus.ttl", headers={"if-none-match": tag}).status_code == 200


def test_a_round_that_is_made_up_is_not_in_it(client):
    for slug, is_sample in (("echt", False), ("verzonnen", True)):
        made = making.round(slug, questionnaire=making.questionnaire(slug=slug), is_sample=is_sample)
        store(made, anybody(["M1", "R1"], 30, seed=1))
        publications.freeze(making.close(made))
    found = Graph().parse(data=client.get("/catalogus.ttl").content, format="turtle")
    titles = {str(one) for one in found.objects(None, DCTERMS.title)}
    assert {title for title in titles if title.startswith("Enquête")} == {
        "Enquête Samen Buurten: Meting echt"
    }
