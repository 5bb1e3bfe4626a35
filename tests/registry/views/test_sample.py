"""What is made up says so on every page that shows it."""

import pytest

from tests import factories

pytestmark = pytest.mark.usefixtures("province")
MARK = "Verzonnen voorbeeld"


@pytest.fixture
def made_up(province):
    bottleneck = factories.bottleneck("R1")
    initiative = factories.initiative("Zwaluwtil", slug="zwaluwtil", is_sample=True)
    factories.link(initiative, bottleneck)
    case = factories.case("Zwaluwverhaal", slug="zwaluwverhaal", is_sample=True, initiative=initiative)
    case.bottlenecks.add(bottleneck)


PAGES = [
    "/",
    "/initiatieven/",
    "/initiatieven/feed.xml",
    "/initiatieven/zwaluwtil/",
    "/knelpunten/r1/",
    "/casussen/",
    "/casussen/zwaluwverhaal/",
    "/zoeken/?zoek=zwaluwtil",
    "/zoeken/?zoek=zwaluwverhaal",
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("made_up")
def test_every_page_that_shows_it_says_so(client, page):
    text = client.get(page).text
    assert "Zwaluw" in text
    assert MARK in text


@pytest.mark.usefixtures("made_up")
def test_search_engines_are_not_told(client):
    page = client.get("/initiatieven/zwaluwtil/").text
    assert "application/ld+json" not in page
    assert '<meta name="robots" content="noindex">' in page
    assert "zwaluw" not in client.get("/sitemap-initiatieven.xml").text


@pytest.mark.parametrize("page", ["/", "/initiatieven/", "/zoeken/?zoek=echt"])
def test_without_it_nothing_is_said(client, page):
    factories.initiative("Echt")
    assert MARK not in client.get(page).text
