"""The questions without a network: a queue on the device, and nothing lost, doubled or readable."""

import pytest
from playwright.sync_api import expect

from survey.models import Round
from tests.browser.answering import fill_round, screen, sent
from tests.survey import making

pytestmark = pytest.mark.once

CUT = r"ERR_INTERNET_DISCONNECTED|ERR_FAILED|429 \(|409 \("
READ_ALL = """async () => {
    const open = indexedDB.open("enquete");
    const database = await new Promise(done => { open.onsuccess = () => done(open.result) });
    const dumped = [];
    for (const name of database.objectStoreNames) {
        const request = database.transaction(name).objectStore(name).getAll();
        const rows = await new Promise(done => { request.onsuccess = () => done(request.result) });
        for (const row of rows) {
            if (row instanceof CryptoKey) {
                dumped.push(`key extractable=${row.extractable}`);
                continue;
            }
            for (const [field, value] of Object.entries(row)) {
                const bytes = value instanceof ArrayBuffer || ArrayBuffer.isView(value);
                dumped.push(`${field}=${bytes ? new TextDecoder("latin1").decode(value) : value}`);
            }
        }
    }
    database.close();
    return dumped;
}"""


@pytest.fixture
def round(site, filled_with):
    return filled_with(fill_round)


@pytest.fixture
def opened(round, visit):
    """The questions, opened once with a network; from here on the service worker has them."""
    window = visit(expects=CUT)
    ready(window.page)
    return window


def ready(page, address="/enquete/festival/"):
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("data-offline", "klaar")


def answer(page, word, *, taps=1):
    fill_in(page, word)
    send(page, taps=taps)


def fill_in(page, word):
    page.goto("/enquete/festival/")
    page.evaluate("location.hash = '#stap-relationeel'")
    screen(page).get_by_role("checkbox").first.check()
    screen(page).get_by_label("Anders, namelijk").fill(word)
    page.evaluate("location.hash = '#stap-controle'")


def send(page, *, taps=1):
    page.get_by_role("button", name="Verstuur").click(click_count=taps)
    page.get_by_role("heading", name="Bedankt").wait_for()


def waiting(page, number, refused=0):
    box = page.locator("[data-wachtrij]")
    expect(box).to_have_attribute("data-wacht", str(number))
    expect(box).to_have_attribute("data-geweigerd", str(refused))
    return box


def test_two_answers_without_a_network_arrive_when_it_is_back(opened):
    page, context = opened.page, opened.context
    context.set_offline(True)
    seen = []
    for word in ("geheim-een", "geheim-twee"):
        answer(page, word)
        expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt, bewaard op dit apparaat")
        page.get_by_role("link", name="Laat nog iemand invullen").click()
        seen.append(
            (page.locator("[name=sleutel]").input_value(), page.locator("[name=volgorde]").input_value())
        )
        expect(page.locator("[type=checkbox]:checked")).to_have_count(0)
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1]
    expect(waiting(page, 2)).to_contain_text("2 inzendingen wachten op dit apparaat")
    assert not sent().exists()

    dumped = page.evaluate(READ_ALL)
    assert [line for line in dumped if line.startswith("key")] == ["key extractable=false"]
    assert len([line for line in dumped if line.startswith("data=")]) == 2
    for readable in ("geheim", "niveau-relationeel", "sleutel"):
        assert [line for line in dumped if readable in line] == []

    context.set_offline(False)
    expect(waiting(page, 0).get_by_role("status")).to_have_text("")
    words = {answer.text for response in sent().all() for answer in response.open_answers.all()}
    assert words == {"geheim-een", "geheim-twee"}
    assert sent().count() == 2
    assert page.evaluate(READ_ALL) == ["key extractable=false"]
    assert context.cookies() == []


def test_what_waits_goes_when_the_page_is_opened_again(opened):
    opened.context.set_offline(True)
    answer(opened.page, "later")
    opened.page.close()
    opened.context.set_offline(False)
    page = opened.context.new_page()
    page.goto("/enquete/festival/")
    waiting(page, 0)
    expect(page.locator("html")).to_have_attribute("data-offline", "klaar")
    assert sent().count() == 1


