"""Sent twice, done once: from whichever page, for whichever form."""

import re
import threading
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from post_office.models import Email

from registry.middleware import repeats
from registry.models import ContactMessage, Initiative, Notice, SavedSearch, SentForm
from tests import factories

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("registry.mail.public_forms.FASTEST", -1)


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)


def page(browser, address):
    text = browser.get(address).content.decode()
    begun = re.search(r'name="begonnen" value="([^"]+)"', text)
    return {"csrfmiddlewaretoken": TOKEN.search(text)[1], "begonnen": begun[1] if begun else ""}


@pytest.fixture
def hof(db):
    return factories.initiative(
        "Hof", slug="hof", contact_email="a@voorbeeld.nl", municipality=factories.municipality()
    )


# The address of each form of a visitor that makes something, what is filled in, and what it makes.
FORMS = {
    "/initiatieven/aanmelden/": (
        {"name": "Tuin", "municipality": "GM0995", "summary": "Samen", "email": "b@voorbeeld.nl", "agreement": "on", "stap": "versturen", "meer-gezien": "1"},
        Initiative,
    ),
    "/initiatieven/hof/schrijven/": ({"sender_name": "Ik", "sender_email": "b@voorbeeld.nl", "text": "Dag"}, ContactMessage),
    "/initiatieven/hof/overnemen/": ({"text": "Van mij", "email": "b@voorbeeld.nl"}, Notice),
    "/laat-weten/": ({"text": "Fout"}, Notice),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("address", FORMS)
def test_back_and_send_again_makes_nothing_new(browser, hof, address):
    fields, model = FORMS[address]
    sent = page(browser, address) | fields
    before = model.objects.count()
    first = browser.post(address, sent)
    assert (first.status_code, model.objects.count()) == (302, before + 1)
    again = browser.post(address, sent)
    assert (again.status_code, again.url, model.objects.count()) == (302, first.url, before + 1)
    # Something else from the same page, or the same from another page, is something new.
    key = "name" if "name" in fields else "text"
    browser.post(address, sent | {key: "Iets anders"})
    browser.post(address, page(browser, address) | fields)
    assert model.objects.count() == before + 3


@pytest.mark.django_db
def test_following_twice_follows_once(browser, hof):
    sent = page(browser, "/volgen/") | {"email": "b@voorbeeld.nl"}
    assert [browser.post("/volgen/", sent).status_code for _time in range(2)] == [302, 302]
    assert (SavedSearch.objects.count(), Email.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_what_was_refused_can_be_sent_again(browser, hof, monkeypatch):
    address, (fields, model) = "/laat-weten/", FORMS["/laat-weten/"]
    sent = page(browser, address) | fields
    monkeypatch.setattr("registry.mail.public_forms.FASTEST", 1000)
    assert browser.post(address, sent).status_code == 200
    monkeypatch.setattr("registry.mail.public_forms.FASTEST", -1)
    assert browser.post(address, sent).status_code == 302
    assert model.objects.count() == 1
    assert len(SentForm.objects.get().digest) == 64


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one(hof):
    """A double tap: both are under way before either is done."""
    first = Client(enforce_csrf_checks=True)
    sent = page(first, "/laat-weten/") | {"text": "Fout"}
    together, answers = threading.Barrier(4), []

    def send():
        browser = Client(enforce_csrf_checks=True)
        browser.cookies = first.cookies.copy()
        together.wait()
        answers.append(browser.post("/laat-weten/", sent).status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _time in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302] * 4
    assert Notice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_one_that_is_refused_goes_then(browser, hof):
    sent = page(browser, "/laat-weten/") | {"text": "Fout"}
    browser.post("/laat-weten/", sent)
    SentForm.objects.update(led_to="")  # as when the first is at work still

    def refuse():
        time.sleep(0.3)
        SentForm.objects.all().delete()
        connection.close()

    first = threading.Thread(target=refuse)
    first.start()
    response = browser.post("/laat-weten/", sent, follow=True)
    first.join()
    assert "al onderweg" not in response.content.decode()
    assert Notice.objects.count() == 2


@pytest.mark.django_db
def test_who_waits_in_vain_is_told_and_what_died_is_done_again(browser, hof, monkeypatch):
    monkeypatch.setattr(repeats, "PATIENCE", 0)
    sent = page(browser, "/laat-weten/") | {"text": "Fout"}
    browser.post("/laat-weten/", sent)
    SentForm.objects.update(led_to="")  # as when the first is at work still
    response = browser.post("/laat-weten/", sent, follow=True)
    assert "al onderweg" in response.content.decode()
    assert Notice.objects.count() == 1
    monkeypatch.setattr(repeats, "LONGEST", repeats.timedelta(0))  # and when its process is gone
    browser.post("/laat-weten/", sent)
    assert Notice.objects.count() == 2


@pytest.mark.django_db
def test_who_has_to_log_in_first_did_nothing_yet(browser, hof):
    owner = factories.owner(hof, "eigenaar@voorbeeld.nl")
    browser.force_login(owner)
    sent = page(browser, "/mijn/hof/wijzigen/") | {"name": "Hof", "summary": "Nieuw"}
    session = browser.cookies.pop("sessionid")
    assert "/account/" in browser.post("/mijn/hof/wijzigen/", sent).url
    browser.cookies["sessionid"] = session.value
    browser.post("/mijn/hof/wijzigen/", sent)
    assert hof.proposals.get().changes.get(field="summary").new == "Nieuw"


def test_another_file_of_the_same_name_and_size_is_another_form(rf):
    def digest(content):
        file = SimpleUploadedFile("foto.png", content)
        return repeats.digest_of(rf.post("/", {"csrfmiddlewaretoken": "x", "image": file}))

    assert digest(b"rood") == digest(b"rood")
    assert digest(b"rood") != digest(b"blauw"[:4])
