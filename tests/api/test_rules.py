"""Each rule of the table on /api/regels/ (samenbuurten/api/rules.py), asked of the running API."""

import os
import re
import subprocess
import sys
from datetime import UTC, date, timedelta, timezone

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils.html import escape

from registry.models import ContentStamp, PartnerKey, Trace
from registry.partners import api_keys as keys
from samenbuurten.api import ROOT, VERSION
from samenbuurten.api.problems import WORDS
from samenbuurten.api.rules import RULES
from samenbuurten.api.schema import document
from samenbuurten.api.versions import VERSIONS
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]
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


def values(client):
    """Name, format and value of each part of an initiative, a case and a place that has a format."""
    made = factories.initiative(confirmed_on="2026-01-02")
    made.published_at = made.changed_at
    made.save()
    case = factories.case(initiative=made)
    schemas = document()["components"]["schemas"]
    for shape, path in (("Initiatief", f"initiatieven/{made.slug}"), ("Casus", f"casussen/{case.slug}")):
        given = client.get(f"{ROOT}/{path}").json()
        for name, part in schemas[shape]["properties"].items():
            if "format" in part:
                yield name, part["format"], given[name]


def broken_by(error):
    def execute(execute, sql, params, many, context):
        raise error

    return execute


def every_kind(client, settings):
    """One answer of each kind: (status, the answer)."""
    _key, token = keys.issue(
        name="P",
        email="p@voorbeeld.nl",
        expires_on=date(2099, 1, 1),
        by=factories.person(),
        may_read_details=False,
    )
    asked = {
        200: client.get(LIST),
        304: client.get(LIST, headers={"if-none-match": client.get(LIST)["ETag"]}),
        400: client.get(f"{LIST}?onbekend=1"),
        401: client.get(LIST, headers={"authorization": "Bearer sb_nee"}),
        403: client.get(results(), {"expand": "samenhang"}, headers={"authorization": f"Bearer {token}"}),
        404: client.get(f"{LIST}/er-is-er-geen"),
        405: client.post(LIST, "{}", content_type="application/json"),
        406: client.get(LIST, headers={"accept": "image/png"}),
        415: client.generic("GET", LIST, "{}", content_type="application/json"),
    }
    for number, (status, error) in enumerate(
        {500: ValueError("A mistake."), 503: OperationalError("The disk is gone.")}.items(), 1
    ):
        with connection.execute_wrapper(broken_by(error)):
            # Of a page that nobody has in memory.
            asked[status] = Client(raise_request_exception=False).get(f"{LIST}?page={number}")
    settings.API_REQUESTS_A_MINUTE = 1
    asked[429] = client.get(LIST)
    return asked


def results():
    """The address of results that there are."""
    call_command("load_deck", verbosity=0)
    call_command("load_deck_round", verbosity=0)
    return f"{ROOT}/metingen/verbindingsfestival/resultaten"


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
    with connection.execute_wrapper(broken_by(OperationalError("The disk is gone."))):
        failed = Client(raise_request_exception=False).get(LIST)
    for response in (client.get(f"{ROOT}/x", headers={"accept": "text/html"}), client.get(LIST), failed):
        told = f"{response.headers}{response.content}"
        assert re.findall(r"(?i)django|python|traceback|sql|powered|disk|\"pk\"", told) == []


@rule("date-time/format", "date-time/date-omit-time-portion")
def a_day_has_no_time_and_a_moment_has_one(client):
    shapes = {"date": r"\d{4}-\d\d-\d\d", "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"}
    found = [(name, form, value) for name, form, value in values(client) if form in shapes and value]
    assert {name: form for name, form, _value in found} == {
        "gepubliceerdOp": "date-time",
        "gewijzigdOp": "date-time",
        "bevestigdOp": "date",
    }
    assert [value for _name, form, value in found if not re.fullmatch(shapes[form], value)] == []
    for schema in document()["components"]["schemas"].values():
        for name, part in schema.get("properties", {}).items():
            assert part.get("format") in (None, "date", "date-time", "uuid", "uri", "email", "double")
            assert part.get("format") == "date" or not re.search("[dD]atum$", name)


