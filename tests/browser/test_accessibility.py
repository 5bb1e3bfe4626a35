import pytest
from playwright.sync_api import expect

from registry.models import Bottleneck, Link, Role
from tests import factories
from tests.browser.keeping import fill_kept, log_in, walk
from tests.browser.looking import LOOKED_AT, faults, faults_of_all, too_wide
from tests.browser.pages import WIDTHS
from tests.browser.pages import visit as walk_through

pytestmark = pytest.mark.once

# WCAG 2.5.8: 24 by 24 pixels, links in running text excepted.
SMALL = """() => [...document.querySelectorAll("a, button, input, summary")]
    .filter(one => one.checkVisibility() && !one.closest("p, dd, li.utrecht-unordered-list__item, svg, .alleen-voorgelezen, .utrecht-form-field-description, h1, h2, h3, .nl-skip-link"))
    .filter(one => { const box = one.getBoundingClientRect(); return box.width < 24 || box.height < 24 })
    .map(one => one.outerHTML.slice(0, 120))"""


def test_no_public_page_has_a_fault(visit):
    page = visit(**LOOKED_AT).page
    assert faults_of_all(page, walk_through(page), small=SMALL) == {}


def test_no_page_of_registering_and_keeping_has_a_fault(visit, site):
    page = visit(**LOOKED_AT).page
    assert faults_of_all(page, walk(page, site, fill_kept()), small=SMALL) == {}


def test_no_account_page_of_staff_has_a_fault(visit, site):
    person = factories.person("redacteur@flevoland.example", role=Role.EDITOR)
    window = visit(**LOOKED_AT)
    page, broken = window.page, {}
    log_in(window.context, site, person.email)
    page.goto("/account/2fa/totp/activate/")
    page.get_by_label("Wachtwoord", exact=True).fill("een-lang-wachtwoord")
    page.get_by_role("button", name="Ga verder").click()
    expect(page.locator("h1")).to_have_text("Tweede stap aanzetten")
    page.get_by_role("button", name="Zet aan").click()
    expect(page.get_by_role("alert")).to_contain_text("Dit is nog niet goed")
    for url in [None, "/account/2fa/", "/account/password/change/", "/account/logout/"]:
        if url:
            page.goto(url)
        if wrong := faults(page):
            broken[page.url] = wrong
    assert broken == {}


def test_a_long_word_does_not_push_a_page_off_the_screen(visit):
    initiative = factories.initiative(
        "n" * 120, slug="lang", summary="s" * 250, website=f"https://x.example/{'w' * 150}"
    )
    factories.link(initiative, Bottleneck.objects.get(pk="R1"), Link.Role.FACES, explanation="t" * 300)
    factories.case("c" * 160, slug="lang", initiative=initiative, situation="s" * 400)
    factories.term("b" * 80, equal=["g" * 200])
    page = visit().page
    runs_off = {}
    for url in [
        "/",
        "/initiatieven/",
        f"/initiatieven/?zoek={'x' * 190}",
        "/initiatieven/lang/",
        "/knelpunten/r1/",
        "/casussen/lang/",
        "/begrippen/",
    ]:
        page.goto(url)
        if at := too_wide(page, *WIDTHS):
            runs_off[url] = at
    assert runs_off == {}
