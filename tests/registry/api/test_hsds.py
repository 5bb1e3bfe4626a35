"""HSDS 3.0 and Open Referral UK: the rules below are those of their published schemas."""

from datetime import UTC, date, datetime
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from registry.exporting import hsds
from registry.models import Bottleneck, Link, Status, Trace
from tests import factories

pytestmark = pytest.mark.django_db
LISTS = "services service_at_locations organizations taxonomies taxonomy_terms".split()


def text(**more):
    return {"type": "string", "minLength": 1} | more


def known(required, **properties):
    return {"type": "object", "required": required.split(), "properties": properties}


UUID_TEXT, URI, EMAIL = text(format="uuid"), text(format="uri"), text(format="email")
TAXONOMY = known("id name description", id=UUID_TEXT, name=text(), description=text(), uri=URI)
TERM = known(
    "id name description taxonomy",
    id=UUID_TEXT,
    code=text(),
    name=text(),
    description=text(),
    parent_id=UUID_TEXT,
    taxonomy=text(),
    taxonomy_id=UUID_TEXT,
    language=text(),
    term_uri=URI,
)
ATTRIBUTE = known(
    "id link_id taxonomy_term_id link_entity",
    id=UUID_TEXT,
    link_id=UUID_TEXT,
    taxonomy_term_id=UUID_TEXT,
    link_type=text(),
    link_entity={"const": "service"},
    value=text(),
    taxonomy_term=TERM,
)
PHONE = known("id number", id=UUID_TEXT, number=text())
CONTACT = known("id", id=UUID_TEXT, name=text(), email=EMAIL, phones={"type": "array", "items": PHONE})
LOCATION = known(
    "id location_type",
    id=UUID_TEXT,
    location_type={"enum": ["physical", "postal", "virtual"]},
    name=text(),
    latitude={"type": "number"},
    longitude={"type": "number"},
    accessibility={"type": "array", "items": known("id", id=UUID_TEXT, description=text())},
)
AT_LOCATION = known(
    "id service_id location_id", id=UUID_TEXT, service_id=UUID_TEXT, location_id=UUID_TEXT, location=LOCATION
)
IDENTIFIER = known("id identifier_type identifier", id=UUID_TEXT, identifier_type=text(), identifier=text())
ORGANIZATION = known(
    "id name description",
    id=UUID_TEXT,
    name=text(),
    description=text(),
    website=URI,
    uri=URI,
    organization_identifiers={"type": "array", "items": IDENTIFIER},
)
SERVICE = known(
    "id name status url organization",
    id=UUID_TEXT,
    organization_id=UUID_TEXT,
    name=text(),
    alternate_name=text(),
    description=text(),
    url=URI,
    email=EMAIL,
    status={"enum": ["active", "inactive", "defunct", "temporarily closed"]},
    fees_description=text(),
    eligibility_description=text(),
    assured_date=text(format="date"),
    alert=text(),
    last_modified=text(format="date-time"),
    organization=ORGANIZATION,
    contacts={"type": "array", "items": CONTACT},
    languages={"type": "array", "items": known("id", id=UUID_TEXT, name=text())},
    service_areas={"type": "array", "items": known("id", id=UUID_TEXT, name=text())},
    service_at_locations={"type": "array", "items": AT_LOCATION},
    attributes={"type": "array", "items": ATTRIBUTE},
)
SHAPES = {
    "services": SERVICE,
    "service_at_locations": AT_LOCATION,
    "organizations": ORGANIZATION,
    "taxonomies": TAXONOMY,
    "taxonomy_terms": TERM,
}


def page_of(shape):
    count, yes = {"type": "integer", "minimum": 0}, {"type": "boolean"}
    names = "total_items total_pages page_number size first_page last_page empty contents"
    return known(
        names,
        **dict.fromkeys("total_items total_pages page_number size".split(), count),
        **dict.fromkeys("first_page last_page empty".split(), yes),
        contents={"type": "array", "items": shape},
    )


