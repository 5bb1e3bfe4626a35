"""A decision is about what was read: through every door, whatever changed meanwhile."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from registry.admin.base.reading import read_now
from registry.lifecycle import merge
from registry.models import Case, ChangeProposal, Exchange, Initiative, Link, Role, Status
from registry.moderation.versions import Changed, as_read, since, version_of, versions_of
from registry.proposals.proposals import edit, propose
from tests import factories

pytestmark = pytest.mark.django_db


def kept_hidden(page):
    """The hidden fields of a page, as a browser sends them back."""
    found = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', page.text):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        found.setdefault(name[1], []).append(value[1] if value else "")
    return found


def staff():
    client = Client()
    client.force_login(factories.person(role=Role.EDITOR))
    return client


# Each door: opens the page of a decision about ``entry``, and gives what presses the button on it.


def admin_page(entry, to="gepubliceerd"):
    client, url = staff(), reverse(f"admin:registry_{entry._meta.model_name}_decide", args=[entry.pk])
    given = kept_hidden(client.get(url))
    return lambda: client.post(url, given | {"to": to, "reason": "Zo besloten"}, follow=True)


def admin_letter(entry):
    """The letter was read too."""
    client, url = staff(), reverse("admin:registry_initiative_decide", args=[entry.pk])
    Initiative.objects.filter(pk=entry.pk).update(contact_email="ik@voorbeeld.nl")
    given = kept_hidden(client.get(url)) | {"to": "gepubliceerd", "reason": "Zo besloten"}
    draft = client.post(url, given).context["letter"]
    given |= {draft.add_prefix(name): draft.initial[name] for name in ("subject", "text", "about")}
    return lambda: client.post(url, given | {"letter-text": "Mijn eigen brief"}, follow=True)


def admin_merge(entry):
    into = factories.initiative("Blijft")
    client, url = staff(), reverse("admin:registry_initiative_decide", args=[entry.pk])
    given = kept_hidden(client.get(url)) | {
        "to": "samengevoegd",
        "merged_into": into.pk,
        "reason": "Zo besloten",
    }
    given |= kept_hidden(client.post(url, given))
    return lambda: client.post(url, given, follow=True)


def admin_merge_into(entry):
    Initiative.objects.filter(pk=entry.pk).update(status=Status.PUBLISHED)
    double = factories.initiative("Gaat op", status=Status.SUBMITTED)
    client, url = staff(), reverse("admin:registry_initiative_decide", args=[double.pk])
    given = kept_hidden(client.get(url)) | {
        "to": "samengevoegd",
        "merged_into": entry.pk,
        "reason": "Zo besloten",
    }
    given |= kept_hidden(client.post(url, given))
    return lambda: client.post(url, given, follow=True)


def bulk(entry, action="publish"):
    client, url = staff(), reverse(f"admin:registry_{entry._meta.model_name}_changelist")
    chosen = {"action": action, "_selected_action": [entry.pk]}
    given = kept_hidden(client.post(url, chosen))
    return lambda: client.post(url, given | chosen | {"reason": "Zo besloten"}, follow=True)


def pairs(entry, keeps="houd-eerste"):
    Initiative.objects.filter(pk=entry.pk).update(status=Status.PUBLISHED)
    double = factories.initiative(entry.name)
    client, url = staff(), reverse("admin:registry_initiative_pairs")
    given = kept_hidden(client.get(url))
    assert {*given["eerste"], *given["tweede"]} == {str(entry.pk), str(double.pk)}
    return lambda: client.post(url, given | {"doe": keeps, "reden": "Zo besloten"}, follow=True)


def proposal_by_staff(entry):
    Initiative.objects.filter(pk=entry.pk).update(status=Status.PUBLISHED)
    made = propose(Initiative.objects.get(pk=entry.pk), {"costs": "vijf euro"}, by=factories.owner(entry))
    client, url = staff(), reverse("admin:registry_changeproposal_change", args=[made.pk])
    given = kept_hidden(client.get(url))
    return lambda: client.post(url, given | {"veld": ["costs"], "reden": "Zo besloten"}, follow=True)


def proposal_by_owner(entry):
    Initiative.objects.filter(pk=entry.pk).update(status=Status.PUBLISHED, run_by="inwoners")
    owner = factories.owner(entry)
    edit(Initiative.objects.get(pk=entry.pk), {"costs": "vijf euro"}, by=factories.person(role=Role.EDITOR))
    client, url = Client(), reverse("registry:my-initiative", args=[entry.slug])
    client.force_login(owner)
    given = kept_hidden(client.get(url)) | {"doe": "voorstel", "veld": ["costs"], "reden": "Zo besloten"}
    return lambda: client.post(url, given, follow=True)


DOORS = {
    "besluit": admin_page,
    "afwijzen": lambda entry: admin_page(entry, "afgewezen"),
    "besluit met brief": admin_letter,
    "samenvoegen": admin_merge,
    "samenvoegen met": admin_merge_into,
    "veel tegelijk": bulk,
    "paren, dit blijft": pairs,
    "paren, dit gaat": lambda entry: pairs(entry, "houd-tweede"),
    "paren, geen dubbel": lambda entry: pairs(entry, "geen-dubbel"),
    "voorstel": proposal_by_staff,
    "eigenaar": proposal_by_owner,
}


def a_field(entry):
    entry.description = "KOOP HIER PILLEN"
    entry.save()


def back_and_forth(entry):
    entry.description = "KOOP HIER PILLEN"
    entry.save()
    entry.description = "Wij drinken koffie."
    entry.save()


def a_link(entry):
    factories.link(entry, factories.bottleneck("R1"))


def an_offer_goes(entry):
    entry.exchanges.all()[0].delete()


def an_offer_moves(entry):
    row = entry.exchanges.all()[0]
    row.initiative = factories.initiative()
    row.save()


CHANGES = [a_field, back_and_forth, a_link, an_offer_goes, an_offer_moves]


@pytest.fixture
def entry():
    made = factories.initiative(
        "Buurtkoffie", slug="koffie", status=Status.SUBMITTED, description="Wij drinken koffie."
    )
    Exchange.objects.create(initiative=made, direction="vraagt", text="Een koffiekan")
    return made


def everything(model=Initiative):
    kept = list(model.objects.order_by("pk").values("status", "costs")) if model is Initiative else []
    return kept, list(ChangeProposal.objects.values("decided_at")), list(Link.objects.values("initiative"))


@pytest.mark.once
@pytest.mark.parametrize("changes", CHANGES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("door", DOORS)
def test_what_changed_since_it_was_read_is_not_decided_about(door, changes, entry):
    press = DOORS[door](entry)
    changes(Initiative.objects.get(pk=entry.pk))
    before = everything()
    answer = press()
    assert everything() == before
    assert "is gewijzigd sinds u het las" in answer.text
    # What was typed is still there.
    assert "Zo besloten" in answer.text
    if door == "besluit met brief":
        assert "Mijn eigen brief" in answer.text
    if changes is a_field:
        assert (
            "Wij drinken koffie." in answer.text and "KOOP HIER PILLEN" in answer.text
        ) or door == "eigenaar"


@pytest.mark.parametrize("door", DOORS)
def test_what_is_as_it_was_read_is_decided_about(door, entry):
    press = DOORS[door](entry)
    before = everything()
    answer = press()
    assert "is gewijzigd sinds u het las" not in answer.text
    assert everything() != before or door == "paren, geen dubbel"


def test_a_case_too():
    for door in (admin_page, bulk):
        made = factories.case(status=Status.SUBMITTED)
        press = door(made)
        made.bottlenecks.add(factories.bottleneck("R1") if door is admin_page else factories.bottleneck("R2"))
        answer = press()
        assert "is gewijzigd sinds u het las" in answer.text
        assert Case.objects.get(pk=made.pk).status == Status.SUBMITTED


def test_after_the_difference_was_shown_the_same_page_decides(entry):
    client, url = staff(), reverse("admin:registry_initiative_decide", args=[entry.pk])
    given = kept_hidden(client.get(url)) | {"to": "gepubliceerd", "reason": "Mooi"}
    a_field(Initiative.objects.get(pk=entry.pk))
    refused = client.post(url, given)
    assert [(label, was, now) for label, was, now in refused.context["changes"]] == [
        ("Beschrijving", "Wij drinken koffie.", "KOOP HIER PILLEN")
    ]
    client.post(url, kept_hidden(refused) | {"to": "gepubliceerd", "reason": "Mooi"})
    assert Initiative.objects.get(pk=entry.pk).status == Status.PUBLISHED


def test_a_door_that_names_no_version_decides_nothing(entry):
    url = reverse("admin:registry_initiative_decide", args=[entry.pk])
    for read in ({}, {"read": ""}, {"read": "x"}, {"read": "9" * 40 + ".1.1.1.1"}, {"read": "٣.1.1.1.1"}):
        answer = staff().post(url, {"to": "gepubliceerd", "seen": "ingediend"} | read)
        assert answer.status_code == 200
        assert Initiative.objects.get(pk=entry.pk).status == Status.SUBMITTED


def test_both_sides_of_a_merge_are_checked(entry):
    into = factories.initiative()
    read = versions_of([entry, into])
    for changed in (entry, into):
        changed.save()
        with pytest.raises(Changed):
            merge.merge(entry, into, by=None, check=as_read(read))
        read[changed.pk] = version_of(changed)
    merge.merge(entry, into, by=None, check=as_read(read))


def test_every_kind_of_row_is_in_the_version_and_in_the_difference(entry):
    for kind, change in {
        "links": lambda: factories.link(entry, factories.bottleneck("R1")),
        "exchanges": lambda: entry.exchanges.create(direction="biedt", text="Thee"),
        "mentions": lambda: entry.mentions.create(event="Festival"),
        "external_ids": lambda: entry.external_ids.create(scheme="kvk", value="12345678"),
    }.items():
        read = version_of(entry)
        row = change()
        assert [one.field.name for one in since(entry, read)] == [kind]
        [found] = since(entry, read)
        assert (len(found.now) - len(found.was), row in found.now) == (1, True)


def test_what_is_read_costs_the_same_for_one_and_three(entry, django_assert_num_queries):
    source = factories.source()
    entries = [entry, factories.initiative(), factories.initiative()]
    for number, one in enumerate(entries, 1):
        factories.link(one, factories.bottleneck(f"R{number}"))
        factories.link(one, factories.bottleneck(f"P{number}"))
        one.mentions.create(event="Festival", source=source)
    for some in (entries[:1], entries):
        with django_assert_num_queries(16):
            assert len(read_now(some)) == len(some)
