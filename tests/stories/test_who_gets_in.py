"""How somebody would get into a page of others, and what stops them."""

import pytest
from django.test import Client
from django.urls import reverse

from registry import ownership
from registry.accounts import staff_access
from registry.foundation.errors import Refused
from registry.lifecycle.merge import merge
from registry.lifecycle.merge_undo import undo
from registry.models import Ownership, Role, User
from registry.ownership import history
from registry.personal_data import forget
from tests import factories
from tests.stories.telling import (
    as_,
    keepers,
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

pytestmark = pytest.mark.django_db


def switch(user, is_active, *, by):
    was = staff_access.way_in(user)
    user.is_active = is_active
    user.save()
    staff_access.changed(user, was, by=by)


def unmerge_page(initiative):
    return reverse("admin:registry_initiative_unmerge", args=[initiative.pk])


def test_staff_do_not_get_into_a_page_of_residents_by_a_merge():
    garden, _anna = page_of_residents("Buurttuin", "anna")
    editor, _client = staff(email="ed@voorbeeld.nl")
    theirs = factories.initiative("Buurt-tuin", slug="dubbel")
    Ownership.objects.create(initiative=theirs, user=editor)
    factories.owner(theirs, "bob@voorbeeld.nl")
    merge(theirs, garden, by=editor, reason="Het is dezelfde tuin.")
    assert keepers(garden) == {"anna@voorbeeld.nl", "bob@voorbeeld.nl"}
    assert "beheert deze pagina niet: zij is van inwoners" in last_to("anna@voorbeeld.nl", "samengevoegd")
    assert kinds_to("ed@voorbeeld.nl") == ["eigenaar-af"]
    assert "zij is van inwoners" in garden.decisions.first().reason
    undo(now(theirs), by=editor, reason="Het zijn er twee.")
    assert keepers(theirs) == {"ed@voorbeeld.nl", "bob@voorbeeld.nl"}


def test_nor_do_residents_get_staff_beside_them_by_a_merge():
    garden, anna = page_of_residents("Buurttuin", "anna")
    editor, _client = staff()
    theirs = factories.initiative("Buurt-tuin", slug="dubbel", run_by="inwoners")
    Ownership.objects.create(initiative=theirs, user=editor)
    with pytest.raises(Refused, match="Houd de pagina van de inwoners"):
        merge(garden, theirs, by=editor, reason="Het is dezelfde tuin.")
    assert keepers(garden) == {anna.email}
    assert now(garden).status == "gepubliceerd"


def test_a_merged_page_is_no_back_door_for_another_municipality():
    dead = factories.initiative("A", slug="a", municipality=factories.municipality())
    kept = factories.initiative("B", slug="b", municipality=factories.municipality("GM0034"))
    factories.owner(kept, "v@voorbeeld.nl")
    merge(dead, kept, by=factories.person(role=Role.EDITOR), reason="Het zelfde.")
    elsewhere = as_(factories.person(role=Role.MUNICIPALITY_EDITOR, municipality=dead.municipality))
    asks = {"doe": "nodig-uit", "email": "vriend@voorbeeld.nl"}
    page = elsewhere.post(owners_page(dead), asks, follow=True)
    assert "is samengevoegd met een andere pagina" in page.text
    assert not letters_to("vriend@voorbeeld.nl")
    elsewhere.post(unmerge_page(dead), {"reason": "Nee."}, follow=True)
    assert now(dead).status == "samengevoegd"
    assert staff()[1].get(owners_page(dead)).url == owners_page(kept)
    with pytest.raises(Refused, match="samengevoegd"):
        ownership.invite(now(dead), "vriend@voorbeeld.nl", by=factories.person(role=Role.EDITOR))


def test_who_is_switched_off_lets_nobody_in():
    garden, _anna, bob = page_of_residents("Buurttuin", "anna", "bob")
    manager, _client = staff(Role.MANAGER)
    editor, _client = staff()
    ownership.invite(garden, "vriend@voorbeeld.nl", by=bob)
    ownership.hand_over(garden, "eis@voorbeeld.nl", by=editor)
    switch(bob, False, by=manager)
    User.objects.filter(pk=editor.pk).update(is_active=False)  # by whatever door
    for email in ("vriend@voorbeeld.nl", "eis@voorbeeld.nl"):
        for answers in ({}, {"opnieuw": "ja"}):
            assert Client().post(link_to(email), answers).status_code == 410
    assert keepers(garden) == {"anna@voorbeeld.nl", "bob@voorbeeld.nl"}


def test_what_staff_sent_an_owner_does_not_take_back():
    garden, rogue = page_of_residents("Buurttuin", "rogue")
    _editor, client = staff()
    client.post(owners_page(garden), {"doe": "nodig-uit", "email": "stichter@voorbeeld.nl"})
    proof = ownership.open_invitations(garden)[0]
    assert 'value="trek-uitnodiging-in"' not in as_(rogue).get(own_page(garden)).text
    told = press(as_(rogue), garden, doe="trek-uitnodiging-in", uitnodiging=proof.pk)
    assert "Deze link stuurde een medewerker" in told
    assert Client().get(link_to("stichter@voorbeeld.nl")).status_code == 200
    client.post(owners_page(garden), {"doe": "trek-in", "invitation": proof.pk})
    assert Client().get(link_to("stichter@voorbeeld.nl")).status_code == 410


def test_staff_who_keep_a_page_are_an_owner_there_as_the_others():
    theirs, ursula = page_of_residents("A", "ursula", slug="a")
    kept, editor = page_of_residents("B", slug="b")[0], staff()[0]
    Ownership.objects.create(initiative=kept, user=editor)
    factories.owner(kept, "v@voorbeeld.nl")
    merge(theirs, kept, by=factories.person(role=Role.EDITOR), reason="Het zelfde.")
    theirs_now = kept.ownerships.get(user=ursula)
    told = press(as_(editor), kept, doe="vertrek", eigenaar=theirs_now.pk, zeker="ja")
    assert "kortgeleden samengevoegd" in told
    assert ursula.email in keepers(kept)


def test_the_log_names_who_is_gone_and_not_why_a_stranger_was_refused():
    garden, anna, bob = page_of_residents("Buurttuin", "anna", "bob")
    ownership.invite(garden, "w@voorbeeld.nl", by=bob)
    ownership.refuse_claim(garden, "x@voorbeeld.nl", by=staff()[0], reason="Woont er niet")
    forget(bob)
    told = history.lines(garden, reader=anna)
    assert [line.by for line in told if line.what == "Nodigde iemand uit"] == [
        "iemand van wie het account weg is"
    ]
    assert "Woont er niet" not in [line.why for line in told]
    assert "Woont er niet" in [line.why for line in history.lines(garden)]
