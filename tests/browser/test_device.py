"""What lies on a device: opened, corrected, saved as a file and deleted, also without a network."""

import pytest
from playwright.sync_api import expect

from survey.fieldwork import stands
from survey.models import AccessCode, Round
from tests.browser.answering import PIN, fill_round, screen, sent
from tests.browser.conftest import Visit
from tests.browser.network import network
from tests.browser.test_bad_network import ANYTHING, KEPT, heading
from tests.browser.test_offline import answer, fill_in, ready, send, waiting
from tests.survey import making

pytestmark = pytest.mark.once

DEVICE = "/enquete/festival/apparaat/"


@pytest.fixture
def round(site, filled_with):
    return filled_with(fill_round)


@pytest.fixture
def between(round, site):
    with network(site) as running:
        yield running


@pytest.fixture
def page(browser, between):
    window = Visit(browser, between.address, expects=ANYTHING, viewport={"width": 390, "height": 800})
    ready(window.page)
    yield window.page
    window.context.close()


def refused(page, between, round, word="te laat"):
    """An answer that was thanked and comes in when the results stand already; the network is away again."""
    between.mode = "dropped"
    answer(page, word)
    making.publish(making.close(round))
    between.mode = "good"
    page.goto(DEVICE)
    expect(rows(page)).to_have_count(1)
    waiting(page, 0, refused=1)
    between.mode = "dropped"
    page.goto(DEVICE)
    expect(rows(page)).to_have_count(1)


def rows(page):
    return page.locator(".apparaat__inzending")


def test_what_is_refused_can_be_opened_saved_and_deleted_without_a_network(page, between, round):
    refused(page, between, round, "woorden van mij")
    (row,) = rows(page).all()
    expect(row).to_contain_text("Niet aangenomen: de meting is gesloten.")
    row.get_by_role("button", name="Open en verbeter").click()
    shown = screen(page)
    expect(shown.get_by_role("heading", name="Dit koos u")).to_be_visible()
    expect(shown).to_contain_text("woorden van mij")
    assert page.locator("[type=checkbox]:checked").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with page.expect_download() as saving:
        row.get_by_role("button", name="Sla op als bestand").click()
    saved = saving.value.path().read_text(encoding="utf-8")
    assert ("woorden van mij" in saved, "- R" in saved, saving.value.suggested_filename) == (
        True,
        True,
        "inzending-1.txt",
    )
    row.get_by_role("button", name="Verwijder").click()
    expect(rows(page)).to_have_count(1)
    row.get_by_role("button", name="Ja, verwijder voorgoed").click()
    expect(rows(page)).to_have_count(0)
    expect(page.locator("[data-stand-van-zaken]")).to_have_text("Op dit apparaat wacht niets")
    page.goto(DEVICE)
    waiting(page, 0)
    between.mode = "good"
    page.goto(DEVICE)
    page.wait_for_timeout(500)
    waiting(page, 0)
    assert not sent().exists()


def test_a_code_that_was_spent_is_corrected_and_the_answer_stored_once(page, between, round):
    Round.objects.filter(pk=round.pk).update(access=Round.Access.CODES)
    spent, free = stands.make_codes(round, 2)
    AccessCode.objects.filter(pk=stands.intake.digest(round, spent)).update(is_used=True)
    ready(page)
    between.mode = "dropped"
    page.goto("/enquete/festival/")
    page.get_by_label("Uw code").fill(spent)
    page.evaluate("location.hash = '#stap-relationeel'")
    screen(page).get_by_role("checkbox").nth(2).check()
    chosen = screen(page).locator("label", has=page.locator(":checked")).inner_text()
    page.evaluate("location.hash = '#stap-controle'")
    send(page)
    between.mode = "good"
    waiting_row = page.get_by_role("link", name="Bekijk of verbeter ze")
    expect(page.locator("[data-wachtrij]")).to_have_attribute("data-geweigerd", "1")
    waiting_row.click()
    expect(rows(page)).to_contain_text("de code klopt niet, of is al gebruikt")
    rows(page).get_by_role("button", name="Open en verbeter").click()
    expect(screen(page)).to_contain_text(chosen)
    page.evaluate("location.hash = '#stap-welkom'")
    page.get_by_label("Uw code").fill(free)
    page.evaluate("location.hash = '#stap-controle'")
    send(page)
    expect(heading(page)).to_have_text("Bedankt voor uw antwoorden")
    waiting(page, 0)
    assert sent().count() == 1


