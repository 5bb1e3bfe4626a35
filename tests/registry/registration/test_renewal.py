"""What ran out can be had anew by who can read the mailbox, and nothing has to be typed again."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from registry import ownership
from registry.community import saved_searches
from registry.mail import letters
from registry.models import Initiative, Ownership, Proof
from registry.registration import renewal, signup
from registry.views.proof import code_address
from tests import factories

pytestmark = pytest.mark.django_db
EMAIL = "ik@voorbeeld.nl"


@pytest.fixture
def made(db):
    """One proof of each purpose, with its letter."""
    owner = factories.owner(factories.initiative("Hof", slug="hof"), "eigenaar@voorbeeld.nl")
    hof = Initiative.objects.get(slug="hof")

    def make(purpose):
        if purpose == "aanmelden":
            return signup.register({"name": "Tuin", "summary": "Samen"}, email=EMAIL)[1]
        if purpose == "overnemen":
            return ownership.hand_over(hof, EMAIL)
        if purpose == "uitnodigen":
            return ownership.invite(hof, EMAIL, by=owner)
        saved_searches.follow(EMAIL, "gemeente=GM0995", "Lelystad")
        return Proof.objects.get(purpose=purpose)

    return make


def mailed():
    """The path of the link in the last letter, and the code in it."""
    text = Email.objects.latest("pk").message
    link = re.search(r"(/bevestigen/[\w-]+/)", text)[1]
    code = re.search(r"\b([A-Z2-9]{4} [A-Z2-9]{4})\b", text)
    return link, code and code[1]


def run_out():
    Proof.objects.update(expires_at=timezone.now() - timedelta(days=1))


@pytest.mark.parametrize("purpose", ["aanmelden", "overnemen", "uitnodigen", "volgen"])
def test_a_link_that_ran_out_gives_a_new_one(client, made, purpose):
    made(purpose)
    old, _code = mailed()
    run_out()
    page = client.get(old)
    assert page.status_code == 410
    assert 'name="opnieuw"' in page.content.decode()
    response = client.post(old, {"opnieuw": "ja"}, follow=True)
    assert EMAIL in response.content.decode()
    new, _code = mailed()
    assert new != old
    assert client.get(new).status_code == 200
    assert client.post(old, {"opnieuw": "ja"}).status_code == 410  # once
    assert Email.objects.count() == 2
    assert client.post(new, {"antwoord": "ja"}).status_code in (200, 302)


def test_a_code_is_sent_again_and_the_old_one_works_no_more(client, made):
    proof = made("aanmelden")
    page, (_link, old) = code_address(proof), mailed()
    assert "Stuur de code opnieuw" in client.get(page).content.decode()
    again = client.post(page, {"opnieuw": "ja"})
    new_page, (_link, new) = again.url, mailed()
    assert client.post(page, {"code": old}).status_code == 410
    assert "klopt niet" in client.post(new_page, {"code": old}).content.decode()
    assert client.post(new_page, {"code": new}).status_code == 302
    assert Ownership.objects.filter(user__email=EMAIL, initiative__name="Tuin").exists()


def test_a_code_page_that_ran_out_offers_a_new_one_and_keeps_what_was_typed(client, made):
    page = code_address(made("aanmelden"))
    run_out()
    assert "Uw aanmelding is er nog" in client.get(page).content.decode()
    again = client.post(page, {"opnieuw": "ja"})
    assert client.post(again.url, {"code": mailed()[1]}).status_code == 302
    assert Initiative.objects.get(name="Tuin").summary == "Samen"


@pytest.mark.parametrize("purpose", ["aanmelden", "overnemen", "uitnodigen", "volgen"])
def test_nothing_new_for_what_was_used_or_ended(client, made, purpose):
    made(purpose)
    link, _code = mailed()
    Proof.objects.update(used_at=timezone.now())
    run_out()
    page = client.get(link).content.decode()
    assert 'name="opnieuw"' not in page
    assert "al gebruikt" in page
    assert client.post(link, {"opnieuw": "ja"}).status_code == 410
    assert Email.objects.count() == 1


def test_no_new_invitation_from_who_keeps_the_page_no_longer(made):
    proof = made("uitnodigen")
    run_out()
    Ownership.objects.all().delete()
    assert not renewal.can_renew(proof)
    assert renewal.renew(proof) is None


def test_what_is_unknown_says_what_one_can_do(client):
    page = client.get("/bevestigen/onbekend/")
    assert page.status_code == 410
    assert "/initiatieven/aanmelden/" in page.content.decode()


def test_fast_is_never_said_above_real_mistakes(client):
    token = re.search(r'name="begonnen" value="([^"]+)"', client.get("/laat-weten/").content.decode())[1]
    for fields, fast, wrong in (({"text": ""}, False, True), ({"text": "Dag"}, True, False)):
        page = client.post("/laat-weten/", fields | {"begonnen": token}).content.decode()
        assert ("heel snel" in page) == fast
        assert ("utrecht-form-field--invalid" in page) == wrong


def test_letters_hold_what_the_new_proof_needs():
    assert {"aanmelding-bevestigen", "overnemen-mag", "uitnodiging", "volgen-bevestigen"} <= set(
        letters.KINDS
    )