def wrong(data, schema):
    checker = Draft202012Validator(schema, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(data)]


@pytest.fixture
def ask(client):
    def get(path, status=200, **query):
        response = client.get(f"/hsds/{path}", query)
        assert response.status_code == status, response.content
        return response.json()

    return get


@pytest.fixture
def full():
    """An initiative of which everything is known."""
    place = factories.place("Almere Haven")
    initiative = factories.initiative(
        "Buurtkamer",
        other_names="Huiskamer\nKamer",
        summary="Kort.",
        description="Lang.",
        kind="ontmoetingsplek",
        activity="gepauzeerd",
        municipality=place.municipality,
        place=place,
        longitude="5.216789",
        latitude="52.312345",
        is_location_shielded=True,
        organisation=factories.organisation(
            name="Stichting", website="https://stichting.example/", kvk_number="01234567"
        ),
        contact_name="Ans",
        contact_email="ans@voorbeeld.nl",
        contact_phone="0320 123",
        is_contact_public=True,
        audience="Iedereen",
        accessibility="Geen drempels",
        languages="Nederlands, Arabisch",
        costs="Gratis",
        confirmed_on=date(2026, 3, 9),
        is_sample=True,
    )
    factories.link(initiative, factories.bottleneck("R1"), explanation="Zo")
    return initiative


def test_the_root_says_which_version_and_profile(client):
    answer = client.get("/hsds").json()
    assert answer == {"version": hsds.VERSION, "profile": hsds.PROFILE, "openapi_url": hsds.OPENAPI}
    assert wrong(answer, known("version", profile=URI, openapi_url=URI)) == []


def test_a_service_says_all_that_is_known(ask, full):
    found = ask(f"services/{full.public_id}")
    assert wrong(found, SERVICE) == []
    assert set(SERVICE["properties"]) <= set(found)
    assert found["organization"]["organization_identifiers"][0]["identifier"] == "01234567"
    plain = "name alternate_name description url email status fees_description eligibility_description assured_date"
    assert {name: found[name] for name in plain.split()} == {
        "name": "Buurtkamer",
        "alternate_name": "Huiskamer, Kamer",
        "description": "Lang.",
        "url": f"http://testserver{full.get_absolute_url()}",
        "email": "ans@voorbeeld.nl",
        "status": "temporarily closed",
        "fees_description": "Gratis",
        "eligibility_description": "Iedereen",
        "assured_date": "2026-03-09",
    }
    location = found["service_at_locations"][0]["location"]
    assert (location["name"], location["longitude"], location["latitude"]) == ("Almere Haven", 5.22, 52.31)
    assert [language["name"] for language in found["languages"]] == ["Nederlands", "Arabisch"]
    assert [
        (one["link_type"], one["taxonomy_term"]["code"], one.get("value")) for one in found["attributes"]
    ] == [
        ("pakt-aan", "R1", "Zo"),
        ("soort", "ontmoetingsplek", None),
    ]


def test_a_service_of_which_little_is_known_is_valid_too(ask):
    bare = factories.initiative("Iets", contact_email="geheim@voorbeeld.nl")
    found = ask(f"services/{bare.public_id}")
    assert wrong(found, SERVICE) == []
    assert set(found) == set(
        "id organization_id name description url status last_modified organization".split()
    )
    assert found["organization_id"] == found["organization"]["id"] == str(bare.public_id)


@pytest.mark.parametrize("path", LISTS)
def test_every_list_and_what_is_in_it_is_valid(ask, full, path):
    factories.initiative("Iets", municipality=factories.municipality())
    for query in ({}, {"full": "true"}) if path in LISTS[:2] else ({},):
        page = ask(path, **query)
        assert wrong(page, page_of(SHAPES[path])) == []
        assert page["total_items"] == len(page["contents"]) == page["size"] > 1
        assert len({one["id"] for one in page["contents"]}) == page["size"]
    for one in ask(path)["contents"]:
        found = ask(f"{path}/{one['id']}")
        assert wrong(found, SHAPES[path]) == []
        assert found["id"] == one["id"]


