"""An initiative registers itself and stays true: every step by the people who take it, with real mail."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.formats import date_format
from playwright.sync_api import expect

from registry.models import Initiative, Role, Status
from tests import factories
from tests.browser.keeping import take_time
from tests.browser.test_visiting import tab_to
from tests.mail import MailServer, deliver

EMAIL, EDITOR, PASSWORD = "trekker@voorbeeld.nl", "ans@flevoland.example", "een-lang-wachtwoord"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NAME, ADDRESS = "Soep op straat", "/initiatieven/soep-op-straat/"


@pytest.fixture
def post(site, serve, settings):
    """What the mail server took in, after everything in the queue was delivered to it."""
    server = serve(MailServer())
    settings.SITE_URL = site
    settings.EMAIL_BACKEND = "post_office.EmailBackend"

    def last_letter(to=EMAIL):
        deliver()
        return server.last_letter(to)

    return last_letter


class Hands:
    """Somebody at a page, of whom we count what they fill in and what they press."""

    def __init__(self, page):
        self.page, self.fields, self.presses = page, 0, 0

    def fill(self, label, text):
        self.fields += 1
        self.page.get_by_label(label).fill(text)

    def choose(self, label, option):
        self.fields += 1
        self.page.get_by_label(label).select_option(option)

    def tick(self, label):
        self.fields += 1
        self.page.get_by_label(label).check()

    def press(self, name, role="button"):
        self.presses += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()


def five_answers(hands):
    hands.page.goto("/")
    hands.press("Meld uw initiatief aan", "link")
    take_time(hands.page)
    hands.fill("Hoe heet het initiatief?", NAME)
    hands.choose("In welke gemeente?", "Almere")
    hands.fill("Wat doet u?", "Wij eten samen soep.")
    hands.fill("Uw e-mailadres", EMAIL)
    hands.tick("Ik mag dit initiatief aanmelden en ga akkoord met de privacyverklaring.")


def send(hands, letter):
    hands.press("Controleer")
    expect(hands.page.locator("h1")).to_have_text("Klopt dit?")
    hands.press("Verstuur")
    hands.fill("De code uit de e-mail", code_in(letter()))
    hands.press("Bevestig")
    expect(hands.page.locator("h1")).to_have_text(NAME)


def code_in(text):
    return re.search(r"^\s*([A-Z0-9]{3,4}[ -]?[A-Z0-9]{3,4})\s*$", text, re.M)[1]


def link_in(text):
    return re.search(r"http://127\.0\.0\.1:\d+(/\S+)", text)[1]


def log_in_as_staff(page):
    factories.person(EDITOR, role=Role.EDITOR)
    page.goto("/beheer/")
    page.get_by_label("E-mailadres").fill(EDITOR)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()


def decide(page, step, *, reason="", said=""):
    page.goto("/beheer/")
    page.locator(".werk a", has_text="initiatief ingediend").click()
    page.get_by_role("link", name=NAME).click()
    page.get_by_role("link", name="Besluit nemen").click()
    page.get_by_label(step).check()
    page.get_by_label("Reden:").fill(reason)
    page.get_by_role("button", name="Besluit vastleggen").click()
    letter = page.get_by_label("Brief:")
    letter.fill(f"{letter.input_value()}\n{said}")
    page.get_by_role("button", name="Besluit vastleggen").click()
    expect(page.locator(".messagelist")).to_contain_text(NAME)


# On both databases: the one walk past every act, each in a thread of the server with a connection of its own.
def test_from_registering_to_a_year_later(visit, post):
    phone, staff, anybody = visit(**PHONE).page, visit().page, visit(**PHONE).page
    volunteer = Hands(phone)
    five_answers(volunteer)
    volunteer.press("Vertel eerst meer (mag)")
    in_the_way = phone.get_by_role("group", name="Wat zit u in de weg?")
    in_the_way.locator("summary", has_text="Relationeel").tap()
    in_the_way.get_by_label("Inwoners voelen te weinig eigenaarschap").tap()
    send(volunteer, post)
    expect(phone.locator("[aria-current=step]")).to_have_text("Wij lezen")

    log_in_as_staff(staff)
    decide(staff, "Aanvulling gevraagd", reason="Waar is het?", said="Bel ons gerust: 0320.")
    asked = post()
    assert "Waar is het?" in asked
    assert "Bel ons gerust: 0320." in asked

    phone = visit(**PHONE).page  # another day, another phone
    phone.goto(link_in(asked))
    phone.get_by_label("Uw e-mailadres").fill(EMAIL)
    phone.get_by_role("button", name="Stuur mij een code").click()
    phone.get_by_label("Code").fill(code_in(post()))
    phone.get_by_role("button", name="Inloggen").click()
    expect(phone.locator(".eigen__stand")).to_contain_text("Waar is het?")
    phone.get_by_role("link", name="Wijzig de pagina").click()
    phone.get_by_label("Beschrijving").fill("Op het plein achter de kerk.")
    phone.get_by_role("button", name="Bewaar").click()
    phone.get_by_role("button", name="Verstuur opnieuw").click()

    assert anybody.goto(ADDRESS).status == 404
    decide(staff, "Gepubliceerd")
    assert f"{NAME} staat op de site" in post()
    assert anybody.goto(ADDRESS).status == 200
    expect(anybody.locator("main")).to_contain_text("Op het plein achter de kerk.")
    expect(anybody.locator("main")).to_contain_text("Ervaart dit")
    assert EMAIL not in anybody.content()

    phone.goto("/mijn/soep-op-straat/wijzigen/")
    phone.get_by_label("Kosten").fill("Gratis")
    phone.get_by_label("Samenvatting").fill("De lekkerste soep van Almere!")
    phone.get_by_role("button", name="Verstuur de wijziging").click()
    expect(phone.get_by_role("status")).to_have_text(re.compile("blijft zo tot wij ja zeggen"))
    staff.goto("/beheer/")
    staff.locator(".werk a", has_text="wacht op provincie of gemeente").click()
    staff.get_by_role("link", name=NAME).click()
    staff.get_by_label("Samenvatting").uncheck()
    staff.get_by_label("Reden:").fill("Zonder reclame, graag.")
    staff.get_by_role("button", name="Neem over wat is aangevinkt").click()
    assert "Zonder reclame, graag." in post()
    anybody.reload()
    expect(anybody.locator("main")).to_contain_text("Gratis")
    expect(anybody.locator(".nl-paragraph--lead")).to_have_text("Wij eten samen soep.")

    a_year_later(anybody, post)


def a_year_later(page, post):
    mine = Initiative.objects.filter(name=NAME)
    last_year = timezone.now() - timedelta(days=400)
    mine.update(published_at=last_year, confirmed_on=last_year.date())
    changed_at = mine.get().changed_at
    call_command("send_reminders", verbosity=0)
    link = link_in(post())
    for _scanner_and_person in range(2):
        page.goto(link)
    assert mine.get().confirmed_on == last_year.date()
    page.get_by_role("button", name="Klopt nog").click()
    page.get_by_role("link", name="Bekijk de pagina").click()
    today = timezone.localdate()
    expect(page.locator("main")).to_contain_text(f"Bevestigd op {date_format(today, 'j F Y')}.")
    assert (mine.get().confirmed_on, mine.get().changed_at) == (today, changed_at)


@pytest.mark.once
def test_five_answers_are_enough_also_without_javascript(visit, post):
    volunteer = Hands(visit(java_script_enabled=False, **PHONE).page)
    five_answers(volunteer)
    send(volunteer, post)
    # Five answers and a code; the door, the check, the sending and the proof.
    assert (volunteer.fields, volunteer.presses) == (6, 4)
    assert Initiative.objects.get(name=NAME).status == Status.SUBMITTED


@pytest.mark.once
def test_registering_with_the_keyboard_only(visit, post):
    page = visit().page
    page.goto("/initiatieven/aanmelden/")
    take_time(page)

    def type_in(name, text):
        tab_to(page, lambda focus: focus["name"] == name)
        page.keyboard.type(text)

    def press(text):
        tab_to(page, lambda focus: focus["text"] == text)
        page.keyboard.press("Enter")

    type_in("name", "Groentensoep festival")
    tab_to(page, lambda focus: focus["name"] == "municipality")
    # While somebody goes on, the hint comes beside the name; it stops nobody.
    expect(page.locator("#lijkt-op")).to_contain_text("Is Groentesoep festival van u?")
    page.keyboard.type("Alm")
    type_in("summary", "Wij eten samen soep.")
    type_in("email", EMAIL)
    tab_to(page, lambda focus: focus["name"] == "agreement")
    page.keyboard.press("Space")
    press("Controleer")
    expect(page.locator("h1")).to_have_text("Klopt dit?")
    press("Verstuur")
    expect(page.locator("h1")).to_have_text("Kijk in uw e-mail")
    type_in("code", code_in(post()))
    press("Bevestig")
    expect(page.locator("h1")).to_have_text("Groentensoep festival")
