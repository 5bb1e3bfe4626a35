import re
from pathlib import Path

import pytest
from django.core.cache import caches

from tests.browser.pages import fill
from tests.browser.serving import CHROMIUM, chromium, serving

TIMEOUT = 5_000


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: no page was tried in a browser. apt-get install chromium")
    with chromium() as running:
        yield running


@pytest.fixture
def site(transactional_db):
    """The address of the running site, filled with the deck."""
    fill()
    # How often this machine did something is no matter between tests.
    caches["default"].clear()
    with serving() as address:
        yield address


class Visit:
    """A browser window that remembers everything that went wrong in it."""

    def __init__(self, browser, site, *, expects="404 \\(|410 \\(", **options):
        self.context = browser.new_context(
            locale="nl-NL", base_url=site, **{"viewport": {"width": 1280, "height": 860}} | options
        )
        self.context.set_default_timeout(TIMEOUT)
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
