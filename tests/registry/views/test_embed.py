import html
import re

import pytest
from django.test import Client

from registry.models import Initiative, Link
from tests import factories
from tests.reading import tight

pytestmark = pytest.mark.django_db
FRAMES = ["/insluiten/lijst/", "/insluiten/kaart/", "/insluiten/initiatief/havenhart/"]


@pytest.fixture
def havenhart():
    where = factories.municipality("GM0995")
    made = factories.initiative("HavenHart", slug="havenhart", municipality=where, kind=Initiative.Kind.EVENT)
    factories.link(made, factories.bottleneck("R1"), Link.Role.TACKLES)
    return made


@pytest.mark.parametrize("address", FRAMES)
def test_a_frame_may_stand_anywhere_and_leaves_no_cookie(client, havenhart, address):
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert response.status_code == 200
    assert "frame-ancestors *" in policy
    assert "default-src 'self'" in policy
    assert "X-Frame-Options" not in response
    assert not response.cookies
    assert "HavenHart" in response.text or "Lelystad" in response.text


def test_every_other_page_stays_out_of_frames(client, havenhart):
    for address in ("/initiatieven/", "/insluiten/", "/"):
        response = client.get(address)
        assert (
            response["X-Frame-Options"],
            "frame-ancestors 'none'" in response["Content-Security-Policy"],
        ) == ("DENY", True)


def test_the_list_keeps_to_the_filter_in_its_address(client, havenhart):
    factories.initiative("Elders", municipality=factories.municipality("GM0034"))
    shown = client.get("/insluiten/lijst/?gemeente=GM0995").text
    assert "HavenHart" in shown
    assert "Elders" not in shown
    assert 'href="/initiatieven/?gemeente=GM0995"' in shown


def test_the_list_shows_twenty_and_the_way_to_all(client, django_assert_num_queries):
    for _number in range(23):
        factories.initiative()
    shown = client.get("/insluiten/lijst/").text
    assert shown.count('<li class="rij">') == 20
    assert "23 initiatieven" in shown


def test_the_map_has_its_table_beside_it_and_keeps_the_other_filters(client, havenhart):
    shown = client.get("/insluiten/kaart/?soort=evenement&gemeente=GM0995").text
    assert shown.count('href="/initiatieven/?gemeente=GM0995&amp;soort=evenement"') == 3


def test_the_map_tells_of_how_many_the_municipality_is_not_known(client):
    factories.initiative("Ergens", municipality=None)
    shown = client.get("/insluiten/kaart/").text
    assert ("Van nog 1 initiatief is de gemeente niet bekend." in shown, "nog geen" in shown) == (True, False)
    factories.initiative("Hier", municipality=factories.municipality("GM0995"))
    assert "niet bekend" not in client.get("/insluiten/kaart/?gemeente=GM0995").text


def test_a_map_that_is_locked_to_a_place_counts_no_other(client, havenhart):
    factories.initiative("Elders", municipality=factories.municipality("GM0034"))
    counts = {"": ["Almere: 1", "Lelystad: 1"], "?gemeente=GM0995": ["Almere: 0", "Lelystad: 1"]}
    for query, expected in counts.items():
        shown = tight(client.get(f"/insluiten/kaart/{query}").text)
        assert sorted(re.findall(r'aria-label="((?:Almere|Lelystad): \d+)', shown)) == expected
        assert (">Almere</a></th>" in shown) == (query == "")


