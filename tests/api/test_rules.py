"""Each of the 36 rules of the NLGov REST API Design Rules 2.2, by its name, asked of the running API."""

import re

import pytest

from samenbuurten.api import ROOT, VERSION
from samenbuurten.api.schema import document
from samenbuurten.api.versions import VERSIONS
from tests import factories

pytestmark = pytest.mark.django_db
NOUNS = (
    "initiatieven knelpunten niveaus casussen organisaties gemeenten bronnen begrippen bevindingen "
    "wisselwerkingen metingen resultaten crss"
).split()
LIST = f"{ROOT}/initiatieven"
CHECKS = {}


def rule(*names):
    """Says which rules a check holds."""

    def keep(check):
        CHECKS.update(dict.fromkeys(names, check))
        return check

    return keep


def operations():
    return [one for methods in document()["paths"].values() for one in methods.values()]


def formats():
    for schema in document()["components"]["schemas"].values():
        for name, part in schema.get("properties", {}).items():
            yield name, part.get("format")


@rule("naming-resources", "naming-collections", "nested-child", "resource-operations", "interface-language")
def names_are_dutch_plural_nouns(client):
    nouns = {part for path in document()["paths"] for part in path.split("/") if part and part[0] != "{"}
    assert nouns - {"openapi.json"} == set(NOUNS)


@rule("no-trailing-slash")
def a_slash_at_the_end_is_not_found(client):
    assert [client.get(f"{ROOT}/{noun}/").status_code for noun in NOUNS[:11]] == [404] * 11


@rule("path-segments-kebab-case")
def paths_are_lower_case_without_an_extension(client):
    assert client.get(f"{LIST}.json").status_code == 404
    assert client.get(f"{ROOT}/Initiatieven").status_code == 404


