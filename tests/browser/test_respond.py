"""Answering, as people do it: without a script, on a phone, twice by accident."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from survey.design.questions import questions_of
from survey.fieldwork.shuffle import order
from survey.models import StepCount
from tests.browser.answering import fill_round, onward, screen, sent, steps, walk, wrong
from tests.browser.looking import DESK, LOOKED_AT, NARROWEST, faults_of_all, too_wide

pytestmark = pytest.mark.once

SHUFFLE = Path(__file__).resolve().parents[2] / "samenbuurten" / "static" / "src" / "survey" / "shuffle.js"
REFUSED = r"422 \("
LEVELS = ["maatschappelijk", "bestuurlijk", "professioneel", "relationeel"]
# The survey is tapped in a crowd: larger than the 24 of the rest of the site.
SMALL = """() => [...document.querySelectorAll("a, button, label.stellingkeuze, textarea, input.utrecht-textbox, summary")]
    .filter(one => one.checkVisibility() && !one.closest("p, li.utrecht-unordered-list__item, h1, h2"))
    .filter(one => { const box = one.getBoundingClientRect(); return box.width < 44 || box.height < 44 })
    .map(one => one.outerHTML.slice(0, 120))"""

NO_ANSWER = "504"
# Who reloads before the answer came is not counted as sent either.
HEARD_THAT_THE_BEGINNING_COUNTS = "Object.values(sessionStorage).some(value => value.includes('0=ok'))"


@pytest.fixture
def round(site, filled_with):
    return filled_with(fill_round)


def ticks_of(response):
    items = questions_of(response.round.questionnaire).items
    return {item.code for item in items if response.ticks >> item.bit & 1}


def test_without_a_script_all_screens_and_back_without_loss(round, visit):
    window = visit(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = window.page
    page.goto("/enquete/festival/")
    expect(screen(page)).to_have_count(1)
    onward(page, "Begin")
    ticked = set()
    for level in LEVELS:
        expect(page.locator(f"#stap-{level}")).to_be_visible()
        expect(screen(page)).to_have_count(1)
        box = screen(page).get_by_role("checkbox").nth(1)
        ticked.add(box.get_attribute("value"))
        box.check()
        onward(page)
    page.get_by_label("goed voorbeeld").fill("De soep")
    for _time in range(3):
        page.go_back()
    expect(page.locator("#stap-bestuurlijk")).to_be_visible()
    expect(screen(page).get_by_role("checkbox").nth(1)).to_be_checked()
    screen(page).get_by_role("link", name="Vorige").click()
    expect(page.locator("#stap-maatschappelijk")).to_be_visible()
    for _time in range(4):
        onward(page)
    expect(page.get_by_label("goed voorbeeld")).to_have_value("De soep")
    onward(page)
    screen(page).get_by_label("Inwoner", exact=True).check()
    onward(page)
    expect(screen(page)).to_contain_text("Dit wordt opgeslagen")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt voor uw antwoorden")
    stored = sent().get()
    assert ticks_of(stored) == ticked
    assert (stored.role, stored.open_answers.get().text) == ("inwoner", "De soep")
    assert window.context.cookies() == []


def test_enter_in_a_box_does_not_send_half_an_answer(round, visit):
    page = visit(java_script_enabled=False).page
    page.goto("/enquete/festival/#stap-relationeel")
    box = screen(page).get_by_role("checkbox").nth(3)
    box.check()
    code = box.get_attribute("value")
    box.press("Enter")
    expect(page.locator("#stap-controle")).to_be_visible()
    assert not sent().exists()
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt voor uw antwoorden")
    assert ticks_of(sent().get()) == {code}


def test_with_a_script_the_screens_say_where_you_are(round, visit):
    window = visit()
    page = window.page
    page.goto("/enquete/festival/")
    start = page.title()
    onward(page, "Begin")
    expect(page.get_by_role("heading", name="Maatschappelijk")).to_be_focused()
    expect(page).to_have_title(f"Maatschappelijk · {start}")
    first, none = screen(page).get_by_role("checkbox").first, screen(page).get_by_label("Geen van deze")
    first.check()
    none.check()
    expect(first).not_to_be_checked()
    first.check()
    expect(none).not_to_be_checked()
    text = screen(page).locator("label:has(:checked)").inner_text()
    first.press("Enter")
    expect(page.get_by_role("heading", name="Bestuurlijk")).to_be_focused()
    page.goto("/enquete/festival/#stap-controle")
    chosen = page.locator("[data-gekozen]")
    expect(chosen).to_contain_text(text)
    chosen.get_by_role("link", name="Wijzig: Maatschappelijk").click()
    expect(first).to_be_checked()
    assert window.context.cookies() == []


def test_each_screen_is_counted_once_in_a_visit(round, visit):
    page = visit().page
    for name in steps(page):
        if name == "enquete-relationeel":
            screen(page).get_by_role("link", name="Vorige").click()
            onward(page)
    page.wait_for_load_state("networkidle")
    assert dict(
        StepCount.objects.filter(round__is_sample=False).values_list("step", "number")
    ) == dict.fromkeys(range(9), 1)


def counted(page):
    page.wait_for_load_state("networkidle")
    return dict(StepCount.objects.filter(round__is_sample=False).values_list("step", "number"))


@pytest.mark.parametrize("kiosk", ["", "&kiosk=1"])
def test_a_reload_is_no_second_beginning_and_the_next_person_is(round, visit, kiosk):
    page = visit().page
    sent = 8
    for number in (1, 2):
        page.goto(f"/enquete/festival/?taal=nl{kiosk}")
        for _time in range(3):
            page.goto(f"/enquete/festival/?taal=nl{kiosk}#stap-relationeel")
            while not page.evaluate(HEARD_THAT_THE_BEGINNING_COUNTS):
                page.wait_for_timeout(20)
            page.reload()
        page.evaluate("location.hash = '#stap-bestuurlijk'")
        page.locator("#stap-bestuurlijk .stellingkeuze").first.click()
        assert counted(page)[0] == number
        page.evaluate("location.hash = '#stap-controle'")
        page.get_by_role("button", name="Verstuur").click()
        expect(page.get_by_role("heading", name="Bedankt voor uw antwoorden")).to_be_visible()
        assert [counted(page).get(step) for step in (0, 4, sent)] == [number] * 3


def test_what_is_begun_without_a_network_is_in_neither_number(round, visit):
    page = visit(expects=NO_ANSWER).page
    page.route("**/stap/", lambda route: route.fulfill(status=504))
    page.goto("/enquete/festival/#stap-bestuurlijk")
    page.locator("#stap-bestuurlijk .stellingkeuze").first.click()
    page.evaluate("location.hash = '#stap-controle'")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_role("heading", name="Bedankt voor uw antwoorden")).to_be_visible()
    assert (counted(page), round.responses.count()) == ({}, 1)


def test_script_and_server_shuffle_alike(round, visit):
    page = visit(bypass_csp=True).page
    page.goto("/enquete/festival/")
    source = SHUFFLE.read_text(encoding="utf-8").replace("export ", "")
    cases = [
        (size, seed, position)
        for size in (0, 1, 2, 10, 63)
        for seed in (0, 1, 7, 2**31 - 1, 123456789)
        for position in (1, 2, 4)
    ]
    run = (
        f"cases => {{ {source}; return cases.map(([n, seed, at]) => order([...Array(n).keys()], seed, at)) }}"
    )
    assert page.evaluate(run, cases) == [order(range(size), seed, position) for size, seed, position in cases]


def test_every_page_load_is_somebody_else(round, visit):
    page = visit().page
    seen = []
    questions = questions_of(round.questionnaire)
    for _time in range(3):
        page.goto("/enquete/festival/")
        seed = int(page.locator("[name=volgorde]").input_value())
        for asked in questions.pages:
            boxes = page.locator(f"#niveau-{asked.level.slug} input").all()
            shown = [box.get_attribute("value") for box in boxes]
            expected = [item.code for item in order(asked.items, seed, asked.level.bit)]
            assert shown == [*expected, "geen"]
        seen.append((page.locator("[name=sleutel]").input_value(), seed, tuple(shown)))
    assert [len(set(column)) for column in zip(*seen, strict=True)] == [3, 3, 3]


def test_a_contradiction_is_shown_where_it_is(round, visit):
    page = visit(expects=REFUSED).page
    wrong(page)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#stap-bestuurlijk")).to_be_visible()
    page.get_by_role("alert").get_by_role("link").first.click()
    screen(page).get_by_label("Geen van deze").uncheck()
    page.evaluate("location.hash = '#stap-controle'")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt voor uw antwoorden")
    assert sent().count() == 1


def test_no_page_of_answering_has_a_fault(round, visit):
    page = visit(expects=REFUSED, **LOOKED_AT).page
    assert faults_of_all(page, walk(page, round), small=SMALL) == {}


def test_a_page_from_right_to_left_fits(round, visit):
    round.languages = ["nl", "ar"]
    round.save()
    page = visit().page
    page.goto("/enquete/festival/?taal=ar#stap-relationeel")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    box, words = screen(page).locator("label input").first, screen(page).locator("label span").first
    for width in (NARROWEST, DESK):
        assert too_wide(page, width) == []
        assert box.bounding_box()["x"] > words.bounding_box()["x"]


def test_a_browser_that_knows_no_has_shows_one_long_page(round, visit):
    page = visit(bypass_csp=True).page
    page.goto("/enquete/festival/")
    page.evaluate("""() => {
        for (const sheet of document.styleSheets)
            for (let at = sheet.cssRules.length - 1; at >= 0; at -= 1)
                if (sheet.cssRules[at].conditionText?.includes(":has")) sheet.deleteRule(at);
    }""")
    expect(page.locator(".scherm:visible")).to_have_count(8)


@pytest.mark.parametrize("scripts", [True, False])
def test_another_language_on_the_last_screen_loses_nothing(round, visit, scripts):
    window = visit(java_script_enabled=scripts)
    page = window.page
    page.goto("/enquete/festival/#stap-relationeel")
    page.locator("#stap-relationeel [type=checkbox]").first.check()
    page.locator("#stap-relationeel textarea").fill("Dit blijft")
    page.locator("#stap-relationeel .nl-button--primary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    if scripts:
        assert page.url.endswith(f"#{screen(page).get_attribute('id')}")
        assert "#stap-r" not in page.url
    expect(page.locator("#stap-relationeel [type=checkbox]").first).to_be_checked()
    expect(page.locator("#stap-relationeel textarea")).to_have_value("Dit blijft")
    assert sent().count() == 0
