"""Somebody comes to keep a page, somebody goes: it is told, it stands in the log, and staff can repair it."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.mail.wording.texts import first_texts
from registry.models import Notice, OwnershipChange, Proof, Role, User
from registry.personal_data import forget
from registry.proposals.proposals import differences
from tests import factories
from tests.reading import read, read_proposal
from tests.stories.telling import (
    as_,
    forget_letters,
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

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FOUNDER, ROGUE, FRIEND = "oprichter@voorbeeld.nl", "schurk@voorbeeld.nl", "vriend@voorbeeld.nl"
Kind = OwnershipChange.Kind


@pytest.fixture
def garden():
    return page_of_residents("Buurttuin", "oprichter")


def invite(by, page, email):
    press(as_(by), page, doe="nodig-uit", email=email)
    return link_to(email, "uitnodiging")


def remove(by, page, email):
    key = page.ownerships.get(user__email=email).pk
    return press(as_(by), page, doe="vertrek", eigenaar=key, zeker="ja")


def test_a_thrown_out_founder_is_brought_back_by_staff_who_see_what_happened(garden):
    """7: a rogue invitee throws the founder out."""
    page, founder = garden
    Client().post(invite(founder, page, ROGUE))
    remove(User.objects.get(email=ROGUE), page, FOUNDER)
    assert keepers(page) == {ROGUE}
    assert "heeft u weggehaald" in last_to(FOUNDER)
    _editor, client = staff()
    seen = client.get(owners_page(page)).text
    for told in (
        ROGUE,
        FOUNDER,
        "Nodigde iemand uit",
        "Weggehaald als eigenaar",
        first_texts()["eigenaar-af"][2],
    ):
        assert told in seen
    client.post(owners_page(page), {"doe": "nodig-uit", "email": FOUNDER})
    Client().post(link_to(FOUNDER, "uitnodiging"))
    key = page.ownerships.get(user__email=ROGUE).pk
    client.post(owners_page(page), {"doe": "weg", "owner": key, "reason": "De oprichter wil dit niet."})
    assert keepers(page) == {FOUNDER}
    assert "De oprichter wil dit niet." in last_to(ROGUE)
    assert "De oprichter wil dit niet." in as_(founder).get(own_page(page)).text


def test_a_thrown_out_owner_cannot_come_back_with_old_links(garden):
    """8: invited himself and a friend before he went."""
    page, founder = garden
    Client().post(invite(founder, page, ROGUE))
    rogue = User.objects.get(email=ROGUE)
    links = [invite(rogue, page, ROGUE), invite(rogue, page, FRIEND)]
    remove(founder, page, ROGUE)
    assert [Client().post(link).status_code for link in links] == [410, 410]
    assert keepers(page) == {FOUNDER}


def test_every_change_of_owners_stands_in_the_log_of_staff_and_of_owners(garden):
    """9: who, whom and when; the others got a letter of each."""
    page, founder = garden
    Client().post(invite(founder, page, ROGUE))
    assert kinds_to(FOUNDER) == ["eigenaar-erbij"]
    invite(User.objects.get(email=ROGUE), page, FRIEND)
    Client().post(link_to(FRIEND, "uitnodiging"))
    friend = User.objects.get(email=FRIEND)
    press(as_(friend), page, doe="vertrek", eigenaar=page.ownerships.get(user=friend).pk)
    forget(User.objects.get(email=ROGUE))
    assert kinds_to(FOUNDER) == ["eigenaar-erbij", "eigenaar-erbij", "eigenaar-weg", "eigenaar-weg"]
    kinds = list(page.ownership_changes.values_list("kind", flat=True))[::-1]
    assert kinds == [Kind.INVITED, Kind.JOINED, Kind.INVITED, Kind.JOINED, Kind.LEFT, Kind.GONE]
    seen = as_(founder).get(own_page(page)).text
    # Whom it is about stands after a colon: "Meldde het initiatief aan u" says something else.
    assert "Beheert de pagina nu ook:" in seen
    # An owner reads no address of who keeps the page no more.
    assert [FRIEND in seen, "een eerdere eigenaar" in seen, ROGUE in seen] == [False, True, False]
    assert "iemand van wie het account weg is" in staff()[1].get(owners_page(page)).text


def test_who_is_erased_leaves_a_line_without_a_name(garden):
    page, founder = garden
    Client().post(invite(founder, page, ROGUE))
    rogue = User.objects.get(email=ROGUE)
    key = page.ownerships.get(user=rogue).pk
    staff()[1].post(owners_page(page), {"doe": "weg", "owner": key, "reason": "Sam Schurk zei het zelf."})
    forget(rogue)
    for change in page.ownership_changes.all():
        assert "Schurk" not in change.why
    assert page.ownership_changes.filter(kind=Kind.REMOVED, whom=None).exists()


def test_an_owner_takes_back_an_invitation_and_its_link_is_dead(garden):
    page, founder = garden
    link = invite(founder, page, FRIEND)
    client = as_(founder)
    shown = client.get(own_page(page)).text
    assert FRIEND in shown
    assert "Uitnodigingen die wachten" in shown
    told = press(client, page, doe="trek-uitnodiging-in", uitnodiging=Proof.objects.get().pk)
    assert "De uitnodiging is ingetrokken" in told
    assert Client().post(link).status_code == 410
    assert "al gebruikt of ingetrokken" in press(
        client, page, doe="trek-uitnodiging-in", uitnodiging=Proof.objects.get().pk
    )
    assert page.ownership_changes.first().kind == Kind.INVITATION_WITHDRAWN


def test_an_owner_takes_back_nothing_of_another_page(garden):
    page, founder = garden
    other, neighbour = page_of_residents("Soep", "buur", slug="soep")
    link = invite(neighbour, other, FRIEND)
    told = press(as_(founder), page, doe="trek-uitnodiging-in", uitnodiging=Proof.objects.get().pk)
    assert "al gebruikt of ingetrokken" in told
    assert Client().get(link).status_code == 200


def test_staff_take_back_an_invitation_of_somebody_else(garden):
    page, founder = garden
    link = invite(founder, page, FRIEND)
    _editor, client = staff(Role.MUNICIPALITY_EDITOR)
    shown = client.get(owners_page(page)).text
    assert FRIEND in shown
    assert f"gevraagd door {FOUNDER}" in shown
    client.post(owners_page(page), {"doe": "trek-in", "invitation": Proof.objects.get().pk})
    assert Client().post(link).status_code == 410


def test_the_last_owner_taken_off_puts_the_page_on_the_worklist_until_somebody_keeps_it_again(garden):
    page, _founder = garden
    _editor, client = staff()
    client.post(owners_page(page), {"doe": "weg", "owner": page.ownerships.get().pk, "reason": "Verhuisd."})
    notice = Notice.objects.open().get()
    assert "Niemand beheert deze pagina" in notice.text
    client.post(owners_page(page), {"doe": "nodig-uit", "email": FRIEND})
    Client().post(link_to(FRIEND))
    assert not Notice.objects.open().exists()


def test_who_asked_for_a_page_hears_no_and_owners_see_that_it_was_asked(garden):
    """22: the visitor read "wij mailen u"; unticking a box does not keep it from them."""
    page, founder = garden
    url = reverse("registry:claim", args=[page.slug])
    Client().post(url, factories.typed(text="Ik doe ook mee", email=ROGUE))
    seen = as_(founder).get(own_page(page)).text
    assert "Iemand vroeg of die deze pagina mag beheren" in seen
    assert ROGUE not in seen
    notice = Notice.objects.get()
    given = {"doe": "klaar", "uitkomst": "Wij kennen u niet."}
    staff()[1].post(reverse("admin:registry_notice_change", args=[notice.pk]), given)
    assert "Wij kennen u niet." in last_to(ROGUE, "overnemen-niet")
    assert page.ownership_changes.first().kind == Kind.CLAIM_REFUSED


def test_the_first_owner_hears_of_a_second_who_came_by_a_claim(garden):
    page, _founder = garden
    url = reverse("registry:claim", args=[page.slug])
    Client().post(url, factories.typed(text="Ik doe ook mee", email=FRIEND))
    editor, client = staff()
    client.post(
        reverse("admin:registry_notice_change", args=[Notice.objects.get().pk]), {"doe": "overdragen"}
    )
    Client().post(link_to(FRIEND, "overnemen-mag"))
    assert FRIEND in last_to(FOUNDER, "eigenaar-erbij")
    joined = page.ownership_changes.get(kind=Kind.JOINED)
    assert (joined.whom.email, joined.by) == (FRIEND, editor)


def test_what_waited_for_the_last_owner_waits_for_staff(garden):
    """25: the last owner deletes his account while an edit by staff waits."""
    page, founder = garden
    _editor, client = staff()
    press_edit(client, page, summary="Van ons")
    proposal = page.proposals.get()
    assert proposal.waits_for_owners
    forget(founder)
    proposal.refresh_from_db()
    assert not proposal.waits_for_owners
    assert Notice.objects.open().filter(initiative=page).exists()
    shown = client.get(owners_page(page)).text
    assert "wacht nu op een medewerker" in shown
    mark = differences(proposal)[0][0].mark
    url = reverse("admin:registry_changeproposal_change", args=[proposal.pk])
    client.post(url, {"veld": "summary", "gezien": mark} | read_proposal(proposal))
    assert now(page).summary == "Van ons"
    assert "zonder het ja" not in page.decisions.first().reason.lower()


def press_edit(client, page, **changes):
    """As the form of staff sends it."""
    url = reverse("admin:registry_initiative_change", args=[page.pk])
    empty = {
        f"{prefix}-{name}": 0
        for prefix in ("links", "exchanges", "mentions", "external_ids", "decisions")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    fields = {"name": page.name, "slug": page.slug, "run_by": page.run_by, "municipality": "GM0995"}
    return client.post(url, empty | fields | changes, follow=True)


def test_an_account_that_is_switched_off_blocks_nothing_and_comes_back_with_its_say(garden):
    """29: nothing waits for it, no letter goes to it, and the others hear of both."""
    page, founder = garden
    other = factories.owner(page, FRIEND)
    _manager, client = staff(Role.MANAGER)
    change = reverse("admin:registry_user_change", args=[founder.pk])
    press_edit(client, page, summary="Van ons")
    client.post(change, {"email": FOUNDER})
    assert not User.objects.get(pk=founder.pk).is_active
    assert kinds_to(FRIEND)[-1] == "eigenaar-weg"
    assert page.proposals.get().waits_for_owners  # there is another to ask
    client.post(reverse("admin:registry_user_change", args=[other.pk]), {"email": FRIEND})
    assert not page.proposals.get().waits_for_owners
    forget_letters()
    press_edit(client, page, costs="gratis")
    assert now(page).costs == "gratis"
    assert letters_to(FOUNDER) == letters_to(FRIEND) == []
    assert "kan niet inloggen" in client.get(owners_page(page)).text
    client.post(change, {"email": FOUNDER, "is_active": "on"})
    assert page.ownership_changes.first().kind == Kind.BACK
    press_edit(client, page, costs="2 euro")
    assert now(page).costs == "gratis"


def test_who_was_switched_off_and_registers_again_is_told_so(garden):
    _page, founder = garden
    User.objects.filter(pk=founder.pk).update(is_active=False)
    fields = {
        "name": "Nieuwe tuin",
        "municipality": factories.municipality().pk,
        "summary": "Samen tuinieren",
        "email": FOUNDER,
        "agreement": "on",
        "stap": "versturen",
        "meer-gezien": "1",
    }
    Client().post(reverse("registry:register"), factories.typed(**fields))
    told = Client().post(link_to(FOUNDER, "aanmelding-bevestigen"), follow=True).text
    assert "Dit account is uitgezet" in told
    assert "aanmelding-ontvangen" not in kinds_to(FOUNDER)


def test_the_pages_that_somebody_keeps_stand_with_the_person(garden):
    page, founder = garden
    _manager, client = staff(Role.MANAGER)
    seen = client.get(reverse("admin:registry_user_change", args=[founder.pk])).text
    assert f'<a href="{owners_page(page)}">Buurttuin</a>' in seen


def test_stopping_and_withdrawing_is_told_to_the_other_owners(garden):
    page, founder = garden
    other = factories.owner(page, FRIEND)
    press(as_(founder), page, doe="gestopt", lessons="")
    assert kinds_to(FRIEND) == ["bestaat-het-nog"]
    press(as_(other), page, doe="trek-in", reden="Wij houden ermee op")
    assert "Wij houden ermee op" in last_to(FOUNDER, "besluit-ingetrokken")
    seen = as_(founder).get(own_page(page)).text
    assert f"door {FRIEND}" in seen


@pytest.mark.parametrize("to", ["afgewezen"])
def test_what_was_refused_can_be_changed_and_sent_again_from_its_own_page(to):
    """23: the page offers what its addresses do, and the letter says so."""
    page, founder = page_of_residents("Buurttuin", "oprichter", status="ingediend")
    _editor, client = staff()
    url = reverse("admin:registry_initiative_decide", args=[page.pk])
    given = {"to": to, "reason": "Te kort.", "seen": "ingediend"} | read(page)
    draft = client.post(url, given).context["letter"]
    sent = {draft.add_prefix(name): draft.initial[name] for name in ("subject", "text", "about")}
    client.post(url, given | sent | {"letter-is_mailed": "on"})
    assert "kies daar ‘Verstuur opnieuw’" in last_to(FOUNDER, "besluit-afgewezen")
    seen = as_(founder).get(own_page(page)).text
    assert 'value="verstuur"' in seen
    assert reverse("registry:my-edit", args=[page.slug]) in seen
    press(as_(founder), page, doe="verstuur")
    assert now(page).status == "ingediend"
