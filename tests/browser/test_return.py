"""Back, in browsers that keep pages as they were and in those that do not."""

import pytest
from playwright.sync_api import expect

from tests.browser.answering import fill_round, screen, sent, wrong
from tests.browser.conftest import Visit
from tests.browser.serving import CHROMIUM, FLAGS

pytestmark = pytest.mark.once


@pytest.fixture(scope="module", params=["keeps pages", "keeps no pages"])
def returning(browser, request):
    """A browser of each kind; that of all tests keeps none."""
    if request.param == "keeps no pages":
        yield browser
        return
    own = browser.browser_type.launch(
        executable_path=str(CHROMIUM), args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield own
    own.close()


@pytest.fixture
def opening(returning, site, filled_with):
    """Open a window with these options, in such a browser."""
    filled_with(fill_round)
    windows = []

    def open_window(**options):
        windows.append(Visit(returning, site, expects=r"422 \(", **options))
        return windows[-1].page

    yield open_window
    for window in windows:
        window.context.close()
    assert [problem for window in windows for problem in window.problems] == []


@pytest.fixture
def page(opening):
    return opening()


def back(page):
    """As the button does; what was kept is shown without loading, so there is nothing to wait for but the page."""
    page.evaluate("document.documentElement.dataset.left = ''")
    # Asked of the browser: a page that leaves takes the answer to `history.back()` along.
    browser_itself = page.context.new_cdp_session(page)
    history = browser_itself.send("Page.getNavigationHistory")
    before = history["entries"][history["currentIndex"] - 1]
    browser_itself.send("Page.navigateToHistoryEntry", {"entryId": before["id"]})
    page.locator("html:not([data-left]) [data-vragen]").wait_for()
    # What would take away what was filled in does so at once.
    page.wait_for_timeout(200)


def fill_in(page, address="/enquete/festival/"):
    page.goto(address)
    page.evaluate("location.hash = '#stap-relationeel'")
    screen(page).get_by_role("checkbox").first.check()
    screen(page).get_by_label("Anders, namelijk").fill("mijn woorden")


def send(page):
    page.evaluate("location.hash = '#stap-controle'")
    page.get_by_role("button", name="Verstuur").click()


def filled(page):
    words = [box.input_value() for box in page.locator("textarea").all()]
    return page.locator("[type=checkbox]:checked").count(), [word for word in words if word]


def test_back_from_another_page_loses_nothing(page):
    fill_in(page)
    page.get_by_role("link", name="Privacy").click()
    page.wait_for_url("**/privacy/")
    back(page)
    assert filled(page) == (1, ["mijn woorden"])


@pytest.mark.parametrize("address", ["/enquete/festival/", "/enquete/festival/?kiosk=1"])
def test_back_after_sending_is_a_new_beginning(page, address):
    fill_in(page, address)
    send(page)
    page.get_by_role("heading", name="Bedankt").wait_for()
    back(page)
    expect(page.locator("#stap-welkom")).to_be_visible()
    assert filled(page) == (0, [])


def test_back_after_a_mistake_loses_nothing(page):
    wrong(page)
    back(page)
    assert page.locator("#niveau-bestuurlijk :checked").count() == 11


def test_back_and_send_again_without_a_script_counts_once(opening):
    """The page comes back with the key that it had; who begins anew has another."""
    page = opening(java_script_enabled=False)

    def fill_and_send():
        page.goto("/enquete/festival/#stap-relationeel")
        screen(page).get_by_role("checkbox").first.check()
        page.goto("/enquete/festival/#stap-controle")
        page.get_by_role("button", name="Verstuur").click()
        page.get_by_role("heading", name="Bedankt").wait_for()

    fill_and_send()
    key = sent().get().pk
    back(page)
    assert page.locator("[name=sleutel]").input_value() == str(key)
    page.get_by_role("button", name="Verstuur").click()
    page.get_by_role("heading", name="hadden wij al").wait_for()
    assert sent().count() == 1
    page.get_by_role("link", name="Laat nog iemand invullen").click()
    assert page.locator("[name=sleutel]").input_value() != str(key)
    fill_and_send()
    assert sent().count() == 2