@pytest.mark.parametrize(
    ("activity", "status"),
    [("", "active"), ("actief", "active"), ("idee", "inactive"), ("gestopt", "defunct")],
)
def test_status(ask, activity, status):
    found = factories.initiative(activity=activity)
    assert ask(f"services/{found.public_id}")["status"] == status


def test_a_list_is_flat_unless_asked_in_full(ask, full):
    (short,), (whole,) = ask("services")["contents"], ask("services", full="true")["contents"]
    assert [name for name, value in short.items() if isinstance(value, list)] == []
    assert "attributes" in whole
    assert "organization_identifiers" in whole["organization"]
    (least,) = ask("services", minimal="true")["contents"]
    assert set(least) == {"id", "last_modified"}


def test_pages(ask):
    names = [factories.initiative().name for _number in range(5)]
    pages = [ask("services", page=number, per_page=2) for number in (1, 2, 3)]
    assert [one["name"] for page in pages for one in page["contents"]] == names
    assert [(p["first_page"], p["last_page"], p["size"], p["total_pages"]) for p in pages] == [
        (True, False, 2, 3),
        (False, False, 2, 3),
        (False, True, 1, 3),
    ]
    ask("services", page=4, per_page=2, status=404)


def test_organizations_go_on_with_initiatives_that_nobody_runs(ask):
    runs = [factories.organisation(name=name) for name in ("a", "b")]
    for one in runs:
        factories.initiative(organisation=one)
    factories.organisation(name="zonder")
    alone = [factories.initiative(name) for name in ("x", "y", "z")]
    pages = [ask("organizations", page=number, per_page=2)["contents"] for number in (1, 2, 3)]
    assert [[one["name"] for one in page] for page in pages] == [["a", "b"], ["x", "y"], ["z"]]
    assert pages[1][0]["id"] == str(alone[0].public_id)


def test_nothing_is_an_empty_page(ask):
    assert ask("services") == {
        "total_items": 0,
        "total_pages": 1,
        "page_number": 1,
        "size": 0,
        "first_page": True,
        "last_page": True,
        "empty": True,
        "contents": [],
    }


def test_services_are_found_by_term_taxonomy_organization_word_and_change(ask, full):
    other = factories.initiative("Koffie", kind="evenement")
    factories.link(other, factories.bottleneck("M1"), Link.Role.FACES)
    Trace.objects.filter(public_id=full.public_id).update(changed_at=datetime(2026, 1, 1, tzinfo=UTC))

    def names(**query):
        return [one["name"] for one in ask("services", **query)["contents"]]

    assert names(taxonomy_term_id=hsds.bottleneck_id("R1")) == ["Buurtkamer"]
    assert names(taxonomy_term_id=hsds.level_id("maatschappelijk")) == ["Koffie"]
    assert names(taxonomy_term_id=hsds.kind_id("evenement")) == ["Koffie"]
    assert names(taxonomy_term_id=uuid4()) == []
    assert names(taxonomy_id=hsds.BOTTLENECKS.id) == ["Buurtkamer", "Koffie"]
    assert names(organization_id=hsds.organization_id(full)) == ["Buurtkamer"]
    assert names(organization_id=other.public_id) == ["Koffie"]
    assert names(organization_id=full.public_id) == []
    assert names(search="koffie") == ["Koffie"]
    assert names(modified_after="2026-01-02T00:00:00Z") == ["Koffie"]
    assert names(search="koffie", taxonomy_term_id=hsds.bottleneck_id("R1")) == []


def test_terms_are_found_by_taxonomy_and_parent(ask):
    factories.bottleneck("R1")

    def codes(**query):
        return [one["code"] for one in ask("taxonomy_terms", per_page=100, **query)["contents"]]

    assert codes(taxonomy_id=hsds.BOTTLENECKS.id) == ["R", "R1"]
    assert codes(parent_id=hsds.level_id("relationeel")) == ["R1"]
    assert codes(taxonomy_id=hsds.BOTTLENECKS.id, top_only="true") == ["R"]


