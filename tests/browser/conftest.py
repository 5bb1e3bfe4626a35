import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler
from playwright.sync_api import sync_playwright

from tests.browser.pages import fill

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
TIMEOUT = 5_000


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


class SiteThread(LiveServerThread):
    """The site as it is served, WhiteNoise included; Django's own would serve unbuilt static files."""

    def __init__(self, host, **kwargs):
        super().__init__(host, lambda handler: handler, **kwargs)

    def _create_server(self, connections_override=None):
        return ThreadedWSGIServer((self.host, self.port), QuietWSGIRequestHandler, allow_reuse_address=False)


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: no page was tried in a browser. apt-get install chromium")
    # Playwright runs an event loop in this thread; Django would refuse the database because of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield running
        running.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(transactional_db):
    """The address of the running site, filled with the deck."""
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        pytest.fail("The static files are not built: run `make setup`.")
    fill()
    caches["figures"].clear()
    thread = SiteThread("127.0.0.1")
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
    connections.close_all()


class Visit:
    """A browser window that remembers everything that went wrong in it."""

    def __init__(self, browser, site, **options):
        self.context = browser.new_context(
            locale="nl-NL", base_url=site, **{"viewport": {"width": 1280, "height": 860}} | options
        )
        self.context.set_default_timeout(TIMEOUT)
        self.page = self.context.new_page()
        self.problems = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _heard(self, message):
        # A page that is meant to be missing may say so.
        if message.type in ("error", "warning") and "404 (Not Found)" not in message.text:
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
