"""Browsers that lack what is younger than they are, and devices that keep nothing: no answer is lost or made up."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.answering import fill_round, sent
from tests.browser.conftest import Visit
from tests.browser.network import network
from tests.browser.newer import HAS_ANOTHER_WAY, NEWER, OLD, SAME_WORD, taking_away
from tests.browser.test_bad_network import ANYTHING, KEPT, heading
from tests.browser.test_offline import answer, fill_in, ready, send, waiting

pytestmark = pytest.mark.once

SCRIPTS = ["service-worker.js", "survey.js"]
STORED = "Bedankt voor uw antwoorden"
NOT_KEPT = "Niet verstuurd en niet bewaard"
NO_DATABASE = "self.indexedDB.open = () => { throw new Error('no database here') };\n"
FULL_DISK = "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') };\n"
FORGETFUL = "IDBObjectStore.prototype.put = function () { return this.count() };\n"


@pytest.fixture
def between(site, filled_with):
    filled_with(fill_round)
    with network(site) as running:
        yield running


@pytest.fixture
def opening(browser, between):
    """Open a window where the page and the service worker run this first."""
    windows = []

    def open_window(page="", worker=""):
        between.before_worker = worker.encode()
        window = Visit(browser, between.address, expects=ANYTHING)
        window.context.add_init_script(page or " ")
        windows.append(window)
        return window.page

    yield open_window
    for window in windows:
        window.context.close()


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_leans_on_what_older_browsers_lack(name):
    built = (Path(settings.BASE_DIR) / "var" / "frontend" / "samenbuurten" / name).read_text(encoding="utf-8")
    used = []
    for path in NEWER.keys() - HAS_ANOTHER_WAY - SAME_WORD:
        owner, _dot, last = path.rpartition(".")
        method = rf"\.{last}\b" if owner else rf"\b{last}\b"
        # `.any(` and `.at(` are words of others too; of a class itself the class is named.
        found = rf"\b{path}\b" if owner and "prototype" not in path else method
        used += [path] if re.search(found, built) else []
    assert used == []
    assert re.findall(r"\?\.[A-Za-z_$\[(]|\?\?|catch\{|\|\|=|&&=", built) == []


def test_the_build_turns_over_younger_syntax():
    package = json.loads((Path(settings.BASE_DIR) / "package.json").read_text())
    assert "--target=es2018" in package["scripts"]["build"].split()


def test_an_old_browser_sends_online_waits_offline_and_opens_again(opening, between):
    page = opening(OLD, OLD)
    ready(page)
    answer(page, "online")
    expect(heading(page)).to_have_text(STORED)
    assert sent().count() == 1
    keys = []
    between.mode = "dropped"
    for word in ("een", "twee", "drie"):
        fill_in(page, word)
        keys.append(page.locator("[name=sleutel]").input_value())
        send(page)
        expect(heading(page)).to_have_text(KEPT)
    waiting(page, 3)
    assert len(set(keys)) == 3
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", key)
        for key in keys
    )
    between.mode = "good"
    page.goto("/enquete/festival/")
    expect(page.locator("[data-wachtrij]")).to_have_attribute("data-wacht", "0")
    assert sent().count() == 4


@pytest.mark.parametrize(
    "lacking", ["AbortController", "caches", "indexedDB", "Navigator.prototype.serviceWorker"]
)
def test_a_browser_that_cannot_keep_gets_no_worker_and_sends_by_itself(opening, between, lacking):
    page = opening(taking_away(lacking))
    page.goto("/enquete/festival/")
    page.wait_for_timeout(500)
    answer(page, "online")
    expect(heading(page)).to_have_text(STORED)
    assert "/enquete/dienst.js" not in between.paths
    assert sent().count() == 1
    fill_in(page, "offline")
    between.mode = "dropped"
    page.get_by_role("button", name="Verstuur").click()
    page.wait_for_timeout(1_000)
    assert "bewaard" not in page.content().lower()


@pytest.mark.parametrize("broken", [NO_DATABASE, FULL_DISK, FORGETFUL])
def test_what_is_neither_sent_nor_kept_is_not_thanked_and_can_be_sent_again(opening, between, broken):
    page = opening(worker=broken)
    ready(page)
    fill_in(page, 'Hestia & "de <soep>"')
    between.mode = "dropped"
    page.get_by_role("button", name="Verstuur").click()
    expect(heading(page)).to_have_text(NOT_KEPT)
    page.get_by_role("button", name="Probeer het opnieuw").click()
    expect(heading(page)).to_have_text(NOT_KEPT)
    between.mode = "good"
    page.get_by_role("button", name="Probeer het opnieuw").click()
    expect(heading(page)).to_have_text(STORED)
    assert [one.text for one in sent().get().open_answers.all()] == ['Hestia & "de <soep>"']


def test_the_page_that_says_kept_says_so_only_where_something_is(opening):
    page = opening()
    ready(page, "/enquete/festival/bewaard/")
    expect(heading(page).and_(page.locator(":visible"))).to_have_text("Op dit apparaat wacht niets")


def test_a_worker_that_the_browser_woke_up_fails_as_long_as_something_waits(opening, between):
    # The ones of the test, beside those of this browser itself.
    listening = """self.outcomes = [];
    const waits = ExtendableEvent.prototype.waitUntil;
    ExtendableEvent.prototype.waitUntil = function (promise) {
        if (this.isTrusted) waits.call(this, promise);
        else promise.then(() => outcomes.push("done"), () => outcomes.push("failed"));
    };
    """
    page = opening(worker=listening)
    ready(page)
    between.mode = "dropped"
    answer(page, "een")
    (worker,) = page.context.service_workers
    # A page from elsewhere does not try by itself.
    page.goto("about:blank")
    wake = "async () => { self.dispatchEvent(new SyncEvent('sync', { tag: 'verstuur' }));"
    wake += "while (!outcomes.length) await new Promise(done => setTimeout(done, 50)); return outcomes.splice(0) }"
    outcomes = []
    for mode in ("dropped", "page", "503", "403", "good", "good"):
        between.mode = mode
        outcomes += worker.evaluate(wake)
    assert outcomes == ["failed"] * 4 + ["done"] * 2
    assert sent().count() == 1


def test_the_browser_is_asked_not_to_throw_away_what_waits(opening, between):
    count = "self.asked = 0; StorageManager.prototype.persist = async () => { self.asked += 1; return true };"
    page = opening(count)
    ready(page)
    assert page.evaluate("asked") == 0
    between.mode = "dropped"
    answer(page, "een")
    waiting(page, 1)
    assert page.evaluate("asked") == 1
    between.mode = "good"
    page.goto("/enquete/festival/?kiosk=1")
    page.wait_for_function("asked === 1")