def test_what_is_corrected_without_a_network_takes_the_place_of_what_was_refused(page, between, round):
    refused(page, between, round)
    rows(page).get_by_role("button", name="Open en verbeter").click()
    page.evaluate("location.hash = '#stap-relationeel'")
    screen(page).get_by_label("Anders, namelijk").fill("beter")
    page.evaluate("location.hash = '#stap-controle'")
    send(page)
    expect(heading(page)).to_have_text(KEPT)
    waiting(page, 1)
    round.publications.all().delete()
    Round.objects.update(is_over=False)
    between.mode = "good"
    waiting(page, 0)
    assert [one.text for one in sent().get().open_answers.all()] == ["beter"]


@pytest.mark.parametrize("has_old", [False, True])
def test_a_slip_in_a_code_is_told_before_the_thanks_also_without_a_network(page, between, round, has_old):
    Round.objects.filter(pk=round.pk).update(access=Round.Access.CODES)
    codes = stands.make_codes(round, 20)
    if has_old:
        AccessCode.objects.create(round=round, digest=stands.intake.digest(round, "ACDE-FGHJ"))
    ready(page)
    between.mode = "dropped"
    fill_in(page, "met code")
    typed = page.locator("[name=code]")
    told = page.locator("#code-fout")

    def judged(code):
        typed.evaluate(
            "(field, code) => { field.value = code; field.dispatchEvent(new Event('change')) }", code
        )
        return told.text_content() == ""

    assert [judged(code) for code in codes] == [True] * 20
    assert [judged(code.lower().replace("-", " ")) for code in codes] == [True] * 20
    wrong = [("3" if code[0] != "3" else "4") + code[1:] for code in codes]
    assert [judged(code) for code in wrong] == [False] * 20
    assert [judged(code) for code in ("", "acde fghj")] == [False, has_old]
    judged(wrong[0])
    page.get_by_role("button", name="Verstuur").click()
    expect(told).to_have_text("In deze code zit een tikfout. Kijk de code na.")
    expect(typed).to_be_focused()
    waiting(page, 0)
    typed.fill(codes[0])
    page.evaluate("location.hash = '#stap-controle'")
    send(page)
    waiting(page, 1)
    between.mode = "good"
    waiting(page, 0)
    assert sent().count() == 1


def test_what_was_filled_in_on_a_kiosk_opens_with_the_pin_only(page, between, round):
    ready(page, "/enquete/festival/?kiosk=1")
    between.mode = "dropped"
    page.evaluate("location.hash = '#stap-relationeel'")
    screen(page).get_by_role("checkbox").first.check()
    page.evaluate("location.hash = '#stap-controle'")
    send(page)
    expect(page.get_by_role("link", name="Bekijk of verbeter ze")).to_have_count(0)
    page.goto(DEVICE)
    expect(rows(page)).to_contain_text("Ingevuld op een kiosk")
    assert rows(page).get_by_role("button").count() == 0
    lock = page.locator("[data-slot]")
    lock.get_by_label("Pincode").fill("0000")
    lock.get_by_role("button").click()
    expect(lock.get_by_role("alert")).to_contain_text("Deze pincode klopt niet")
    lock.get_by_label("Pincode").fill(PIN)
    lock.get_by_role("button").click()
    expect(rows(page).get_by_role("button")).to_have_count(3)
    rows(page).get_by_role("button", name="Open en verbeter").click()
    between.mode = "good"
    send(page)
    assert sent().get().channel == "kiosk"


def test_a_page_from_before_closing_does_not_begin_after_it(page, between, round):
    making.close(round)
    round.closes_at += making.timedelta(hours=1)
    round.save()
    ready(page)
    between.mode = "dropped"
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false });")
    page.goto("/enquete/festival/")
    expect(page.locator("[data-vragen]")).to_be_visible()
    page.add_init_script("const now = Date.now; Date.now = () => now() + 3600000 * 1.1;")
    page.goto("/enquete/festival/")
    expect(page.get_by_role("alert").first).to_contain_text("Deze meting is gesloten.")
    expect(page.locator("[data-vragen]")).to_be_hidden()
