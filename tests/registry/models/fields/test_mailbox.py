"""One address, however it is spelled: it is stored, looked for, counted and mailed in one form."""

import re

import pytest
from django.apps import apps
from django.core.mail.message import sanitize_address
from django.db import models
from django.test import Client
from post_office.models import Email

from registry.mail import budget, letters, verification
from registry.models import Proof, User
from registry.models.fields.mailbox import MailField, as_mailed, mailbox
from samenbuurten.mail import is_allowed
from tests import factories

SPELLINGS = {
    "vict@strasse.nl": [
        "VICT@strasse.nl", " vict@strasse.nl ", "vict@STRASSE.nl", "vict@straße.nl", "vict@strasse.nl.",
        "vict@ｓｔｒａｓｓｅ.nl", "vict@straſſe.nl", '"vict"@strasse.nl', '"v\\ict"@strasse.nl', "vict(een)@strasse.nl",
        "ｖict@strasse.nl", "vict@strasse。nl", "vict@stra\u00adsse.nl", "vict\u200b@strasse.nl",
    ],
    "vict@xn--trget-xqa.nl": ["vict@tárget.nl", "vict@TÁRGET.nl", "vict@ta\u0301rget.nl", "vict@XN--trget-xqa.nl"],
    "fiets@voorbeeld.nl": ["ﬁets@voorbeeld.nl", "fiets@voorbeeld.nl", "ﬁetſ@ｖoorbeeld.nl"],
    "vick@voorbeeld.nl": ["vic\u212a@voorbeeld.nl"],
}  # fmt: skip
PAIRS = [(one, other) for one, others in SPELLINGS.items() for other in others]
pairs = pytest.mark.parametrize(("one", "other"), PAIRS, ids=[ascii(other) for _one, other in PAIRS])


@pairs
def test_two_spellings_of_one_address_are_one(one, other):
    assert as_mailed(other) == one
    assert as_mailed(one) == one
    assert mailbox(other) == mailbox(one)


def test_dots_and_what_stands_behind_a_plus_make_no_other_mailbox_but_another_address():
    for other in ("v.ict@gmail.com", "vict+1@gmail.com", '"vict+a+b"@GMAIL.com', "v.i.ct@googlemail.com"):
        assert mailbox(other) == "vict@gmail.com"
    assert as_mailed("v.ict+1@gmail.com") == "v.ict+1@gmail.com"
    assert len({mailbox(other) for other in ("vict@elders.nl", "ander@strasse.nl", "vict@strasse.nl")}) == 3


@pytest.mark.parametrize(
    "odd", ["", "@", "a@", "@b", "a@b@c", "a@" + "x" * 300 + ".nl", "a@..", "a@\ud800.nl"]
)
def test_what_is_no_address_breaks_nothing(odd):
    assert mailbox(odd) == mailbox(as_mailed(odd))


@pairs
def test_what_goes_on_the_wire_is_what_was_counted(one, other):
    """For every spelling that Django mails as it stands, its envelope is our form of it."""
    if not re.fullmatch(r"[\x21-\x7e]+", other.rpartition("@")[0]) or "(" in other or '"' in other:
        return
    assert sanitize_address(other.strip().rstrip("."), "utf-8").lower() == one


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/login/code/", "/account/password/reset/"])
def test_all_spellings_share_one_budget(settings, monkeypatch, path):
    settings.EMAIL_BACKEND = "post_office.EmailBackend"
    monkeypatch.setattr(budget, "WAY_IN", ((3, 3600),))
    monkeypatch.setattr(budget, "WAY_IN_BEYOND", 0)
    for number, (_one, other) in enumerate(pair for pair in PAIRS if pair[0] == "vict@strasse.nl"):
        Client().post(path, {"email": other}, REMOTE_ADDR=f"10.{number}.1.1")
    assert {tuple(letter.to) for letter in Email.objects.all()} == {("vict@strasse.nl",)}
    assert Email.objects.count() == 3


def test_each_column_with_an_address_takes_it_as_it_is_mailed():
    for model in apps.get_models():
        if model.__module__.startswith(("registry", "survey")):
            for field in model._meta.concrete_fields:
                assert not isinstance(field, models.EmailField) or isinstance(field, MailField), field


@pytest.mark.django_db
def test_an_account_a_proof_and_a_letter_are_found_under_each_spelling(settings):
    settings.EMAIL_BACKEND = "post_office.EmailBackend"
    person = factories.person("vict@straße.nl")
    assert (
        User.objects.get_by_natural_key('"vict"@STRASSE.nl')
        == User.objects.get(email="vict@ｓtrasse.nl")
        == person
    )
    letters.post(letters.Letter("Dag", "Dag"), "vict@straße.nl")
    assert Email.objects.get().to == ["vict@strasse.nl"]
    verification.issue(Proof.Purpose.CLAIM, "vict@straße.nl", initiative=factories.initiative())
    assert verification.revoke(["VICT@strasse.nl"]) == 1


def test_the_list_of_who_may_be_written_to_is_read_in_the_same_form(settings):
    settings.MAIL_TO_EVERYONE = False
    settings.MAIL_ALLOW_LIST = ["vict@straße.nl", "@tárget.nl"]
    assert all(
        is_allowed(other)
        for one, other in PAIRS
        if one == "vict@strasse.nl" and other.isascii() and "(" not in other
    )
    assert is_allowed("Vict <vict@xn--trget-xqa.nl>")
    assert not is_allowed("vict@voorbeeld.nl")
    assert not is_allowed('"vict@strasse.nl" <ander@voorbeeld.nl>')
