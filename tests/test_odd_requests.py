"""Whatever a request says of itself, the answer is one of ours: never a bare 500."""

import itertools

import pytest
from django.test import Client
from django.utils.safestring import SafeString

from tests import factories
from tests.survey import making

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
CHARSETS = ["utf-7", "utf-16", "latin-1", "base64", "rot13", "idna", "punycode", "unicode_escape", "undefined", "mbcs",
            "bestaat-niet", "", "\"utf-7\"", "utf-8;charset=utf-7", "é", "*", "hex", "zlib", "raw_unicode_escape"]  # fmt: skip
TYPES = [
    *(f"{kind}; charset={charset}" for kind in (FORM, f"{PARTS}; boundary=x", "application/json", "text/plain") for charset in CHARSETS),
    FORM, f"{FORM}; charset=UTF-8", f"{FORM};;;=;", "", "x", "/", ";", "é", "a/b;" + "c" * 5000,
    PARTS, f"{PARTS}; boundary=", f"{PARTS}; boundary=é", f"{PARTS}; boundary=" + "x" * 300, f'{PARTS}; boundary="a b"',
    f"{PARTS}; boundary*=utf-7''x", f"{PARTS}; boundary=x",
]  # fmt: skip
PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n%s\r\n%s\r\n--x--\r\n'
BODIES = [
    b"",
    b"a=b",
    b"%ff=%zz&%=&&&=\xff\xfe",
    b"\x00\x80" * 50,
    b"&".join(b"a%d=1" % number for number in range(1500)),
    PART % (b"text", b"", b"", b"\xff\xfe"),
    PART % (b"text", b"", b"Content-Transfer-Encoding: base64\r\n", b"!!!"),
    PART % (b"text", b"", b"Content-Transfer-Encoding: x-onbekend\r\n", b"a"),
    PART % (b"text", b'; filename="\xff"', b"Content-Type: image/png; charset=base64\r\n", b"a"),
    PART % (b"text", b"; filename*=utf-7''%2b", b"Content-Type: \xe9\r\n", b"a"),
    PART[:40] % b"text" if b"%s" in PART[:40] else PART[:40],
]
ROUTES = ["/", "/laat-weten/", "/account/login/", "/account/login/code/", "/initiatieven/aanmelden/", "/initiatieven/aanmelden/waarneembaar/",
          "/enquete/festival/", "/enquete/festival/stap/", "/bestaat-niet/", "/beheer/login/", "/mijn/", "/volgen/stoppen/x/",
          "/api/v1/initiatieven", "/api/v1/bestaat-niet", "/hsds/services", "/catalogus.ttl"]  # fmt: skip
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "VREEMD"]


def clients():
    """One without a cookie, one with the cookie that makes Django look in the body, one logged in."""
    bare, token, inside = (
        Client(enforce_csrf_checks=True, raise_request_exception=False) for _time in range(3)
    )
    token.cookies["csrftoken"] = inside.cookies["csrftoken"] = "a" * 32
    inside.force_login(factories.person())
    return bare, token, inside


@pytest.fixture
def world(settings):
    settings.API_REQUESTS_A_MINUTE = settings.ANSWERS_A_MINUTE = 10**9
    making.round(questionnaire=making.questionnaire(["R1"]))
    return clients()


def wrong(client, method, route, **request):
    """What is not as it should be with the answer, or "" when nothing is."""
    response = client.generic(method, route, **request)
    if response.status_code >= 500:
        return f"{response.status_code} {method} {route} {str(request)[:120]}"
    is_api = route.startswith(("/api/v1", "/hsds"))
    if is_api and response.status_code >= 400 and response["Content-Type"] != "application/problem+json":
        return f"{response['Content-Type']} {method} {route} {str(request)[:120]}"
    return ""


