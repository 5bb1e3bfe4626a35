"""What holds for every public page, and the pages and files that are not about content."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from django.core import checks
from django.test import Client

from registry.models import Bottleneck, Status, User
from registry.personal_data.retention import periods, rules
from tests import factories
from tests.browser.keeping import FORM_PAGES, OWNER, fill_kept
from tests.browser.pages import PUBLIC_PAGES, fill
from tests.reading import tight

VISITED = [url for url in PUBLIC_PAGES.values() if not url.startswith("/account/")]


class Inline(HTMLParser):
    """Collects what a strict Content-Security-Policy refuses, and links that lead nowhere."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.ids = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.found += [(tag, name) for name in attrs if name == "style" or name.startswith("on")]
        is_data = attrs.get("type") == "application/ld+json"
        if tag == "style" or (tag == "script" and "src" not in attrs and not is_data):
            self.found.append((tag, "inline"))
        if tag in ("a", "button", "input") and str(attrs.get("href")).startswith("javascript:"):
            self.found.append((tag, "javascript:"))


def test_every_page_keeps_the_rules_of_the_house(client, db):
    fill()
    kept = fill_kept()
    owner = Client()
    owner.force_login(User.objects.get(email=OWNER))
    expected = {kept["link-verlopen"]: 410, "/bestaat-niet/": 404}
    public = [*VISITED, "/account/login/", "/initiatieven/aanmelden/", *FORM_PAGES.values()]
    for visitor, url in [*((client, url) for url in public), *((owner, url) for url in kept.values())]:
        response = visitor.get(url)
        assert response.status_code == expected.get(url, 200), url
        page = Inline()
        page.feed(response.text)
        assert page.found == [], url
        assert len(page.ids) == len(set(page.ids)), url
        assert response.text.count("<h1") == 1, url
        assert '<html lang="nl">' in response.text, url
        # Dutch was meant: nothing fell back to another catalogue.
        assert "None" not in response.text.replace("If-None-Match", ""), url


@pytest.mark.once
def test_every_page_sends_the_headers_that_protect(client, db):
    fill()
    for url in VISITED:
        headers = client.get(url).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy, url
        # What is made to stand in somebody else's page is the only thing that may.
        framed = url.startswith("/insluiten/") and url != "/insluiten/"
        assert ("frame-ancestors *" if framed else "frame-ancestors 'none'") in policy, url
        assert "unsafe" not in policy, url
        assert headers["X-Content-Type-Options"] == "nosniff", url
        assert headers.get("X-Frame-Options") == (None if framed else "DENY"), url
        assert headers["Referrer-Policy"] == "same-origin", url


@pytest.mark.once
def test_no_page_sets_a_cookie_for_a_visitor(db):
    fill()
    client = Client()
    for url in [*VISITED, "/initiatieven/feed.xml", "/sitemap.xml", "/robots.txt"]:
        assert not client.get(url).cookies, url


@pytest.mark.once
def test_a_form_sets_one_cookie_and_no_more(client, db):
    fill()
    fill_kept()
    for url in ["/initiatieven/aanmelden/", *FORM_PAGES.values()]:
        visitor = Client()
        assert visitor.get(url).status_code == 200, url
        assert set(visitor.cookies) <= {"csrftoken"}, url


def test_every_page_offers_to_say_what_is_wrong_with_it(client, db):
    text = client.get("/initiatieven/?gemeente=GM0995&zoek=a b").text
    address = "/laat-weten/?pagina=/initiatieven/%3Fgemeente%3DGM0995%26zoek%3Da%2520b"
    assert text.count(f'href="{address}"') == text.count(f'href="{address}&amp;soort=melding"') == 1
    assert client.get(address).context["page"] == "/initiatieven/?gemeente=GM0995&zoek=a%20b"
    # A page that is not there can have a secret in its address.
    assert "/laat-weten/" not in client.get("/bevestigen/code/geheim/").text


def test_a_message_shows_on_whatever_page_comes_next(db):
    client = Client()
    client.post("/mijn/gegevens/verwijderen/")
    assert client.get("/").text.count("Een account van een medewerker verwijdert de beheerder.") == 1
    assert client.get("/").text.count("Een account van een medewerker") == 0


def test_errors_have_pages_of_their_own(client, db):
    assert "Deze pagina bestaat niet" in client.get("/bestaat-niet/").text
    assert "Dit adres klopt niet" in client.get("/initiatieven/feed.xml?soort=x").text
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post("/account/login/", {"login": "a@b.nl", "password": "x"})
    assert refused.status_code == 403
    assert "Het formulier is verlopen" in refused.text


def test_a_broken_page_has_a_page_of_its_own(db, settings):
    settings.SECURITY_CONTACT, settings.SECURITY_TXT_EXPIRES = "x@y.example", "geen datum"
    response = Client(raise_request_exception=False).get("/.well-known/security.txt")
    assert response.status_code == 500
    assert "Er ging iets mis" in response.text


def sitemaps(client):
    """The files that the index leads to."""
    return re.findall(r"<loc>http://testserver(.*?)</loc>", client.get("/sitemap.xml").text)


