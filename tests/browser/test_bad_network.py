"""Whatever stands between a device and the site: what was thanked is stored, and once."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.answering import fill_round, sent
from tests.browser.conftest import Visit
from tests.browser.network import HANGS, network
from tests.browser.test_offline import answer, fill_in, ready, send, waiting

pytestmark = pytest.mark.once

MODES = ["page", "portal", "renamed", "403", "503", "dropped", "lost", "cut", "hanging"]
ARRIVES = {"lost", "cut"}
KEPT = "Bedankt, bewaard op dit apparaat"
# The longest that the page ever waits before it tries again (waiting.js), in ms.
LONGEST_WAIT = 450_000
# Such a network makes any request fail in its own way; none of that is ours.
ANYTHING = "."


@pytest.fixture
def between(site):
    with network(site) as running:
        yield running


@pytest.fixture
def window(browser, between, filled_with):
    filled_with(fill_round)
    opened = Visit(browser, between.address, expects=ANYTHING)
    opened.page.clock.install()
    ready(opened.page)
    yield opened
    opened.context.close()


def by_itself(page, happens, pause):
    """The page tries again by itself after a while, which passes at once here, until this happens."""
    expect(page.locator("[data-wachtrij]")).to_have_attribute("data-wacht", re.compile(r"\d"))
    end = time.monotonic() + 180
    while not happens():
        assert time.monotonic() < end
        page.clock.fast_forward(LONGEST_WAIT)
        tried = time.monotonic()
        while not happens() and time.monotonic() < tried + pause:
            page.wait_for_timeout(50)


def tried(page, between, mode, times):
    """Wait until so many answers met the network in this mode."""
    pause = 1.5 * HANGS if mode == "hanging" else 2
    by_itself(page, lambda: between.posts.count(mode) >= times, pause)


def until_it_waits(page, number):
    """Wait until so many answers lie on the device, as the page says."""
    box = page.locator("[data-wachtrij]")
    by_itself(page, lambda: box.get_attribute("data-wacht") == str(number), pause=1)


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
    tried(page, between, mode, 2)
    # Two more without a network at all; what then comes is this.
    between.mode = "dropped"
    for word in ("twee", "drie"):
        answer(page, word)
        thanked.append(heading(page).inner_text())
    between.mode = mode
    tried(page, between, mode, 4)
    stored = sent().count()
    assert stored == 0 or mode in ARRIVES
    waiting(page, 3)
    between.mode = "good"
    until_it_waits(page, 0)
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
    until_it_waits(page, 1)
    assert sent().count() == 3
    between.poison = None
    until_it_waits(page, 0)
    assert sent().count() == 4
