import pytest
from playwright.sync_api import expect

from registry.models import Bottleneck, Link, Role
from tests import factories
from tests.browser.axe import violations
from tests.browser.keeping import fill_kept, walk
from tests.browser.pages import WIDTHS
from tests.browser.pages import visit as walk_through

pytestmark = pytest.mark.once

# WCAG 2.5.8: 24 by 24 pixels, links in running text excepted.
SMALL = """() => [...document.querySelectorAll("a, button, input, summary")]
    .filter(one => one.checkVisibility() && !one.closest("p, dd, li.utrecht-unordered-list__item, svg, .alleen-voorgelezen, .utrecht-form-field-description, h1, h2, h3, .nl-skip-link"))
    .filter(one => { const box = one.getBoundingClientRect(); return box.width < 24 || box.height < 24 })
    .map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_has_a_violation(visit, width):
    # axe is put into the page, which the policy of the site refuses; what the policy itself
    # refuses is watched below, in a window that keeps it.
    window = visit(viewport={"width": width, "height": 860}, bypass_csp=True, reduced_motion="reduce")
    broken = {}
    for name in walk_through(window.page):
        window.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        if found := violations(window.page):
            broken[name] = found
    assert broken == {}


def test_no_account_page_of_staff_has_a_violation(visit):
    person = factories.person("redacteur@flevoland.example", role=Role.EDITOR)
    window = visit(viewport={"width": 390, "height": 860}, bypass_csp=True)
    page, broken = window.page, {}
    page.goto("/account/login/?next=/account/2fa/")
    page.get_by_label("E-mailadres").fill(person.email)
    page.get_by_label("Wachtwoord", exact=True).fill("een-lang-wachtwoord")
    page.get_by_role("button", name="Inloggen").click()
    expect(page.locator("h1")).to_have_text("Inloggen in twee stappen")
    page.goto("/account/2fa/totp/activate/")
    page.get_by_label("Wachtwoord", exact=True).fill("een-lang-wachtwoord")
    page.get_by_role("button", name="Ga verder").click()
    expect(page.locator("h1")).to_have_text("Tweede stap aanzetten")
    page.get_by_role("button", name="Zet aan").click()
    expect(page.get_by_role("alert")).to_contain_text("Dit is nog niet goed")
    for url in [None, "/account/2fa/", "/account/password/change/", "/account/logout/"]:
        if url:
            page.goto(url)
        if found := violations(page):
            broken[page.url] = found
    assert broken == {}


@pytest.mark.parametrize("width", [320, *WIDTHS])
def test_no_page_breaks_the_policy_or_runs_off_the_screen(visit, width):
    window = visit(viewport={"width": width, "height": 860})
    too_wide = []
    for name in walk_through(window.page):
        if window.page.evaluate("document.documentElement.scrollWidth") > width:
            too_wide.append(name)
    assert too_wide == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_long_word_does_not_push_a_page_off_the_screen(visit, width):
    initiative = factories.initiative(
        "n" * 120, slug="lang", summary="s" * 250, website=f"https://x.example/{'w' * 150}"
    )
    factories.link(initiative, Bottleneck.objects.get(pk="R1"), Link.Role.FACES, explanation="t" * 300)
    factories.case("c" * 160, slug="lang", initiative=initiative, situation="s" * 400)
    factories.term("b" * 80, equal=["g" * 200])
    window = visit(viewport={"width": width, "height": 860})
    too_wide = []
    for url in [
        "/",
        "/initiatieven/",
        f"/initiatieven/?zoek={'x' * 190}",
        "/initiatieven/lang/",
        "/knelpunten/r1/",
        "/casussen/lang/",
        "/begrippen/",
    ]:
        window.page.goto(url)
        if window.page.evaluate("document.documentElement.scrollWidth") > width:
            too_wide.append(url)
    assert too_wide == []


def test_targets_are_large_enough_to_tap(visit):
    window = visit(viewport={"width": 390, "height": 860})
    small = {}
    for name in walk_through(window.page):
        if found := window.page.evaluate(SMALL):
            small[name] = found
    assert small == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_of_registering_and_keeping_has_a_violation(visit, site, width):
    page = visit(viewport={"width": width, "height": 860}, bypass_csp=True, reduced_motion="reduce").page
    broken = {}
    for name in walk(page, site, fill_kept()):
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found = [*violations(page), *(page.evaluate(SMALL) if width == min(WIDTHS) else [])]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("runs off the screen")
        if found:
            broken[name] = found
    assert broken == {}


def test_no_page_of_registering_and_keeping_breaks_the_policy_or_runs_off_a_small_screen(visit, site):
    page = visit(viewport={"width": 320, "height": 860}).page
    too_wide = []
    for name in walk(page, site, fill_kept()):
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            too_wide.append(name)
    assert too_wide == []