@rule("query-keys-camel-case")
def query_keys_are_camel_case(client):
    keys = [one["name"] for op in operations() for one in op.get("parameters", ()) if one["in"] == "query"]
    assert [key for key in keys if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", key)] == []
    assert client.get(LIST, {"page_size": 1}).status_code == 400


@rule("hide-implementation")
def nothing_tells_what_it_is_made_of(client):
    response = client.get(f"{ROOT}/bestaat-niet", headers={"accept": "text/html"})
    assert re.findall(r"(?i)django|python|traceback|sql", f"{response.headers}{response.content}") == []
    assert "X-Powered-By" not in client.get(LIST)


@rule("date-time/format", "date-time/date-omit-time-portion")
def a_day_has_no_time_and_a_moment_has_one(client):
    assert {form for _name, form in formats()} <= {None, "date", "date-time", "uuid", "uri", "email"}
    assert [name for name, form in formats() if re.search("[dD]atum$", name) and form != "date"] == []


@rule("date-time/timezone")
def any_offset_comes_in_and_utc_goes_out(client):
    factories.initiative()
    asked = client.get(LIST, {"gewijzigdSinds": "2020-01-01T02:00:00+02:00"})
    assert asked.json()["initiatieven"][0]["gewijzigdOp"].endswith("Z")


@rule("http-methods")
def another_method_is_refused_and_told_which_there_are(client):
    for method in ("post", "put", "patch", "delete"):
        response = getattr(client, method)(LIST)
        assert (response.status_code, "GET" in response["Allow"]) == (405, True)


@rule("http-safety")
def reading_changes_nothing(client):
    factories.initiative()
    first = client.get(LIST)
    again = client.get(LIST)
    assert (first.content, first["ETag"]) == (again.content, again["ETag"])


@rule("http-response-code")
def the_status_says_what_happened(client, settings):
    asked = [LIST, f"{LIST}?onbekend=1", f"{LIST}/er-is-er-geen"]
    assert [client.get(url).status_code for url in asked] == [200, 400, 404]
    assert client.get(LIST, headers={"accept": "image/png"}).status_code == 406
    settings.API_REQUESTS_A_MINUTE = 1
    assert client.get(LIST).status_code == 429


@rule("stateless")
def there_is_no_cookie(client):
    assert client.get(LIST).cookies == {}


@rule("error-handling/problem-details")
def every_error_is_a_problem(client):
    for response in (client.get(f"{ROOT}/x"), client.get(f"{LIST}?x=1"), client.post(LIST)):
        assert response["Content-Type"] == "application/problem+json"
        assert response.json().keys() >= {"status", "title", "detail"}
        assert response.json()["status"] == response.status_code


@rule("error-handling/invalid-input")
def what_is_not_valid_is_400(client):
    for query in ("page=abc", "pageSize=1000", "gemeente=GM9999", "cursor=!", "velden=geheim", "sorteer=x"):
        assert client.get(f"{LIST}?{query}").status_code == 400, query


@rule("error-handling/all-errors")
def all_errors_are_said_at_once(client):
    found = client.get(f"{LIST}?page=0&velden=geheim&onbekend=1").json()["invalidParams"]
    assert {one["name"] for one in found} == {"page", "velden", "onbekend"}


@rule("doc-openapi", "publish-openapi", "doc-openapi-contact", "doc-language", "semver", "uri-version")
def the_document_is_there_for_all(client):
    response = client.get(f"{ROOT}/openapi.json", headers={"origin": "https://elders.example"})
    made = response.json()
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (200, "*")
    assert made["openapi"] == "3.0.3"
    assert made["info"]["contact"].keys() == {"name", "url", "email"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", made["info"]["version"])
    assert [one["url"].endswith("/v1") for one in made["servers"]] == [True]
    assert "Wie mensen samenbrengt" in made["info"]["description"]


@rule("version-header")
def every_answer_names_the_version(client):
    etag = client.get(LIST)["ETag"]
    answers = [client.get(LIST), client.get(f"{ROOT}/x"), client.options(LIST), client.post(LIST)]
    answers.append(client.get(LIST, headers={"if-none-match": etag}))
    assert [one["API-Version"] for one in answers] == [VERSION] * 5


@rule("transport/tls")
def plain_http_is_not_served(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(LIST).status_code == 301
    assert client.get(LIST, secure=True).status_code == 200


@rule("transport/no-sensitive-uris")
def a_key_in_the_address_is_refused(client):
    assert client.get(f"{LIST}?sleutel=geheim").status_code == 400


@rule("transport/security-headers")
def the_headers_protect_errors_too(client):
    for response in (client.get(LIST), client.get(f"{ROOT}/x")):
        assert response["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert (response["X-Content-Type-Options"], response["X-Frame-Options"]) == ("nosniff", "DENY")


@rule("transport/cors")
def every_site_may_read(client):
    response = client.get(LIST, headers={"origin": "https://elders.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "API-Version" in response["Access-Control-Expose-Headers"]


@rule("modules/geospatial")
def a_place_is_a_point_in_longitude_and_latitude(client):
    factories.initiative(longitude="5.28", latitude="52.4")
    (found,) = client.get(LIST).json()["initiatieven"]
    assert found["locatie"] == {"type": "Point", "coordinates": [5.28, 52.4]}


@rule("modules/signing", "modules/encryption")
def answers_are_neither_signed_nor_encrypted(client):
    response = client.get(LIST)
    assert response["Content-Type"] == "application/json"
    assert [name for name in response.headers if "signature" in name.lower()] == []


@rule("changelog", "deprecation-schedule", "transition-period")
def the_page_about_versions_says_what_changed_and_what_goes(client):
    page = client.get("/api/versies/").content.decode()
    assert VERSIONS[0].number == VERSION
    assert re.findall(r"<h2[^>]*>([\d.]+),", page) == [one.number for one in VERSIONS]
    assert ("Wat er verdwijnt" in page, "nog 12 maanden werken" in page) == (True, True)


def test_there_are_36_rules():
    assert len(CHECKS) == 36


@pytest.mark.parametrize("name", CHECKS)
def test_the_rule_is_held(name, client, settings):
    check = CHECKS[name]
    wanted = check.__code__.co_varnames[: check.__code__.co_argcount]
    check(**{given: {"client": client, "settings": settings}[given] for given in wanted})
