"""What residents run changes with their yes, or they are told what was changed without it and why. No side doors."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from registry.models import Link, Notice, OwnershipChange, Role
from registry.proposals.proposals import differences
from tests import factories
from tests.reading import read_proposal
from tests.registry.admin.test_edits import fields_of
from tests.stories.telling import (
    as_,
    forget_letters,
    keepers,
    last_to,
    letters_to,
    link_to,
    now,
    own_page,
    owners_page,
    page_of_residents,
    staff,
)
from tests.stories.test_who_has_a_say import press_edit

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OWNER = "bewoner@voorbeeld.nl"


@pytest.fixture
def garden():
    page, owner = page_of_residents("Buurttuin", "bewoner")
    factories.link(page, factories.bottleneck("R1"), explanation="Zo gaat het")
    page.exchanges.create(direction="vraagt", text="een zaal")
    page.mentions.create(event="Festival")
    return page, owner


def claim(page, email):
    url = reverse("registry:claim", args=[page.slug])
    Client().post(url, factories.typed(text="Dit is van mij", email=email))
    return reverse("admin:registry_notice_change", args=[Notice.objects.latest("pk").pk])


def test_an_editor_hands_no_claim_to_himself(garden):
    """10a: and he cannot invite himself either."""
    page, _owner = garden
    editor, client = staff()
    told = client.post(claim(page, editor.email), {"doe": "overdragen"}, follow=True).text
    assert "U kunt uzelf geen eigenaar maken" in told
    told = client.post(owners_page(page), {"doe": "nodig-uit", "email": editor.email.upper()}, follow=True)
    assert "U kunt uzelf geen eigenaar maken" in told.text
    assert letters_to(editor.email) == []
    assert keepers(page) == {OWNER}


def test_an_editor_hands_no_claim_to_a_colleague_but_an_owner_may_invite_one(garden):
    page, owner = garden
    _editor, client = staff()
    colleague, _theirs = staff(Role.MUNICIPALITY_EDITOR)
    told = client.post(claim(page, colleague.email), {"doe": "overdragen"}, follow=True).text
    assert "alleen als een eigenaar die uitnodigt" in told
    as_(owner).post(own_page(page), {"doe": "nodig-uit", "email": colleague.email})
    Client().post(link_to(colleague.email, "uitnodiging"))
    assert keepers(page) == {OWNER, colleague.email}


def test_a_link_that_was_sent_before_somebody_became_staff_makes_them_no_owner(garden):
    page, _owner = garden
    _editor, client = staff()
    client.post(claim(page, "nieuw@voorbeeld.nl"), {"doe": "overdragen"})
    link = link_to("nieuw@voorbeeld.nl", "overnemen-mag")
    factories.person("nieuw@voorbeeld.nl", role=Role.EDITOR)
    told = Client().post(link, follow=True).text
    assert "alleen als een eigenaar die uitnodigt" in told
    assert keepers(page) == {OWNER}


def test_a_page_that_nobody_keeps_can_go_to_a_colleague_but_not_by_ones_own_hand():
    page, *_nobody = page_of_residents()
    editor, client = staff()
    colleague, _theirs = staff()
    client.post(claim(page, editor.email), {"doe": "overdragen"})
    client.post(claim(page, colleague.email), {"doe": "overdragen"})
    Client().post(link_to(colleague.email, "overnemen-mag"))
    assert keepers(page) == {colleague.email}
    joined = page.ownership_changes.get(kind=OwnershipChange.Kind.JOINED)
    assert (joined.whom, joined.by) == (colleague, editor)


ROWS = {
    "a link changed": ({"links-0-explanation": ["Anders"]}, "Gewijzigd: Buurttuin · "),
    "a link gone": ({"links-0-DELETE": ["on"]}, "Weg: Buurttuin · "),
    "an ask changed": ({"exchanges-0-text": ["geld"]}, "Gewijzigd: Vraagt: geld"),
    "a mention gone": ({"mentions-0-DELETE": ["on"]}, "Weg: 1x genoemd, Festival"),
    "a number added": (
        {"external_ids-TOTAL_FORMS": ["1"], "external_ids-0-scheme": ["kvk"], "external_ids-0-value": ["12345678"]},
        "Erbij: ",
    ),
    "another address": ({"slug": ["anders"]}, "gewijzigd"),
    "a text": ({"summary": ["Van ons"]}, "Wordt: Van ons"),
}  # fmt: skip


@pytest.mark.parametrize("what", ROWS)
def test_the_owners_read_what_was_changed_without_their_yes_and_why(garden, what):
    """10b and 10c: rows that cannot wait, and overrides."""
    page, _owner = garden
    other = factories.owner(page, "ander@voorbeeld.nl")
    change, told = ROWS[what]
    _editor, client = staff(Role.MANAGER)
    url = reverse("admin:registry_initiative_change", args=[page.pk])
    sent = fields_of(client.get(url)) | change
    forget_letters()
    assert client.post(url, sent | {"override": ["De buurt vroeg erom."]}).status_code == 302
    for email in (OWNER, other.email):
        [letter] = letters_to(email)
        assert letter.delivery.kind == "gewijzigd-zonder-ja"
        assert told in letter.message
        assert "De buurt vroeg erom." in letter.message
    assert "De buurt vroeg erom." in as_(other).get(own_page(now(page))).text


def test_a_decision_over_the_heads_of_the_owners_is_told_to_all_of_them(garden):
    page, _owner = garden
    other = factories.owner(page, "ander@voorbeeld.nl")
    _editor, client = staff()
    press_edit(client, page, summary="Van ons")
    proposal = page.proposals.get()
    [(change, *_words)] = differences(proposal)
    url = reverse("admin:registry_changeproposal_change", args=[proposal.pk])
    client.post(
        url,
        {"veld": "summary", "gezien": change.mark, "reden": "Er stond een adres in."}
        | read_proposal(proposal),
    )
    assert now(page).summary == "Van ons"
    for email in (OWNER, other.email):
        assert "zonder op uw ja te wachten" in last_to(email, "voorstel-beantwoord")
        assert "Er stond een adres in." in last_to(email, "voorstel-beantwoord")


def test_links_in_a_file_do_not_get_round_the_owners(garden):
    page, _owner = garden
    _editor, client = staff(Role.MANAGER)
    factories.bottleneck("R2")
    text = f"initiatief,knelpunt,rol,toelichting\n{page.slug},R2,ervaart,Van ons\n"
    upload = {"file": SimpleUploadedFile("k.csv", text.encode())}
    shown = client.post(reverse("admin:registry_link_import"), upload, follow=True).text
    assert "is van inwoners die de pagina zelf beheren" in shown
    assert Link.objects.count() == 1
