"""A double tap in a real browser, on both databases: two requests with one key, each on a connection of its own."""

import re

from playwright.sync_api import expect

from tests.browser.answering import fill_round, screen, sent


def test_a_double_tap_stores_once(site, filled_with, visit):
    filled_with(fill_round)
    page = visit().page
    page.goto("/enquete/festival/#stap-relationeel")
    screen(page).get_by_role("checkbox").first.check()
    page.goto("/enquete/festival/#stap-controle")
    page.get_by_role("button", name="Verstuur").dblclick()
    # The answer to the first tap, or to the second.
    received = re.compile("Bedankt voor uw antwoorden|Deze inzending hadden wij al")
    expect(page.get_by_role("heading", level=1)).to_have_text(received)
    assert sent().count() == 1