def test_a_frame_goes_along_with_a_merge(client, havenhart, settings):
    factories.initiative("Oud", slug="oud", status="samengevoegd", merged_into=havenhart)
    response = client.get("/insluiten/initiatief/oud/")
    assert (response.status_code, response["Location"]) == (301, "/insluiten/initiatief/havenhart/")
    answer = client.get("/oembed", {"url": f"{settings.SITE_URL}/initiatieven/oud/"}).json()
    assert (answer["title"], "/insluiten/initiatief/havenhart/" in answer["html"]) == ("HavenHart", True)
    Initiative.objects.filter(pk=havenhart.pk).update(status="ingetrokken")
    assert client.get("/insluiten/initiatief/oud/").status_code == 404
    assert client.get("/oembed", {"url": f"{settings.SITE_URL}/initiatieven/oud/"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("address", ["/insluiten/lijst/", "/insluiten/kaart/"])
def test_the_same_queries_at_any_length(client, django_assert_num_queries, address, count):
    pinch = factories.bottleneck("R1")
    for _number in range(count):
        factories.link(factories.initiative(municipality=factories.municipality()), pinch)
    with django_assert_num_queries({"/insluiten/lijst/": 11, "/insluiten/kaart/": 8}[address]):
        client.get(address)


@pytest.mark.parametrize("address", [*FRAMES[:2], "/insluiten/"])
def test_a_wrong_filter_is_said_in_the_frame(client, address):
    response = client.get(address, {"gemeente": "GM9999"})
    assert response.status_code == 400
    assert "De gemeente ‘GM9999’ bestaat niet." in response.text


def test_what_is_not_public_is_in_no_frame(client):
    factories.initiative("Geheim", slug="geheim", status="ingediend")
    assert client.get("/insluiten/initiatief/geheim/").status_code == 404
    assert "Geheim" not in client.get("/insluiten/lijst/").text
    assert client.get("/oembed", {"url": "http://testserver/initiatieven/geheim/"}).status_code == 404


def test_the_maker_gives_a_text_that_works(client, havenhart, settings):
    shown = client.get("/insluiten/", {"vorm": "kaart", "gemeente": "GM0995"}).text
    text = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", shown, re.S)[1])
    address, script = (html.unescape(found) for found in re.findall(r'src="(.*?)"', text))
    assert address == f"{settings.SITE_URL}/insluiten/kaart/?gemeente=GM0995"
    assert client.get(address.removeprefix(settings.SITE_URL)).status_code == 200
    assert script == f"{settings.SITE_URL}/static/samenbuurten/insluiten.js"
    assert "frame-src 'self'" in client.get("/insluiten/")["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("page", "frame"),
    [
        ("/initiatieven/", "/insluiten/lijst/"),
        ("/initiatieven/?gemeente=GM0995", "/insluiten/lijst/?gemeente=GM0995"),
        ("/initiatieven/havenhart/", "/insluiten/initiatief/havenhart/"),
    ],
)
def test_oembed_gives_the_frame_of_a_page(client, havenhart, settings, page, frame):
    response = client.get("/oembed", {"url": settings.SITE_URL + page, "maxwidth": "400"})
    answer = response.json()
    assert (answer["type"], answer["version"], answer["width"]) == ("rich", "1.0", 400)
    assert f'src="{settings.SITE_URL}{frame}"' in answer["html"]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    shown = client.get(page).text
    assert "application/json+oembed" in shown


def test_a_name_does_not_break_out_of_the_snippet(client, settings):
    factories.initiative('"><script>alert(1)</script>', slug="boos")
    frame = client.get("/oembed", {"url": f"{settings.SITE_URL}/initiatieven/boos/"}).json()["html"]
    assert re.findall(r'<(\w+)|title="([^"]*)"', frame) == [
        ("iframe", ""),
        ("", "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"),
    ]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "http://[",
        "https://elders.example/initiatieven/",
        "http://testserver/beheer/",
        "javascript:alert(1)",
    ],
)
def test_oembed_knows_no_other_page(url):
    assert Client().get("/oembed", {"url": url}).status_code == 404


def test_oembed_speaks_json_only(client):
    assert client.get("/oembed", {"url": "x", "format": "xml"}).status_code == 501


def test_a_wrong_filter_is_told_as_on_the_list_with_a_way_to_begin_again(client):
    response = client.get("/insluiten/?gemeente=XX")
    assert response.status_code == 400
    assert "De gemeente ‘XX’ bestaat niet." in html.unescape(response.text)
    assert 'role="alert"' in response.text
    assert '<a class="nl-link" href="/insluiten/">Begin opnieuw</a>' in response.text
