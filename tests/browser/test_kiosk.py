"""The kiosk at a stand: nobody sees the answers of who was there before."""

import pytest
from playwright.sync_api import expect

from survey.views.respond import IDLE_SECONDS
from tests.browser.answering import PIN, fill_round, onward, screen, sent
from tests.browser.test_offline import ready, waiting

pytestmark = pytest.mark.once

KIOSK = "/enquete/festival/?kiosk=1&stand=ingang"
CUT = r"ERR_INTERNET_DISCONNECTED|ERR_FAILED"


@pytest.fixture
def round(site, filled_with):
    made = filled_with(fill_round)
    made.sources.create(code="ingang", name="Ingang")
    return made


def begin(page):
    onward(page, "Begin")
    screen(page).get_by_role("checkbox").first.check()
    screen(page).get_by_label("Anders, namelijk").fill("Van mij alleen")


def nothing_is_left(page):
    expect(page.locator("#stap-welkom")).to_be_visible()
    assert page.locator("[type=checkbox]:checked").count() == 0
    assert [box.input_value() for box in page.locator("textarea").all()] == [""] * page.locator(
        "textarea"
    ).count()


def test_who_walks_away_is_warned_and_wiped(round, visit):
    page = visit().page
    page.clock.install()
    page.goto(KIOSK)
    # A kiosk that nobody uses stays as it is.
    page.clock.run_for(120_000)
    warning = page.get_by_role("dialog", name="Bent u er nog?")
    expect(warning).to_be_hidden()
    begin(page)
    first = page.locator("[name=sleutel]").input_value()
    page.clock.run_for((IDLE_SECONDS - 11) * 1000)
    expect(warning).to_be_hidden()
    page.clock.run_for(2_000)
    expect(warning).to_be_visible()
    warning.get_by_role("button", name="Ik ben er nog").click()
    expect(warning).to_be_hidden()
    expect(screen(page).get_by_label("Anders, namelijk")).to_have_value("Van mij alleen")
    page.clock.run_for((IDLE_SECONDS - 9) * 1000)
    expect(warning).to_be_visible()
    with page.expect_navigation():
        page.clock.run_for(10_000)
    nothing_is_left(page)
    assert page.locator("[name=sleutel]").input_value() != first
    page.go_back()
    page.locator("[data-vragen]").wait_for()
    assert page.locator("[type=checkbox]:checked").count() == 0
    assert "Van mij alleen" not in page.content()
    assert not sent().exists()


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_right_neither_wipes_nor_spares(round, visit, hours):
    page = visit().page
    page.clock.install()
    page.goto(KIOSK)
    begin(page)
    page.evaluate(
        "hours => { const now = Date.now; Date.now = () => now.call(Date) + hours * 3600000; }", hours
    )
    page.clock.run_for(2_000)
    expect(page.get_by_role("dialog", name="Bent u er nog?")).to_be_hidden()
    expect(screen(page).get_by_label("Anders, namelijk")).to_have_value("Van mij alleen")
    with page.expect_navigation():
        page.clock.run_for((IDLE_SECONDS + 1) * 1000)
    nothing_is_left(page)


def test_who_wakes_a_kiosk_up_sees_nothing_of_who_let_it_sleep(round, visit):
    page = visit().page
    page.goto(KIOSK)
    begin(page)
    page.evaluate("""() => {
        const hide = isHidden => {
            Object.defineProperty(document, "hidden", { configurable: true, value: isHidden });
            document.dispatchEvent(new Event("visibilitychange"));
        };
        hide(true);
        const now = Date.now;
        Date.now = () => now.call(Date) + 3600000;
        setTimeout(hide, 50, false);
    }""")
    page.wait_for_url("**/enquete/festival/?kiosk=1&stand=ingang")
    nothing_is_left(page)


def test_a_kiosk_without_dialogs_warns_and_wipes(round, visit):
    page = visit().page
    page.add_init_script(
        "delete HTMLDialogElement.prototype.showModal; delete HTMLDialogElement.prototype.close;"
    )
    page.clock.install()
    page.goto(KIOSK)
    begin(page)
    page.clock.run_for((IDLE_SECONDS - 5) * 1000)
    page.get_by_role("button", name="Ik ben er nog").click()
    expect(page.locator("[data-kiosk-waarschuwing]")).to_be_hidden()
    with page.expect_navigation():
        page.clock.run_for((IDLE_SECONDS + 1) * 1000)
    nothing_is_left(page)


def test_after_sending_it_begins_again_and_back_shows_nothing(round, visit):
    page = visit().page
    page.goto(KIOSK)
    begin(page)
    page.evaluate("location.hash = '#stap-controle'")
    page.get_by_role("button", name="Verstuur").click()
    page.get_by_role("heading", name="Bedankt").wait_for()
    page.go_back()
    page.locator("[data-vragen]").wait_for()
    assert page.locator("[type=checkbox]:checked").count() == 0
    assert page.locator("textarea").first.input_value() == ""
    page.go_forward()
    page.goto(KIOSK)
    begin(page)
    page.evaluate("location.hash = '#stap-controle'")
    page.get_by_role("button", name="Verstuur").click()
    page.get_by_role("link", name="Klaar").click()
    nothing_is_left(page)
    assert page.url.endswith("?kiosk=1&stand=ingang")
    found = {(one.channel, one.source.code) for one in sent().all()}
    assert (sent().count(), found) == (2, {("kiosk", "ingang")})


def test_the_page_of_thanks_goes_away_by_itself(round, visit):
    page = visit().page
    page.clock.install()
    page.goto(KIOSK)
    begin(page)
    page.evaluate("location.hash = '#stap-controle'")
    page.get_by_role("button", name="Verstuur").click()
    page.get_by_role("heading", name="Bedankt").wait_for()
    with page.expect_navigation():
        page.clock.run_for((IDLE_SECONDS + 1) * 1000)
    nothing_is_left(page)


def test_the_kiosk_has_no_way_out_but_the_pin_also_without_a_network(round, visit):
    window = visit(expects=CUT)
    page = window.page
    ready(page, "/enquete/festival/")
    ready(page, KIOSK)
    addresses = {link.get_attribute("href").split("?")[0] for link in page.locator("a").all()}
    assert {one for one in addresses if not one.startswith("#")} == set()
    window.context.set_offline(True)
    begin(page)
    page.evaluate("location.hash = '#stap-controle'")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt, bewaard op dit apparaat")
    page.get_by_role("link", name="Klaar").click()
    nothing_is_left(page)
    waiting(page, 1)
    page.get_by_role("button", name="Kiosk afsluiten").click()
    dialog = page.get_by_role("dialog", name="Kiosk afsluiten")
    dialog.get_by_label("Pincode").fill("0000")
    dialog.get_by_role("button", name="Sluit de kiosk af").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Deze pincode klopt niet")
    dialog.get_by_label("Pincode").fill(PIN)
    dialog.get_by_role("button", name="Sluit de kiosk af").click()
    page.wait_for_url("**/enquete/festival/")
    expect(page.get_by_role("button", name="Kiosk afsluiten")).to_have_count(0)
    window.context.set_offline(False)
    waiting(page, 0)
    stored = sent().get()
    assert (stored.channel, stored.source.code) == ("kiosk", "ingang")
