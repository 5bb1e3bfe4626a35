"""Who erases their account takes away what is theirs, all of it, and nothing of anybody else."""

import pytest

from registry.lifecycle.merge import merge
from registry.lifecycle.merge_undo import undo
from registry.models import ChangeProposal, Initiative, ProposedChange, Status, User
from registry.ownership import leave, make_owner
from registry.personal_data import forget, kept_about
from registry.proposals.proposals import ask_owners, propose
from registry.registration.signup import confirm, register
from tests import factories
from tests.stories.kept import left_of
from tests.stories.telling import last_to, now, page_of_residents

pytestmark = pytest.mark.django_db
WILMA, NAME, PHONE = "wilma@voorbeeld.nl", "Wilma Wis", "06-12345678"
TEXT = "Iedereen is welkom in de tuin: geen kosten. Bel 265265."


def erase(user):
    User.objects.filter(pk=user.pk).update(last_login=None)
    user.refresh_from_db()
    forget(user)


@pytest.mark.parametrize("typed", ["de", "geen", "265265", "1", "e", ".", "06 12", "(de)"])
def test_what_is_no_telephone_number_takes_no_word_off_any_page(typed):
    mine, wilma = page_of_residents("Tuin", "wilma", contact_phone=typed, description=TEXT)
    other, _owner = page_of_residents("Hof", "jan", slug="hof", description=TEXT)
    bottleneck = factories.bottleneck("R1", explanation=TEXT)
    erase(wilma)
    assert (now(mine).contact_phone, now(mine).description) == ("", TEXT)
    bottleneck.refresh_from_db()
    assert now(other).description == bottleneck.explanation == TEXT


@pytest.mark.parametrize("field", ["contact_name", "name"])
def test_a_name_that_stands_everywhere_is_nobodys(field):
    pages = [factories.initiative(slug=f"p{nr}", description="Voor de buurt.") for nr in range(30)]
    mine, wilma = page_of_residents("Tuin", "wilma")
    Initiative.objects.filter(pk=mine.pk).update(contact_name="de buurt")
    wilma.name = "de buurt"
    wilma.save()
    erase(wilma)
    assert {now(page).description for page in pages} == {"Voor de buurt."}


def registered(**fields):
    """As at the door: the account has an address and no name."""
    initiative, proof = register(
        {"name": "Tuin", "municipality": factories.municipality(), "summary": "Samen tuinieren."}, email=WILMA
    )
    user = confirm(proof)
    Initiative.objects.filter(pk=initiative.pk).update(status=Status.PUBLISHED, contact_email="", **fields)
    return now(initiative), user


def fill_in(initiative, user):
    """What the form of an owner does."""
    entry = now(initiative)
    entry.contact_name, entry.contact_phone, entry.is_contact_public = NAME, PHONE, True
    entry._history_user = user
    entry.save()


def gone(*besides):
    return left_of(NAME, "12345678", *besides) == set()


def test_the_only_owner_without_a_name_takes_name_and_number_along():
    initiative, wilma = registered()
    fill_in(initiative, wilma)
    assert kept_about(wilma)["contactpersoon bij"] == ["Tuin"]
    erase(wilma)
    assert gone(WILMA)
    assert not now(initiative).is_contact_public


def test_who_left_first_too():
    initiative, wilma = registered()
    fill_in(initiative, wilma)
    jan = make_owner(initiative, "jan@voorbeeld.nl")
    leave(initiative, wilma, by=wilma)
    assert kept_about(wilma)["contactpersoon bij"] == ["Tuin"]
    erase(wilma)
    assert gone(WILMA)
    assert initiative.ownerships.get().user == jan


def test_of_a_page_with_another_contact_that_stays():
    initiative, wilma = registered()
    fill_in(initiative, wilma)
    Initiative.objects.filter(pk=initiative.pk).update(
        contact_name="Jan Jansen", contact_email="jan@voorbeeld.nl", contact_phone="0320-123456"
    )
    erase(wilma)
    assert now(initiative).contact_name == "Jan Jansen"
    assert now(initiative).contact_phone == "0320-123456"
    assert gone()


