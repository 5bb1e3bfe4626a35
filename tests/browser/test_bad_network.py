"""Whatever stands between a device and the site: what was thanked is stored, and once."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.answering import fill_round, sent
from tests.browser.conftest import Visit
from tests.browser.network import network
from tests.browser.test_offline import answer, fill_in, ready, send, waiting

pytestmark = pytest.mark.once

MODES = ["page", "portal", "renamed", "403", "503", "dropped", "lost", "cut", "hanging"]
ARRIVES = {"lost", "cut"}
KEPT = "Bedankt, bewaard op dit apparaat"
# Such a network makes any request fail in its own way; none of that is ours.
ANYTHING = "."


@pytest.fixture
def between(site):
    with network(site) as running:
        yield running


@pytest.fixture
def window(browser, between):
    fill_round()
    opened = Visit(browser, between.address, expects=ANYTHING)
    opened.context.set_default_timeout(15_000)
    ready(opened.page)
    yield opened
    opened.context.close()


def tried(between, mode, times):
    """Wait until so many answers met the network in this mode: the page tries again by itself."""
    end = time.monotonic() + 40
    while between.posts.count(mode) < times:
        assert time.monotonic() < end, between.posts
        time.sleep(0.1)


def heading(page):
    return page.get_by_role("heading", level=1)


@pytest.mark.parametrize("mode", MODES)
def test_what_was_thanked_is_stored(window, between, mode):
    page = window.page
    # Online, and then this happens.
    fill_in(page, "een")
    between.mode = mode
    send(page)
    thanked = [heading(page).inner_text()]
    tried(between, mode, 2)
    # Two more without a network at all; what then comes is this.
    between.mode = "dropped"
    for word in ("twee", "drie"):
        answer(page, word)
        thanked.append(heading(page).inner_text())
    between.mode = mode
    tried(between, mode, 4)
    stored = sent().count()
    assert stored == 0 or mode in ARRIVES
    waiting(page, 3)
    between.mode = "good"
    expect(page.locator("[data-wachtrij]")).to_have_attribute("data-wacht", "0", timeout=40_000)
    print(f"\n{mode}: sent 3, acknowledged {len(thanked)}, before it ended {stored}, stored {sent().count()}")
    assert (thanked, sent().count()) == ([KEPT] * 3, 3)
    waiting(page, 0)
    # What was kept to work without a network is still there.
    between.mode = "dropped"
    answer(page, "vier")
    expect(heading(page)).to_have_text(KEPT)


def test_an_answer_that_gets_through_is_thanked_by_the_site(window, between):
    answer(window.page, "een")
    expect(heading(window.page)).to_have_text("Bedankt voor uw antwoorden")
    waiting(window.page, 0)
    assert (between.posts, sent().count()) == (["good"], 1)


def test_one_that_cannot_pass_holds_up_no_other(window, between):
    page = window.page
    between.mode = "dropped"
    for word in ("een", "gifwoord", "drie", "vier"):
        answer(page, word)
    between.poison, between.mode = b"gifwoord", "good"
    expect(page.locator("[data-wachtrij]")).to_have_attribute("data-wacht", "1", timeout=40_000)
    assert sent().count() == 3
    between.poison = None
    expect(page.locator("[data-wachtrij]")).to_have_attribute("data-wacht", "0", timeout=40_000)
    assert sent().count() == 4
