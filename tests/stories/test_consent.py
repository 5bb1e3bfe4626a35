"""A yes or a no is of one person: who said it is told what came of it, and so are the others."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Introduction, Role
from registry.personal_data import forget
from registry.proposals.proposals import differences
from tests import factories
from tests.mail import words
from tests.reading import read_proposal
from tests.stories.telling import (
    as_,
    forget_letters,
    kinds_to,
    last_to,
    letters_to,
    link_to,
    now,
    own_page,
    owners_page,
    page_of_residents,
    press,
    staff,
)
from tests.stories.test_who_has_a_say import press_edit

pytestmark = [pytest.mark.django_db, pytest.mark.once]
A1, A2, B1, B2 = (f"{name}@voorbeeld.nl" for name in ("a1", "a2", "b1", "b2"))


@pytest.fixture
def pair():
    """Two pages that match, with two owners each."""
    tuin, a1, a2 = page_of_residents("Tuin", "a1", "a2", slug="tuin")
    keuken, b1, b2 = page_of_residents("Keuken", "b1", "b2", slug="keuken")
    pinch = factories.bottleneck()
    factories.link(tuin, pinch, "ervaart")
    factories.link(keuken, pinch, "pakt-aan")
    return tuin, keuken, a1, a2, b1, b2


def ask(user, page, other):
    return press(as_(user), page, doe="kennismaken", met=other.slug)


def answer(email, yes):
    return Client().post(link_to(email, "kennismaken-vraag"), {"antwoord": "ja" if yes else "nee"}).text


def test_who_says_no_is_told_the_truth(pair):
    """1: one owner of B says yes, the addresses go out; the other says no after that."""
    tuin, keuken, a1, *_others = pair
    ask(a1, tuin, keuken)
    answer(B1, yes=True)
    told = answer(B2, yes=False)
    assert "Iemand anders van uw initiatief zei eerder ja en heeft al kennisgemaakt" in told
    assert "Uw adres is niet doorgegeven" in told
    everything = " ".join(words(letter) for letter in letters_to(A1))
    assert (B1 in everything, B2 in everything) == (True, False)
    assert letters_to(A2) == []


def test_a_no_before_the_yes_of_a_co_owner_ends_it_for_both(pair):
    tuin, keuken, a1, _a2, b1, _b2 = pair
    ask(a1, tuin, keuken)
    assert "De kennismaking gaat niet door" in answer(B2, yes=False)
    assert "Deze kennismaking gaat niet door" in answer(B1, yes=True)
    assert "er is nee gezegd" in last_to(A1, "kennismaken-niet")
    for reader, page in ((b1, keuken), (a1, tuin)):
        assert "gaat niet door: er is nee gezegd" in as_(reader).get(own_page(page)).text
    seen = as_(b1).get(own_page(keuken)).text
    assert f"nee: {B2}" in seen
    # Who of the other side said what, the asker does not read; staff do.
    assert B2 not in as_(a1).get(own_page(tuin)).text
    shown = staff()[1].get(owners_page(tuin)).text
    assert f"ja: {A1}" in shown
    assert f"nee: {B2}" in shown


def test_who_keeps_both_pages_and_says_yes_then_no_is_told_the_truth(pair):
    tuin, keuken, _a1, _a2, b1, _b2 = pair
    tuin.ownerships.create(user=b1)
    ask(b1, tuin, keuken)
    other_link = link_to(B1, "kennismaken-vraag")
    answer(B2, yes=True)
    told = Client().post(other_link, {"antwoord": "nee"}).text
    assert "De ander heeft uw e-mailadres daarom al" in told


def test_an_asker_who_is_gone_is_neither_named_nor_does_he_block_the_next(pair):
    """24: the asker deletes his account; his co-owner is asked, and hears."""
    tuin, keuken, a1, *_others = pair
    ask(a1, tuin, keuken)
    forget(a1)
    assert "U hebt ja gezegd" in answer(B1, yes=True)
    assert "kennismaken" not in kinds_to(B1)
    answer(A2, yes=True)
    assert A2 in last_to(B1, "kennismaken")
    assert A1 not in last_to(B1, "kennismaken")


def test_when_nobody_of_the_asker_is_left_the_other_is_told_and_may_be_asked_again(pair):
    tuin, keuken, a1, a2, *_others = pair
    ask(a1, tuin, keuken)
    forget(a1)
    forget(a2)
    told = answer(B1, yes=True)
    assert "bij de ander beheert niemand de pagina meer" in told
    assert "kennismaken" not in kinds_to(B1)
    newcomer = factories.owner(tuin, "nieuw@voorbeeld.nl")
    assert "Wij hebben de ander gevraagd" in ask(newcomer, tuin, keuken)
    assert Introduction.objects.count() == 1
    answer(B2, yes=True)
    assert "nieuw@voorbeeld.nl" in last_to(B2, "kennismaken")


def test_what_was_declined_is_not_asked_again(pair):
    tuin, keuken, a1, a2, *_others = pair
    ask(a1, tuin, keuken)
    answer(B1, yes=False)
    forget(a1)
    assert "al eens voorgesteld" in ask(a2, tuin, keuken)


def decide(user, page, proposal, *fields, reason=""):
    marks = [change.mark for change, *_words in differences(proposal)]
    given = {
        "doe": "voorstel",
        "nummer": proposal.pk,
        "veld": fields,
        "reden": reason,
        "gezien": marks,
    } | read_proposal(proposal)
    return press(as_(user), page, **given)


@pytest.fixture
def asked(pair):
    """Staff want to change the page of A."""
    page, a1, a2 = pair[0], pair[2], pair[3]
    editor, client = staff()
    press_edit(client, page, summary="Van ons")
    return page, a1, a2, editor, page.proposals.get()


def test_two_owners_who_answer_a_change_differently_meet_in_one_state(asked):
    page, a1, a2, editor, proposal = asked
    decide(a1, page, proposal, reason="Het is onze tekst.")
    told = decide(a2, page, proposal, "summary")
    assert "al besloten, door een andere eigenaar" in told
    assert "Niet overgenomen: samenvatting." in told
    assert now(page).summary == ""
    assert "Een andere eigenaar besloot" in last_to(A2, "voorstel-beantwoord")
    assert "Het is onze tekst." in last_to(editor.email, "voorstel-besloten")
    assert f"door {A1}" in as_(a2).get(own_page(page)).text
    assert A1 in staff()[1].get(owners_page(page)).text


def test_what_takes_the_place_of_a_proposal_is_told_to_who_made_it(asked):
    """6: an owner's own edit takes the place of what staff asked, and the reverse."""
    page, a1, _a2, editor, _proposal = asked
    edit = reverse("registry:my-edit", args=[page.slug])
    shown = as_(a1).get(edit).context["form"]
    sent = {name: shown[name].value() or "" for name in shown.fields} | {"summary": "Van mij"}
    as_(a1).post(edit, {name: value for name, value in sent.items() if value not in (False, None)})
    assert "Vervangen door een nieuwer voorstel" in last_to(editor.email, "voorstel-besloten")
    _other, client = staff(Role.MANAGER)
    press_edit(client, page, summary="Toch van ons")
    assert "Vervangen door een nieuwer voorstel" in last_to(A1, "voorstel-besloten")