def test_only_what_is_public_is_there(ask):
    hidden = factories.initiative(status=Status.SUBMITTED, organisation=factories.organisation())
    candidate = factories.bottleneck("R9", status=Bottleneck.Status.CANDIDATE)
    shown = factories.initiative()
    factories.link(shown, candidate)
    for path in ("services", "service_at_locations", "organizations"):
        ask(f"{path}/{hidden.public_id}", status=404)
    ask(f"organizations/{hsds.organization_id(hidden)}", status=404)
    ask(f"taxonomy_terms/{hsds.bottleneck_id('R9')}", status=404)
    assert ask("services", taxonomy_term_id=hsds.bottleneck_id("R9"))["empty"]
    assert "attributes" not in ask(f"services/{shown.public_id}")
    assert [one["id"] for one in ask("organizations")["contents"]] == [str(shown.public_id)]


@pytest.mark.parametrize("path", ["services", "organizations"])
def test_what_was_merged_has_moved(client, path):
    left = factories.initiative()
    gone = factories.initiative(status=Status.MERGED, merged_into=left)
    response = client.get(f"/hsds/{path}/{gone.public_id}")
    assert (response.status_code, response["Location"]) == (
        301,
        f"http://testserver/hsds/{path}/{left.public_id}",
    )


def test_what_went_into_what_an_organisation_runs_is_no_organization(ask):
    left = factories.initiative(organisation=factories.organisation())
    gone = factories.initiative(status=Status.MERGED, merged_into=left)
    ask(f"organizations/{left.public_id}", status=404)
    ask(f"organizations/{gone.public_id}", status=404)


@pytest.mark.parametrize("path", LISTS)
def test_all_that_is_wrong_is_said_at_once(client, path):
    response = client.get(f"/hsds/{path}?page=0&per_page=1000&onbekend=1&format=xml&per_page=3")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    named = {one["name"] for one in response.json()["invalidParams"]}
    assert named == {"page", "per_page", "onbekend", "format"}


@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-31T23:59:59-14:00", "2026-13-01"])
def test_a_moment_that_no_database_knows_is_wrong(client, moment):
    assert "modified_after" in client.get("/hsds/services", {"modified_after": moment}).json()["detail"]


@given(
    path=st.sampled_from(LISTS),
    name=st.sampled_from("page per_page search taxonomy_term_id modified_after full top_only x".split()),
    value=st.one_of(st.text(max_size=60), st.sampled_from(["\0", "\ud800", "9" * 5000, "x" * 10_000])),
)
@pytest.mark.parametrize("item", [False, True])
def test_no_text_breaks_an_address(item, path, name, value):
    sent = value.encode("utf-8", "surrogatepass")
    part = f"/{quote(sent, safe='')}" if item else ""
    response = Client().get(f"/hsds/{path}{part}", {name: sent})
    assert response.status_code in (200, 400, 404)


@pytest.mark.parametrize("path", ["services?full=true", "service_at_locations?full=true", *LISTS[2:]])
def test_a_list_costs_the_same_queries_at_one_and_at_three(client, path):
    factories.bottleneck("R1")

    def add():
        where = {"municipality": factories.municipality(), "place": factories.place()}
        made = factories.initiative(organisation=factories.organisation(), **where)
        factories.link(made, Bottleneck.objects.get(pk="R1"))
        factories.initiative(**where)

    def count():
        caches["figures"].clear()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/hsds/{path}").status_code == 200
        return len(asked)

    add()
    at_one = count()
    add()
    add()
    assert count() == at_one


def test_anybody_may_read_it_from_anywhere_without_a_cookie(client):
    response = client.get("/hsds/services", headers={"origin": "https://elders.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.cookies == {}
    assert client.get("/hsds/services", headers={"if-none-match": response["ETag"]}).status_code == 304