def test_what_another_owner_wrote_stays():
    initiative, wilma = registered()
    jan = make_owner(initiative, "jan@voorbeeld.nl")
    Initiative.objects.filter(pk=initiative.pk).update(contact_name="Jan Jansen", contact_phone="0320-123456")
    erase(wilma)
    assert now(initiative).contact_name == "Jan Jansen"
    assert initiative.ownerships.get().user == jan


def test_what_they_proposed_and_staff_took_over_goes():
    initiative, wilma = registered()
    make_owner(initiative, "jan@voorbeeld.nl")
    propose(initiative, {"contact_name": NAME, "contact_phone": PHONE}, by=wilma)
    Initiative.objects.filter(pk=initiative.pk).update(contact_name=NAME, contact_phone=PHONE)
    erase(wilma)
    assert gone(WILMA)


def test_of_a_page_that_was_merged_it_stays_away():
    initiative, wilma = registered()
    fill_in(initiative, wilma)
    into, _jan = page_of_residents("Hof", "jan", slug="hof")
    staff = factories.person("collega@voorbeeld.nl", is_staff=True)
    merge(initiative, into, by=staff, reason="Dezelfde")
    erase(wilma)
    undo(now(initiative), by=staff, reason="Toch twee")
    assert now(initiative).status == Status.PUBLISHED
    assert gone(WILMA)


def test_who_else_has_that_name_or_number_keeps_it():
    text = f"Bel {NAME}: 0320 123456."
    mine, wilma = page_of_residents(
        "Tuin", "wilma", contact_email=WILMA, contact_name=NAME, contact_phone="0320-123456", description=text
    )
    other, _jan = page_of_residents(
        "Hof", "jan", slug="hof", contact_name=NAME, contact_phone="0320123456", description=text
    )
    number, _piet = page_of_residents(
        "Plein", "piet", slug="plein", contact_phone="0320-123456", description=text
    )
    wilma.name = NAME
    wilma.save()
    erase(wilma)
    assert now(mine).description == "Bel (verwijderd): (verwijderd)."
    assert (now(other).contact_name, now(other).contact_phone) == (NAME, "0320123456")
    assert now(other).description == text
    assert now(number).contact_phone == "0320-123456"
    assert now(number).description == "Bel (verwijderd): 0320 123456."


def test_what_another_owner_proposed_waits_on_and_what_is_empty_is_closed():
    initiative, wilma, jan = page_of_residents(
        "Tuin", "wilma", "jan", contact_email=WILMA, contact_name=NAME, contact_phone=PHONE
    )
    colleague = factories.person("collega@voorbeeld.nl", is_staff=True)
    mine = ask_owners(initiative, {"contact_name": "Jan Jansen", "contact_phone": "0320-123456"}, by=jan)
    empty = ChangeProposal.objects.create(initiative=initiative, by=colleague)
    ProposedChange.objects.create(proposal=empty, field="contact_email", old="", new=WILMA)
    erase(wilma)
    assert dict(mine.changes.values_list("field", "new")) == {
        "contact_name": "Jan Jansen",
        "contact_phone": "0320-123456",
    }
    empty.refresh_from_db()
    assert empty.decided_at
    assert "niet meer bij ons staat" in last_to("collega@voorbeeld.nl")
    assert ChangeProposal.objects.open().get() == mine
    assert gone(WILMA)


def test_a_draft_that_staff_made_stays_without_the_contact():
    draft = factories.initiative(
        "Plan van staf", status=Status.DRAFT, contact_email=WILMA, contact_name=NAME, contact_phone=PHONE
    )
    own, _proof = register({"name": "Nooit bevestigd"}, email=WILMA)
    erase(factories.person(WILMA))
    assert list(Initiative.objects.all()) == [draft]
    assert now(draft).contact_email == now(draft).contact_name == now(draft).contact_phone == ""
    assert not Initiative.objects.filter(pk=own.pk).exists()