@pytest.mark.parametrize("route", ROUTES)
def test_no_content_type_breaks_anything(world, route):
    turns = itertools.cycle(itertools.product(("POST", "POST", "GET", "PUT"), BODIES[1:]))
    _bare, token, _inside = world
    with pytest.MonkeyPatch.context() as patch:
        # All of these get the same few pages.
        patch.setattr("django.template.base.Template.render", lambda *_: SafeString())
        found = {wrong(token, "POST", route, data=BODIES[1], content_type=kind) for kind in TYPES}
    for client, kind, (method, body) in zip(itertools.cycle(world), TYPES, turns, strict=False):
        found.add(wrong(client, method, route, data=body, content_type=kind))
    assert found - {""} == set()


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_no_body_breaks_anything(world, body):
    kinds = (FORM, f"{PARTS}; boundary=x", f"{PARTS}; boundary=x; charset=base64", "application/json")
    _bare, token, _inside = world
    found = {wrong(token, "POST", route, data=body, content_type=kind) for route in ROUTES for kind in kinds}
    assert found - {""} == set()


@pytest.mark.parametrize("method", METHODS)
def test_no_method_breaks_anything(world, method):
    found = {
        wrong(client, method, route, data=BODIES[1], content_type=kind)
        for client in world[1:]
        for route in ROUTES
        for kind in (FORM, f"{FORM}; charset=utf-7")
    }
    assert found - {""} == set()


HEADERS = ["Accept", "Accept-Language", "Accept-Crs", "Accept-Encoding", "Authorization", "Cookie", "Host", "If-Match",
           "If-Modified-Since", "If-None-Match", "Origin", "Range", "Referer", "User-Agent", "X-Forwarded-For",
           "X-Forwarded-Proto", "X-CSRFToken", "X-Requested-With", "HX-Request", "HX-Current-URL", "Sec-Fetch-Site",
           "Transfer-Encoding", "Content-Length", "Expect"]  # fmt: skip
VALUES = ["", "\xff\xfe", "é" * 300, "http://[", "http://[::1", "a" * 9000, "\x01\x7f", "=;=;\"", "%ff%00", "-1", "9" * 400, "*/*;q=x",
          "csrftoken=\xff; sessionid=\"\\777\"; messages=\xff", "1, 2", "null", "٣".encode().decode("latin-1")]  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_breaks_anything(world, header):
    found = {
        wrong(
            client,
            method,
            route,
            data=BODIES[1] if method == "POST" else b"",
            content_type=FORM,
            headers={header: value},
        )
        # Each value with each kind of route; which route of its kind, who asks and how, takes turns.
        for number, (value, routes) in enumerate(
            itertools.product(VALUES, (ROUTES[:6], ROUTES[6:12], ROUTES[12:]))
        )
        for route in (routes[number % len(routes)],)
        for client, method in ((world[number % 3], "GET" if number % 2 else "POST"),)
        # A server gives no other length to an application than a number.
        if header != "Content-Length" or value.isdigit()
    }
    assert found - {""} == set()


QUERIES = ["%ff", "%", "%zz=%", "zoek=%ff%fe", "zoek=%00", "zoek=\xff", "page=%D9%A3", "%00=1", "&".join(f"a{n}=1" for n in range(1500)),
           "zoek=" + "a" * 20_000, "gemeente=%ed%a0%80", "zoek=%ED%B3%BF", "cursor=%ff", "pagina=http://["]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_no_query_or_path_breaks_anything(world, query):
    odd_paths = ("/initiatieven/%ff/", "/%00", "/api/v1/initiatieven/%ff", "/%ed%a0%80/")
    kinds = itertools.cycle(("", f"{FORM}; charset=utf-7", f"{FORM}; charset=base64"))
    found = {
        wrong(client, method, f"{route}?{query}", content_type=kind)
        for route in (*ROUTES, "/initiatieven/", "/zoeken/", *odd_paths)
        for client, method, kind in zip(world, ("GET", "POST", "GET"), kinds, strict=False)
    }
    assert found - {""} == set()


def test_a_charset_is_refused_in_words_and_where_nothing_is_sent_it_does_not_matter(world):
    for client in world:
        page = client.generic("POST", "/laat-weten/", b"a=b", content_type=f"{FORM}; charset=utf-7")
        assert (page.status_code, "<h1" in page.text) == (400, True)
        for kind in (FORM, f"{FORM}; charset=ISO-8859-1"):
            found = client.generic("GET", "/api/v1/initiatieven?zoek=caf%C3%A9", content_type=kind)
            assert (found.status_code, "caf%C3%A9" in found.text) == (200, True)
