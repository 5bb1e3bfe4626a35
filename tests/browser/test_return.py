"""Back, in browsers that keep pages as they were and in those that do not."""

import pytest
from playwright.sync_api import expect

from tests.browser.answering import fill_round, screen, wrong
from tests.browser.conftest import Visit
from tests.browser.serving import CHROMIUM, FLAGS

KEEPS_PAGES = {"yes": ["--disable-back-forward-cache"], "no": []}


@pytest.fixture(params=KEEPS_PAGES)
def page(browser, site, request):
    fill_round()
    left_out = KEEPS_PAGES[request.param]
    own = browser.browser_type.launch(executable_path=str(CHROMIUM), args=FLAGS, ignore_default_args=left_out)
    window = Visit(own, site, expects=r"422 \(")
    yield window.page
    own.close()
    assert window.problems == []


def back(page):
    """As the button does; what was kept is shown without loading, so there is nothing to wait for but the page."""
    page.evaluate("history.back()")
    page.locator("[data-vragen]").wait_for()
    page.wait_for_timeout(500)


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
