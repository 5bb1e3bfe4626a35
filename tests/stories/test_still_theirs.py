"""What waits for owners comes back to them, and what they press counts only as long as they keep the page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registry import ownership
from registry.community import reminders
from registry.foundation.errors import Refused
from registry.lifecycle.merge import merge
from registry.models import ChangeProposal, Role
from registry.personal_data import forget
from registry.proposals import proposals
from registry.views.owner import Owned
from tests.stories.telling import (
    as_,
    forget_letters,
    kinds_to,
    last_to,
    letters_to,
    now,
    own_page,
    page_of_residents,
    staff,
)
from tests.stories.test_who_gets_in import switch

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ACTS = "verstuur klopt gestopt verder trek-in nodig-uit trek-uitnodiging-in vertrek voorstel kennismaken jaarvraag"


def test_what_was_passed_on_comes_back_with_the_owner():
    garden, anna = page_of_residents("Buurttuin", "anna")
    editor, manager = staff()[0], staff(Role.MANAGER)[0]
    proposals.edit(garden, {"summary": "Van de gemeente"}, by=editor)
    switch(anna, False, by=manager)
    assert garden.proposals.get().waits_for == ChangeProposal.Waits.STAFF
    switch(anna, True, by=manager)
    assert garden.proposals.get().waits_for == ChangeProposal.Waits.OWNERS
    assert "wacht nu weer op de eigenaren" in garden.decisions.first().reason


def test_staff_say_why_they_do_not_wait_whatever_it_waited_for_before():
    garden, anna = page_of_residents("Buurttuin", "anna")
    editor, colleague = staff()[0], staff()[0]
    proposals.edit(garden, {"summary": "Van de gemeente"}, by=editor)
    ownership.pass_to_staff(garden)
    asked = garden.proposals.get()
    with pytest.raises(Refused, match="wacht op het ja van de eigenaren"):
        proposals.decide_proposal(asked, {"summary"}, by=colleague)
    proposals.decide_proposal(asked, {"summary"}, by=colleague, reason="Spoed")
    assert "zonder op uw ja te wachten" in last_to(anna.email, "voorstel-beantwoord")
    assert "Zonder het ja van de eigenaren" in garden.decisions.first().reason


def test_when_mail_arrives_again_the_owners_decide_again():
    garden, _anna = page_of_residents("Buurttuin", "anna")
    proposals.edit(garden, {"summary": "Van de gemeente"}, by=staff()[0])
    ownership.pass_to_staff(garden)
    assert (ownership.give_back_reachable(), ownership.give_back_reachable()) == (1, 0)
    assert garden.proposals.get().waits_for_owners


def meanwhile(monkeypatch, act):
    """It happens after the page was looked up, and before it is held."""
    setup = Owned.setup

    def late(self, *args, **kwargs):
        setup(self, *args, **kwargs)
        act()

    monkeypatch.setattr(Owned, "setup", late)


@pytest.mark.parametrize("doe", ACTS.split())
@pytest.mark.parametrize("what", ["thrown out", "merged"])
def test_a_button_pressed_at_that_moment_does_nothing(monkeypatch, doe, what):
    garden, anna, bob = page_of_residents("Buurttuin", "anna", "bob")
    other, _eve = page_of_residents("Ander", "eve", slug="ander")
    client, editor = as_(bob), staff()[0]
    acts = {
        "thrown out": lambda: ownership.leave(garden, bob, by=anna),
        "merged": lambda: merge(garden, other, by=editor, reason="Het zelfde."),
    }
    meanwhile(monkeypatch, lambda: acts[what]() if now(garden).status == "gepubliceerd" else None)
    given = {"doe": doe, "reden": "weg", "email": "vriend@voorbeeld.nl", "lessons": "Veel", "met": "ander"}
    response = client.post(own_page(garden), given)
    assert (response.status_code, response.url) == (302, "/mijn/")
    assert not letters_to("vriend@voorbeeld.nl")
    assert not garden.proposals.exists()
    assert now(garden).status == ("gepubliceerd" if what == "thrown out" else "samengevoegd")
    assert now(garden).activity != "gestopt"
    assert now(garden).confirmed_on is None


def edit_form(client, garden):
    form = client.get(reverse("registry:my-edit", args=[garden.slug])).context["form"]
    return {field.html_name: field.value() for field in form if field.value() not in (None, False)}


def test_what_was_typed_at_that_moment_is_shown_and_not_kept(monkeypatch):
    garden, anna, bob = page_of_residents("Buurttuin", "anna", "bob")
    client = as_(bob)
    typed = edit_form(client, garden) | {"summary": "Mijn lange tekst"}
    meanwhile(monkeypatch, lambda: ownership.leave(garden, bob, by=anna))
    page = client.post(reverse("registry:my-edit", args=[garden.slug]), typed)
    assert "U beheert deze pagina niet meer. Wat u typte" in page.text
    assert "Mijn lange tekst" in page.text
    assert not garden.proposals.exists()


def test_who_stops_the_page_by_the_form_asks_the_others_too():
    garden, anna, bob = page_of_residents("Buurttuin", "anna", "bob")
    client = as_(anna)
    typed = edit_form(client, garden) | {"activity": "gestopt", "summary": "Wij zijn gestopt."}
    client.post(reverse("registry:my-edit", args=[garden.slug]), typed)
    assert kinds_to(bob.email) == ["bestaat-het-nog"]
    assert now(garden).activity != "gestopt"
    rest = garden.proposals.get(waits_for=ChangeProposal.Waits.STAFF)
    forget_letters()
    proposals.decide_proposal(rest, {"summary"}, by=staff()[0])
    assert (kinds_to(anna.email), kinds_to(bob.email)) == (["voorstel-besloten"], ["voorstel-beantwoord"])


def test_a_question_whose_asker_is_gone_is_closed_and_told():
    garden, anna, bob = page_of_residents("Buurttuin", "anna", "bob")
    reminders.stop(garden, lessons="", by=anna)
    forget(anna)
    ChangeProposal.objects.update(proposed_at=timezone.now() - timedelta(days=60))
    assert reminders.stop_silent() == 0
    assert not garden.proposals.open().exists()
    assert "beheert de pagina niet meer" in last_to(bob.email, "voorstel-beantwoord")
    reminders.confirm_for_owners(now(garden), by=staff()[0], note="Gebeld")


def test_what_staff_propose_has_no_asker_to_lose():
    garden, _anna = page_of_residents("Buurttuin", "anna")
    proposals.edit(garden, {"activity": "gestopt"}, by=staff()[0])
    assert reminders.stop_silent() == 0
    assert garden.proposals.open().exists()