def test_a_part_that_was_replaced_is_told_with_the_rest(asked):
    page, a1, _a2, editor, proposal = asked
    press_edit(as_(editor), page, costs="gratis", audience="iedereen")
    both = page.proposals.open().exclude(pk=proposal.pk).get()
    _other, client = staff(Role.MANAGER)
    press_edit(client, page, audience="buren")
    decide(a1, page, both, "costs")
    told = last_to(editor.email, "voorstel-besloten")
    assert "Overgenomen: kosten." in told
    assert "Vervangen door een nieuwer voorstel: voor wie." in told


def test_the_letter_about_a_proposal_leads_where_its_reader_may_go(asked):
    """26: an editor and somebody who left read the public page; who was switched off gets none."""
    page, a1, a2, editor, proposal = asked
    decide(a1, page, proposal, "summary")
    letter = last_to(editor.email, "voorstel-besloten")
    assert "/mijn/" not in letter
    assert reverse("registry:initiative-detail", args=[page.slug]) in letter
    press_edit(as_(editor), page, costs="gratis")
    editor.is_active = False
    editor.save()
    forget_letters()
    decide(a2, page, page.proposals.open().get(), "costs")
    assert letters_to(editor.email) == []


def test_a_proposal_of_a_co_owner_is_called_so(pair):
    """27"""
    page, a1, a2 = pair[0], pair[2], pair[3]
    edit = reverse("registry:my-edit", args=[page.slug])
    as_(a1).post(edit, {"name": "Tuin", "municipality": "GM0995", "run_by": "inwoners", "summary": "Nieuw"})
    shown = as_(a2).get(own_page(page)).text
    assert "door een andere eigenaar" in shown
    assert "door iemand van de provincie" not in shown


def test_two_owners_two_yearly_answers_meet_in_one_state(pair):
    """13: "bestaat niet meer" and "klopt nog"; both read what stands, and who said it."""
    page, a1 = pair[0], pair[2]
    press(as_(a1), page, doe="gestopt", lessons="")
    assert now(page).activity == ""
    Client().post(link_to(A2, "bestaat-het-nog"), {"antwoord": "klopt"})
    assert now(page).activity == ""
    assert "De pagina klopt nog" in last_to(A1, "voorstel-besloten")
    seen = as_(a1).get(own_page(page)).text
    assert "Bestaat niet meer, zegt een eigenaar" in seen
    assert f"door {A2}" in seen