def test_a_double_tap_without_a_network_waits_once(opened):
    opened.context.set_offline(True)
    answer(opened.page, "dubbel", taps=2)
    waiting(opened.page, 1)
    opened.context.set_offline(False)
    waiting(opened.page, 0)
    assert sent().count() == 1


def test_what_a_busy_server_sends_back_waits(opened, settings):
    settings.ANSWERS_A_MINUTE = 0
    answer(opened.page, "druk")
    expect(opened.page.get_by_role("heading", level=1)).to_have_text("Bedankt, bewaard op dit apparaat")
    waiting(opened.page, 1)
    assert not sent().exists()
    settings.ANSWERS_A_MINUTE = 600
    opened.page.goto("/enquete/festival/")
    waiting(opened.page, 0)
    assert sent().count() == 1


def test_what_was_thanked_before_closing_is_taken_in_after(opened, round):
    opened.context.set_offline(True)
    answer(opened.page, "op tijd")
    making.close(round)
    opened.context.set_offline(False)
    waiting(opened.page, 0)
    assert sent().count() == 1


def test_what_is_refused_for_good_stays_and_is_told(opened, round):
    opened.context.set_offline(True)
    answer(opened.page, "te laat")
    published = making.publish(making.close(round))
    opened.context.set_offline(False)
    box = waiting(opened.page, 0, refused=1)
    expect(box).to_contain_text("1 inzending is niet aangenomen")
    assert not sent().exists()
    published.delete()
    Round.objects.update(is_over=False)
    # Opening the page does not try again; who is asked for help does.
    opened.page.goto("/enquete/festival/")
    waiting(opened.page, 0, refused=1).get_by_role("button").click()
    waiting(opened.page, 0)
    assert sent().count() == 1


def test_a_mistake_is_told_at_once_and_not_put_in_the_queue(opened, round):
    making.publish(making.close(round))
    page = opened.page
    page.evaluate("location.hash = '#stap-relationeel'")
    screen(page).get_by_role("checkbox").first.check()
    page.evaluate("location.hash = '#stap-controle'")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_role("alert").first).to_contain_text("Deze meting is niet open")
    waiting(page, 0)
    page.goto("/enquete/festival/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Deze meting is gesloten")


def test_every_language_opens_without_a_network(opened):
    page = opened.page
    page.evaluate("location.hash = '#stap-relationeel'")
    screen(page).get_by_label("Anders, namelijk").fill("Kruising & <b>")
    screen(page).get_by_role("checkbox").nth(1).check()
    opened.context.set_offline(True)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    # What was filled in came along, on the same screen.
    expect(screen(page).get_by_role("textbox")).to_have_value("Kruising & <b>")
    expect(screen(page).get_by_role("checkbox").nth(1)).to_be_checked()
    # The style came along.
    assert page.evaluate("getComputedStyle(document.querySelector('.scherm')).borderTopLeftRadius") == "16px"
    page.evaluate("location.hash = '#stap-relationeel'")
    screen(page).get_by_role("checkbox").first.check()
    page.evaluate("location.hash = '#stap-controle'")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, kept on this device")
    opened.context.set_offline(False)
    waiting(page, 0)
    assert sent().get().language == "en"


def test_a_stand_that_was_never_opened_here_counts_without_a_network(opened, round):
    round.sources.create(code="ingang", name="Ingang")
    opened.context.set_offline(True)
    page = opened.page
    page.goto("/enquete/festival/?stand=ingang")
    page.evaluate("location.hash = '#stap-relationeel'")
    screen(page).get_by_role("checkbox").first.check()
    page.evaluate("location.hash = '#stap-controle'")
    page.get_by_role("button", name="Verstuur").click()
    page.get_by_role("heading", name="Bedankt").wait_for()
    opened.context.set_offline(False)
    waiting(page, 0)
    assert sent().get().source.code == "ingang"


def test_a_browser_would_install_it(opened):
    session = opened.context.new_cdp_session(opened.page)
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A window of the tests keeps nothing, and the whole Chromium says so; there is nothing else against it.
    assert {error["errorId"] for error in errors} <= {"in-incognito"}
    manifest = session.send("Page.getAppManifest")
    assert (manifest["errors"], manifest["url"].split("?")[0].endswith("app.webmanifest")) == ([], True)