def test_the_sitemap_goes_on_where_a_file_is_full(client, db, monkeypatch):
    monkeypatch.setattr("django.contrib.sitemaps.Sitemap.limit", 2)
    slugs = [factories.initiative(slug=f"plek-{number}").slug for number in range(5)]
    pages = [address for address in sitemaps(client) if address.startswith("/sitemap-initiatieven.xml")]
    assert pages == ["/sitemap-initiatieven.xml", *[f"/sitemap-initiatieven.xml?p={page}" for page in (2, 3)]]
    in_pages = [re.findall(r"/initiatieven/(plek-\d)/</loc>", client.get(page).text) for page in pages]
    assert in_pages == [slugs[:2], slugs[2:4], slugs[4:]]
    assert client.get("/sitemap-initiatieven.xml?p=4").status_code == 404


def test_sitemap_lists_published_content_only(client, db):
    factories.initiative(slug="open")
    factories.initiative(slug="geheim", status=Status.SUBMITTED)
    left = factories.bottleneck("R1")
    factories.bottleneck("R2", status=Bottleneck.Status.CANDIDATE)
    factories.bottleneck("R3", status=Bottleneck.Status.MERGED, merged_into=left)
    factories.case(slug="casus-open")
    factories.case(slug="casus-geheim", status=Status.DRAFT)
    text = "".join(client.get(address).text for address in sitemaps(client))
    for listed in ["/initiatieven/open/", "/knelpunten/r1/", "/casussen/casus-open/", "/toegankelijkheid/"]:
        assert text.count(f"<loc>http://testserver{listed}</loc>") == 1
    for hidden in ["geheim", "/knelpunten/r2/", "/knelpunten/r3/"]:
        assert hidden not in text


def test_robots_may_read_all_but_the_back_office(client, db):
    text = client.get("/robots.txt").text
    assert "Disallow: /beheer/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_security_txt_says_where_to_report(client, settings):
    settings.SECURITY_CONTACT, settings.SECURITY_TXT_EXPIRES = "veilig@flevoland.example", "2027-01-31"
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text.splitlines() == [
        "Contact: mailto:veilig@flevoland.example",
        "Expires: 2027-01-31T00:00:00Z",
        "Preferred-Languages: nl, en",
        "Canonical: http://testserver/.well-known/security.txt",
    ]


def test_security_txt_is_absent_without_a_contact(client, db):
    assert client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    ("contact", "days", "expected"),
    [
        ("", 90, ["registry.W001"]),
        ("a@b.nl", 90, []),
        ("a@b.nl", 10, ["registry.W003"]),
        ("a@b.nl", 900, ["registry.W003"]),
    ],
)
def test_deploy_check_warns_about_security_txt(settings, contact, days, expected):
    settings.SECURITY_CONTACT = contact
    settings.SECURITY_TXT_EXPIRES = (date.today() + timedelta(days=days)).isoformat()
    found = checks.run_checks(tags=["security"], include_deployment_checks=True)
    assert [warning.id for warning in found if warning.id.startswith("registry.")] == expected


def test_deploy_check_warns_about_what_is_no_date(settings):
    settings.SECURITY_CONTACT, settings.SECURITY_TXT_EXPIRES = "a@b.nl", "morgen"
    found = checks.run_checks(tags=["security"], include_deployment_checks=True)
    assert [warning.id for warning in found if warning.id.startswith("registry.")] == ["registry.W002"]


def test_accessibility_claims_no_audit_that_never_was(client, db, settings):
    assert "Een onafhankelijk onderzoek is er nog niet geweest." in client.get("/toegankelijkheid/").text
    settings.ACCESSIBILITY_STATEMENT_URL = "https://verklaring.example/1"
    text = client.get("/toegankelijkheid/").text
    assert 'href="https://verklaring.example/1"' in text
    assert "nog niet geweest" not in text


def test_privacy_says_how_long_each_thing_is_kept(client, db, settings):
    settings.RETENTION_DAYS = {name: 41 + index for index, name in enumerate(settings.RETENTION_DAYS)}
    text = tight(client.get("/privacy/").text)
    rows = re.findall(r'<th scope="row">([^<]*)</th><td>(\d+) dagen</td>', text)
    assert rows == [(str(what), str(days)) for what, days in periods()]
    assert len(rows) == len(rules())


def test_privacy_names_the_tile_server_when_there_is_one(client, db, settings):
    assert "Er gaat niets naar andere bedrijven." in client.get("/privacy/").text
    settings.MAP_TILES_URL = "https://tegels.example/{z}/{x}/{y}.png"
    text = client.get("/privacy/").text
    assert "haalt beelden op bij tegels.example" in text
    assert "Er gaat niets naar andere bedrijven." not in text


@pytest.mark.parametrize(
    "address", ["/", "/initiatieven/", "/knelpunten/", "/privacy/", "/insluiten/kaart/", "/enquete/"]
)
def test_a_title_and_a_description_are_one_line(client, db, address):
    page = client.get(address).text
    texts = re.findall(r'<title>(.*?)</title>|name="description"\s+content="(.*?)"', page, re.DOTALL)
    assert [text for pair in texts for text in pair if text != " ".join(text.split())] == []
    assert texts[0][0].count("Samen Buurten") == 1