@rule("date-time/timezone")
def any_offset_comes_in_and_utc_goes_out(client):
    factories.initiative()
    moment = ContentStamp.objects.get().changed_at
    for zone, found in ((timezone(timedelta(hours=-9)), 1), (timezone(timedelta(hours=5, minutes=30)), 1)):
        asked = {"gewijzigdSinds": moment.astimezone(zone).isoformat()}
        assert len(client.get(LIST, asked).json()["initiatieven"]) == found
    later = (moment + timedelta(minutes=1)).astimezone(timezone(timedelta(hours=2))).isoformat()
    assert client.get(LIST, {"gewijzigdSinds": later}).json()["initiatieven"] == []
    (given,) = client.get(LIST).json()["initiatieven"]
    assert given["gewijzigdOp"] == Trace.objects.get().changed_at.astimezone(UTC).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


@rule("http-methods")
def another_method_is_refused_and_told_which_there_are(client):
    for method in ("post", "put", "patch", "delete"):
        response = getattr(client, method)(LIST)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert (client.head(LIST).status_code, client.head(LIST).content) == (200, b"")
    assert {method for methods in document()["paths"].values() for method in methods} == {"get"}


@rule("http-safety")
def reading_changes_nothing(client):
    def rows():
        return [(model, model.objects.count()) for model in apps.get_models()], ContentStamp.current()

    results()
    before = rows()
    for path in document()["paths"]:
        path = path.format(key="hof-van-hestia", code="R1", slug="relationeel")
        first, again = client.get(ROOT + path), client.get(ROOT + path)
        assert (first.content, first.get("ETag")) == (again.content, again.get("ETag"))
        client.head(ROOT + path), client.options(ROOT + path)
    assert rows() == before


@rule("http-response-code")
def the_status_says_what_happened(client, settings):
    asked = every_kind(client, settings)
    assert {status: answer.status_code for status, answer in asked.items()} == {one: one for one in asked}
    assert asked[405]["Allow"] == "GET, HEAD, OPTIONS"
    assert asked[401]["WWW-Authenticate"] == "Bearer"
    assert 0 < int(asked[429]["Retry-After"]) <= 60
    documented = {int(status) for one in operations() for status in one["responses"]}
    # What the document knows nothing of: other methods, and questions with contents.
    assert asked.keys() - documented == {405, 415}


@rule("stateless")
def there_is_no_cookie(client, settings):
    client.cookies["sessionid"] = "x" * 32
    assert [answer.cookies for answer in every_kind(client, settings).values() if answer.cookies] == []
    assert Session.objects.count() == 0


@rule("error-handling/problem-details")
def every_error_is_a_problem(client, settings):
    for status, response in every_kind(client, settings).items():
        if status >= 400:
            assert (response["Content-Type"], response.json()["status"]) == (
                "application/problem+json",
                status,
            )
            assert {*response.json()} - {"invalidParams"} == {"type", "status", "title", "detail"}
            assert response.json()["title"] == WORDS[status][0]


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
def every_answer_names_the_version(client, settings):
    answers = [*every_kind(client, settings).values(), client.options(LIST), client.get("/hsds")]
    settings.SECURE_SSL_REDIRECT = True
    answers.append(Client().get(LIST))
    assert {one["API-Version"] for one in answers} == {VERSION}
    assert document()["info"]["version"] == VERSION


