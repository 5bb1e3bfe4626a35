"""Editing the text of a letter in a real browser: by keyboard, at two widths, and nothing typed is lost."""

import pytest
from post_office.models import Email, EmailTemplate

from tests.browser.looking import LOOKED_AT, faults_of_all
from tests.browser.test_admin import staff

__all__ = ["staff"]
pytestmark = pytest.mark.once

DRAFT = "Dag,\n\nKom erbij.\n\n{{ adres }}\n\n{{ organisatie }}"


def change_page(name):
    return f"/beheer/post_office/emailtemplate/{EmailTemplate.objects.get(name=name).pk}/change/"


def press(page, label):
    """The button with this label, by keyboard."""
    page.get_by_role("button", name=label, exact=True).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def walk(window):
    """Each state of the pages about a text, by its name."""
    page, address = window.page, change_page("uitnodiging")
    page.goto("/beheer/post_office/emailtemplate/")
    yield "lijst"
    page.goto(change_page("aanmelding-bevestigen"))
    yield "tekst"
    page.goto(address)
    page.fill("[name=content]", DRAFT.replace("{{ adres }}", "[adres] https://elders.example/"))
    press(page, "Bekijk eerst")
    yield "fout"
    page.fill("[name=content]", DRAFT)
    press(page, "Bekijk eerst")
    yield "voorbeeld"
    press(page, "Stuur mij een proefbrief")
    yield "proef"
    press(page, "Bewaar")
    page.goto(address.replace("change", "history"))
    yield "versies"
    page.goto(address.replace("change", "history/eerste"))
    yield "eerste"
    EmailTemplate.objects.filter(name="klopt-het-nog").update(content="Dag { adres }")
    page.goto(change_page("klopt-het-nog"))
    yield "kan-niet"


def test_no_page_about_a_text_has_a_fault(staff):
    window = staff(**LOOKED_AT)
    assert faults_of_all(window.page, walk(window), is_dark_too=True) == {}


def test_a_draft_is_seen_mailed_and_saved_by_keyboard_without_javascript(staff):
    page = staff(java_script_enabled=False).page
    page.goto(change_page("uitnodiging"))
    for key in ("Bekijk eerst", "Stuur mij een proefbrief"):
        page.fill("[name=content]", DRAFT)
        press(page, key)
        assert page.input_value("[name=content]") == DRAFT
        assert "Kom erbij." in page.inner_text("#zo-wordt-het")
        assert "Kom erbij." not in EmailTemplate.objects.get(name="uitnodiging").content
    [letter] = Email.objects.filter(subject__startswith="[proef]")
    assert "Kom erbij." in letter.message
    press(page, "Bewaar")
    assert EmailTemplate.objects.get(name="uitnodiging").content.replace("\r\n", "\n") == DRAFT
