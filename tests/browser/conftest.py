import re
import sqlite3
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import connection
from playwright.sync_api import expect

from tests.browser.axe import with_axe
from tests.browser.pages import fill
from tests.browser.serving import CHROMIUM, chromium, serving

# A busy machine is no fault of the code: what comes late, comes.
TIMEOUT = 60_000
expect.set_options(timeout=TIMEOUT)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM.exists():
        pytest.skip(
            f"{CHROMIUM} is missing: no page was tried in a browser. apt-get install chromium-headless-shell"
        )
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def served():
    """Of the running site, which stays up from test to test; what is in it is that of the test."""
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def filled_with():
    """Fill the database with what ``build`` makes, on top of the deck, and give what it gives (a row).

    On SQLite this is done once; each next time is a copy of the whole database."""
    copies = {}

    def fill_in(build):
        if connection.vendor != "sqlite":
            return build()
        connection.ensure_connection()
        if build in copies:
            copy, row = copies[build]
            copy.backup(connection.connection)
        else:
            copy, row = sqlite3.connect(":memory:"), build()
            connection.connection.backup(copy)
            copies[build] = copy, row
        return row and type(row).objects.get(pk=row.pk)

    yield fill_in
    for copy, _made in copies.values():
        copy.close()


@pytest.fixture
def site(transactional_db, served, filled_with, monkeypatch):
    """The address of the running site, filled with the deck."""
    filled_with(fill)
    # Who drives a browser fills in a form faster than a person can.
    monkeypatch.setattr("registry.mail.public_forms.FASTEST", 0)
    # How often this machine did something is no matter between tests.
    caches["default"].clear()
    return served


class Visit:
    """A browser window that remembers everything that went wrong in it."""

    def __init__(self, browser, site, *, expects="404 \\(|410 \\(", has_axe=False, **options):
        self.context = browser.new_context(
            locale="nl-NL", base_url=site, **{"viewport": {"width": 1280, "height": 860}} | options
        )
        self.context.set_default_timeout(TIMEOUT)
        if has_axe:
            with_axe(self.context)
        self.page = self.context.new_page()
        self.problems = []
        # A page that is meant to be missing, or to be gone, may say so.
        self.expects = expects
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _heard(self, message):
        if message.type in ("error", "warning") and not re.search(self.expects, message.text):
            self.problems.append(message.text)


@pytest.fixture
def visit(browser, site):
    """Open a window with the options given; at the end nothing may have gone wrong in any of them."""
    windows = []

    def open_window(**options):
        windows.append(Visit(browser, site, **options))
        return windows[-1]

    yield open_window
    for window in windows:
        window.context.close()
    assert [problem for window in windows for problem in window.problems] == []