@rule("transport/tls")
def plain_http_is_not_served(client, settings):
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from samenbuurten import settings as s; print(s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS)",
        ],
        env={name: value for name, value in os.environ.items() if name != "PLAIN_HTTP"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "True 31536000\n"
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = False
    _key, token = keys.issue(
        name="P", email="p@voorbeeld.nl", expires_on=date(2099, 1, 1), by=factories.person()
    )
    production, key = Client(), {"authorization": f"Bearer {token}"}
    response = production.get(LIST, headers=key)
    assert (response.status_code, response["Location"]) == (301, f"https://testserver{LIST}")
    # Who sends a key in the open gets nothing for it.
    assert PartnerKey.objects.get().last_used_on is None
    good = production.get(LIST, secure=True)
    answers = [
        good,
        production.get(LIST, secure=True),
        production.get(LIST, secure=True, headers={"if-none-match": good["ETag"]}),
        production.get(f"{ROOT}/x", secure=True),
    ]
    assert [one.status_code for one in answers] == [200, 200, 304, 404]
    assert {one["Strict-Transport-Security"] for one in answers} == {"max-age=31536000"}


@rule("transport/no-sensitive-uris")
def a_key_in_the_address_is_refused(client):
    for name in ("sleutel", "key", "token", "access_token"):
        assert client.get(LIST, {name: "geheim"}).status_code == 400
    known = {part["name"] for one in operations() for part in one.get("parameters", ())}
    assert known & {"sleutel", "naam", "email", "telefoon"} == set()


@rule("transport/security-headers")
def the_headers_protect_errors_too(client, settings):
    for response in every_kind(client, settings).values():
        assert response["Cache-Control"] == "no-store"
        assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert (response["X-Content-Type-Options"], response["X-Frame-Options"]) == ("nosniff", "DENY")
        assert response["Referrer-Policy"] == "no-referrer"


@rule("transport/cors")
def every_site_may_read(client):
    origin = {"origin": "https://elders.example"}
    for path in (LIST, f"{ROOT}/openapi.json", f"{ROOT}/x", f"{LIST}?x=1"):
        response = client.get(path, headers=origin)
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response
        assert {"API-Version", "ETag", "Link", "Retry-After", "Content-Crs"} <= {
            *response["Access-Control-Expose-Headers"].split(", ")
        }
    asked = {"access-control-request-method": "GET", "access-control-request-headers": "authorization"}
    before = client.options(LIST, headers=origin | asked)
    assert "authorization" in before["Access-Control-Allow-Headers"]
    assert before["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    # The rest of the site is nobody else's to read.
    assert "Access-Control-Allow-Origin" not in client.get("/open-data/", headers=origin)


@rule("modules/geospatial")
def a_place_is_a_point_in_longitude_and_latitude(client):
    made = factories.initiative(longitude="5.28", latitude="52.4")
    factories.case(initiative=made, slug="een")
    item, case = f"{LIST}/{made.slug}", f"{ROOT}/casussen/een?expand=initiatief"
    assert client.get(item).json()["locatie"] == {"type": "Point", "coordinates": [5.28, 52.4]}
    crs = client.get(f"{ROOT}/crss").json()["crs"]
    assert crs == ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
    for path in (LIST, item, case):
        assert client.get(path)["Content-Crs"] == f"<{crs[0]}>"
        assert client.get(path, headers={"accept-crs": f"<{crs[0]}>"}).status_code == 200
        refused = client.get(path, headers={"accept-crs": "<http://www.opengis.net/def/crs/EPSG/0/28992>"})
        assert (refused.status_code, refused["Content-Type"]) == (406, "application/problem+json")
    rd = {"crs": "http://www.opengis.net/def/crs/EPSG/0/28992"}
    for path in (LIST, item, f"{ROOT}/casussen"):
        assert client.get(path, {"crs": crs[0]}).status_code == 200
        assert [one["name"] for one in client.get(path, rd).json()["invalidParams"]] == ["crs"]
    for box, found in (("5.2,52.3,5.3,52.5", 1), ("5.3,52.3,5.4,52.5", 0)):
        answer = client.get(LIST, {"bbox": box, "bbox-crs": crs[0]})
        assert answer.json()["aantal"] == found
    wrong = client.get(LIST, {"bbox": "52.3,5.2", "bbox-crs": rd["crs"]}).json()["invalidParams"]
    assert {one["name"] for one in wrong} == {"bbox", "bbox-crs"}


@rule("modules/signing", "modules/encryption")
def answers_are_neither_signed_nor_encrypted(client):
    """Both modules are for who signs or encrypts what is in an answer: we do not, and so nothing may say so."""
    response = client.get(LIST)
    assert (response["Content-Type"], response.json()["aantal"]) == ("application/json", 0)
    assert re.findall(r"(?i)signature|digest|jws|jwe|jose|encrypt", f"{response.headers}") == []
    assert re.findall(r"(?i)signature|jws|jwe|jose", f"{document()}") == []


@rule("changelog", "deprecation-schedule", "transition-period")
def the_page_about_versions_says_what_changed_and_what_goes(client):
    page = client.get("/api/versies/").content.decode()
    assert VERSIONS[0].number == VERSION
    assert re.findall(r"<h2[^>]*>([\d.]+),", page) == [one.number for one in VERSIONS]
    assert ("Wat er verdwijnt" in page, "nog 12 maanden werken" in page) == (True, True)


def test_each_of_the_36_rules_has_a_check():
    assert len(RULES) == 36
    assert {one.name for one in RULES} == CHECKS.keys()


@pytest.mark.parametrize("name", [one.name for one in RULES])
def test_the_rule_is_held(name, client, settings):
    check = CHECKS[name]
    wanted = check.__code__.co_varnames[: check.__code__.co_argcount]
    check(**{given: {"client": client, "settings": settings}[given] for given in wanted})


def test_the_page_shows_the_rules(client):
    page = client.get("/api/regels/").text
    assert re.findall(r'<tr id="([^"]+)"', page) == [one.name for one in RULES]
    assert [
        one.name for one in RULES if str(escape(one.how)) not in page or str(escape(one.title)) not in page
    ] == []
