"""The running site and the browser that visits it, for the tests and for the screenshots."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler
from playwright.sync_api import sync_playwright

# The Chromium without windows costs half; of the whole one, Debian has it beside.
CHROMIUM = Path(shutil.which("chromium-headless-shell") or "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


class SiteThread(LiveServerThread):
    """The site as it is served, WhiteNoise included; Django's own would serve unbuilt static files."""

    def __init__(self, host):
        super().__init__(host, lambda handler: handler)
        self.daemon = True

    def _create_server(self, connections_override=None):
        return ThreadedWSGIServer((self.host, self.port), QuietWSGIRequestHandler, allow_reuse_address=False)


@contextmanager
def serving():
    """The address of the site, on the database of this process."""
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        raise RuntimeError("The static files are not built: run `make setup`.")
    caches["figures"].clear()
    thread = SiteThread("127.0.0.1")
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()
        connections.close_all()


@contextmanager
def chromium():
    # Playwright runs an event loop in this thread; Django would refuse the database because of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
            yield browser
            browser.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
