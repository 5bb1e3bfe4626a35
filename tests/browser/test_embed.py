"""A frame of ours in the page of somebody else."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.once


@contextmanager
def elsewhere(html):
    """The address of another site, with this one page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        # Another host than that of the site.
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def height_when_all_fits(page):
    """The height of the first frame on the page, once it is that of what is in it: fonts may come later."""
    frame = page.locator("iframe").first
    for _try in range(300):  # a busy machine takes its time
        given = int(frame.get_attribute("height"))
        content, shown = page.frames[1].evaluate(
            "[document.body.getBoundingClientRect().height, window.innerHeight]"
        )
        if given == ceil(content) == shown:
            return given
        page.wait_for_timeout(100)
    raise AssertionError(f"The frame is {given} high, what is in it {content}.")


def page_with(code):
    return f'<!doctype html><html lang="nl"><head><link rel="icon" href="data:,"></head><body>{code}</body></html>'


@pytest.mark.parametrize("form", ["lijst", "kaart"])
def test_the_code_works_in_the_page_of_somebody_else(visit, site, settings, form):
    settings.SITE_URL = site
    window = visit()
    page = window.page
    page.goto("/insluiten/")
    page.get_by_label("Lijst" if form == "lijst" else "Kaart", exact=True).check()
    page.get_by_role("checkbox", name="Almere", exact=False).first.check()
    page.get_by_role("button", name="Maak de code").click()
    code = page.get_by_role("textbox", name="De code").input_value()
    with elsewhere(page_with(code)) as address:
        page.goto(address)
        frame = page.frame_locator("iframe")
        expect(frame.locator("h1")).to_contain_text("initiatie", ignore_case=True)
        # The script gives the frame the height of what is in it, no more and no less.
        assert height_when_all_fits(page) != 600
        with window.context.expect_page() as opened:
            frame.get_by_role("link", name="Bekijk alles op Samen Buurten").click()
        expect(opened.value.locator("h1")).to_have_text("Initiatieven")
        assert page.url == address
    assert window.context.cookies() == []


def test_a_frame_shrinks_and_grows_with_what_is_in_it(visit, site):
    page = visit().page
    frame = f'<iframe src="{site}/insluiten/initiatief/hof-van-hestia/" title="x" width="100%" height="600" class="samen-buurten"></iframe>'
    with elsewhere(
        page_with(f'{frame}<script src="{site}/static/samenbuurten/insluiten.js" defer></script>')
    ) as address:
        page.goto(address)
        low = height_when_all_fits(page)
        page.set_viewport_size({"width": 320, "height": 860})
        page.wait_for_function(f"document.querySelector('iframe').height > {low}")
        assert low < height_when_all_fits(page) < 600


def test_a_frame_listens_to_nobody_else(visit, site):
    """The page around it has frames of others, who may send anything."""
    page = visit(expects="400 \\(").page
    script = f'<script src="{site}/static/samenbuurten/insluiten.js"></script>'
    frame = f'<iframe src="{site}/insluiten/lijst/?gemeente=GM9999" title="x" width="100%" class="samen-buurten"></iframe>'
    other = '<iframe srcdoc="<script>parent.postMessage({samenbuurten: 9}, \'*\')</script>" title="y" height="77" class="samen-buurten"></iframe>'
    with elsewhere(page_with(frame + other + script)) as address:
        page.goto(address)
        page.wait_for_function("document.querySelector('iframe').height > 99")
        page.evaluate("window.postMessage({samenbuurten: 9}, '*')")
        page.wait_for_timeout(200)
        assert page.locator("iframe").last.get_attribute("height") == "77"


def test_a_frame_works_without_a_script(visit, site):
    page = visit(java_script_enabled=False).page
    code = f'<iframe src="{site}/insluiten/lijst/" title="Initiatieven" width="100%" height="600"></iframe>'
    with elsewhere(page_with(code)) as address:
        page.goto(address)
        expect(page.frame_locator("iframe").get_by_text("Links openen in een nieuw tabblad.")).to_be_visible()


def test_another_site_cannot_frame_a_page_that_is_no_frame(visit, site):
    window = visit(expects="frame-ancestors|X-Frame-Options|Refused to (display|frame)|Framing")
    code = f'<iframe src="{site}/initiatieven/" title="x"></iframe>'
    with elsewhere(page_with(code)) as address:
        window.page.goto(address)
        frame = window.page.frames[1]
        while frame.url in ("", "about:blank"):
            window.page.wait_for_timeout(50)
        assert frame.url == "chrome-error://chromewebdata/"


def test_one_button_copies_the_code(visit, site):
    window = visit()
    window.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    page = window.page
    page.goto("/insluiten/")
    page.get_by_role("button", name="Kopieer de code").click()
    expect(page.get_by_text("Gekopieerd.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_role("textbox", name="De code").input_value()
