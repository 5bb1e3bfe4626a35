"""Walks through the site as people take them."""

import re
from pathlib import PurePath

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.once

FOCUS = """() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    return {text: (one.innerText || one.name || "").trim(), href: one.getAttribute("href"), name: one.name,
            ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2};
}"""


def tab_to(page, wanted, most=60):
    """Press Tab until the focus is on a link or field that answers; each stop must be visible."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["ring"], focus
        if wanted(focus):
            return focus
    raise AssertionError("Tab never came there")


def test_with_the_keyboard_only_from_home_to_an_initiative(visit):
    page = visit().page
    page.goto("/")
    tab_to(page, lambda focus: focus["href"] == "#inhoud", most=1)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhoud"

    page.goto("/")
    tab_to(page, lambda focus: focus["text"] == "zoek")
    page.keyboard.type("Almere-Haven")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/zoeken/\?zoek=Almere-Haven"))

    tab_to(page, lambda focus: focus["href"] == "/initiatieven/")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Initiatieven")
    tab_to(page, lambda focus: focus["text"] == "gemeente")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile(r"gemeente=GM0995"))
    expect(page.locator("#aantal")).to_have_text("1 initiatief")
    # What was swapped in did not take the focus away.
    assert page.evaluate("document.activeElement.value") == "GM0995"

    tab_to(page, lambda focus: focus["text"] == "Hof van Hestia")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Hof van Hestia")


def test_filters_answer_at_once_and_the_address_can_be_shared(visit):
    page = visit().page
    page.goto("/initiatieven/")
    page.get_by_label("Almere ", exact=False).and_(page.locator("[value=GM0034]")).check()
    expect(page).to_have_url(re.compile(r"\?gemeente=GM0034$"))
    expect(page.locator("#aantal")).to_have_text("10 initiatieven")
    expect(page.get_by_role("status")).to_have_text("10 initiatieven")
    shared = page.url
    page.locator("#keuzes-kern [value=almere-haven]").check()
    expect(page.locator("#aantal")).to_have_text("3 initiatieven")
    expect(page.locator("[data-filters]")).to_have_attribute("open", "")

    page.go_back()
    expect(page).to_have_url(shared)
    expect(page.locator("#aantal")).to_have_text("10 initiatieven")
    expect(page.locator("#keuzes-kern [value=almere-haven]")).not_to_be_checked()

    other = visit().page
    other.goto(shared)
    expect(other.locator("#aantal")).to_have_text("10 initiatieven")
    other.get_by_role("link", name="Haal weg: Almere").click()
    expect(other.locator("#aantal")).to_have_text("15 initiatieven")


def test_filters_close_above_the_list_on_a_phone(visit):
    page = visit(viewport={"width": 390, "height": 844}).page
    page.goto("/initiatieven/?gemeente=GM0995")
    expect(page.locator("#id_zoek")).not_to_be_visible()
    page.get_by_text("Zoeken en filteren").click()
    page.locator("#id_zoek").fill("hestia")
    page.locator("#id_zoek").press("Enter")
    expect(page.locator("#aantal")).to_have_text("1 initiatief")
    expect(page).to_have_url(re.compile(r"zoek=hestia"))


def test_a_long_choice_keeps_its_cross(visit):
    page = visit(viewport={"width": 390, "height": 844}).page
    page.goto("/initiatieven/?knelpunt=R1")
    chip = page.get_by_role("link", name="Haal weg: R1")
    assert chip.locator("svg").bounding_box()["width"] == 12


EDGES = """() => [...document.querySelectorAll(".utrecht-form-field--invalid :is(input, select, textarea)")]
    .filter(one => one.type !== "checkbox")
    .map(one => [one.name, getComputedStyle(one).borderTopWidth, getComputedStyle(one).borderTopColor])"""


def test_every_box_with_a_mistake_has_a_red_edge(visit):
    page = visit().page
    page.goto("/initiatieven/aanmelden/")
    page.get_by_role("button", name="Controleer").click()
    page.get_by_role("alert").wait_for()
    red = ["2px", "rgb(179, 38, 30)"]
    assert page.evaluate(EDGES) == [[name, *red] for name in ("name", "municipality", "summary", "email")]


def test_the_dot_of_what_begins_a_line_falls_off(visit):
    """The facts of a row stand in lines; a dot stands between two, and never at an end."""
    page = visit(viewport={"width": 390, "height": 844}).page
    page.goto("/initiatieven/buurtkamer-de-brede-sloot/")
    facts = page.locator(".regel").first
    clip = facts.evaluate("one => getComputedStyle(one).clipPath")
    assert clip.startswith("inset(-16px -16px -16px -"), clip
    dots = facts.evaluate("one => [...one.children].map(part => getComputedStyle(part, '::before').position)")
    assert dots[1:] == ["absolute"] * (len(dots) - 1)


def test_everything_works_without_javascript(visit):
    for width in (390, 1280):
        page = visit(java_script_enabled=False, viewport={"width": width, "height": 860}).page
        page.goto("/")
        page.get_by_role("searchbox").fill("opbouwwerker")
        page.get_by_role("button", name="Zoek").click()
        expect(page.get_by_role("status")).to_contain_text("voor ‘opbouwwerker’")

        page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Initiatieven").click()
        if width == 390:
            page.get_by_text("Zoeken en filteren").click()
        page.locator("[value=GM0995]").check()
        page.get_by_role("button", name="Toon initiatieven").click()
        expect(page.locator("#aantal")).to_have_text("1 initiatief")
        page.get_by_role("link", name="Hof van Hestia").click()
        expect(page.locator("h1")).to_have_text("Hof van Hestia")


def test_the_rings_and_the_map_are_links(visit):
    page = visit().page
    page.goto("/")
    page.locator(".kringen__naam", has_text="Bestuurlijk").click()
    expect(page).to_have_url(re.compile(r"/knelpunten/#bestuurlijk$"))
    page.goto("/")
    page.get_by_role("link", name="Almere: 10 initiatieven").click()
    expect(page.locator("#aantal")).to_have_text("10 initiatieven")


def test_the_list_is_light(visit):
    """What a first visit to the list fetches, compressed, without images: at most 150 KB."""
    window = visit()
    sizes = {}

    def finished(request):
        if request.resource_type != "image":
            parts = request.sizes()
            sizes[request.url] = parts["responseBodySize"] + parts["responseHeadersSize"]

    window.page.on("requestfinished", finished)
    window.page.goto("/initiatieven/", wait_until="networkidle")
    assert {PurePath(url).suffix for url in sizes} >= {".css", ".js", ".woff2"}
    assert sum(sizes.values()) < 150_000, sizes
