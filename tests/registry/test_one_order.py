"""Two who write two tables at the same moment, for real: neither gets an error, and nothing typed is lost.

On PostgreSQL no deadlock happens at all; on SQLite, where writers wait their turn, the acts are done once.
"""

import time

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from registry.community import reminders
from registry.foundation.errors import Refused
from registry.foundation.spreadsheets import Table
from registry.importing import runs
from registry.lifecycle import merge
from registry.lifecycle.withdrawal import withdraw
from registry.models import Case, Exchange, Initiative, Link, Role, Status
from registry.moderation.decisions import decide
from registry.ownership import leave
from registry.personal_data import forget
from registry.proposals.proposals import decide_proposal, edit, propose
from registry.resources import InitiativeResource
from tests import factories
from tests.reading import read_proposal
from tests.registry.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def rounds(most):
    return range(most if connection.vendor == "postgresql" else 1)


def deadlocks():
    if connection.vendor != "postgresql":
        return 0
    time.sleep(0.1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


@pytest.fixture(autouse=True)
def _no_deadlock():
    before = deadlocks()
    yield
    assert deadlocks() == before


def together(*acts):
    """All at once; what each gave. A refusal in words is an answer."""
    found = at_once(*acts)
    assert [one for one in found if isinstance(one, Exception) and not isinstance(one, Refused)] == []
    return found


def browser(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor():
    return factories.person(role=Role.EDITOR)


def now(entry):
    return Initiative.objects.get(pk=entry.pk)


def test_staff_decide_while_owners_propose(editor):
    entry = factories.initiative(summary="Begin", run_by="samen")
    owner = factories.owner(entry)
    staff, own = browser(editor), browser(owner)
    page = reverse("registry:my-edit", args=[entry.slug])
    form = own.get(page).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if form[name].value() is not False}
    propose(entry, {"summary": "Nummer 0"}, by=owner)
    for number in rounds(40):
        waiting = entry.proposals.open().latest("pk")
        url = reverse("admin:registry_changeproposal_change", args=[waiting.pk])
        given = {"veld": ["summary"], "reden": "Dit moet blijven"} | read_proposal(waiting)
        decided, proposed = together(
            lambda url=url, given=given: staff.post(url, given),
            lambda number=number: own.post(page, sent | {"summary": f"Nummer {number + 1}"}),
        )
        assert (decided.status_code, proposed.status_code) in {(302, 302), (200, 302)}
        if decided.status_code == 200:
            assert "Dit moet blijven" in decided.text
        assert entry.proposals.open().latest("pk").changes.get(outcome="open").new == f"Nummer {number + 1}"


def test_owners_decide_against_staff(editor):
    for _number in rounds(4):
        entry = factories.initiative(run_by="inwoners")
        owner = factories.owner(entry)
        edit(entry, {"summary": "Van de provincie"}, by=editor)
        waiting = entry.proposals.get()
        own, staff = browser(owner), browser(editor)
        read = read_proposal(waiting) | {"veld": ["summary"], "reden": "Mijn reden"}
        found = together(
            lambda own=own, entry=entry, waiting=waiting, read=read: own.post(
                reverse("registry:my-initiative", args=[entry.slug]),
                read | {"doe": "voorstel", "nummer": waiting.pk},
            ),
            lambda staff=staff, waiting=waiting, read=read: staff.post(
                reverse("admin:registry_changeproposal_change", args=[waiting.pk]), read
            ),
        )
        assert {one.status_code for one in found} <= {200, 302, 404}
        assert now(entry).summary == "Van de provincie"
        assert entry.decisions.count() == 1


def test_an_import_against_the_edits_of_owners(editor):
    entries = [factories.initiative(f"Rij {number}", run_by="samen") for number in range(28)]
    for number in rounds(3):
        headers = ["adres", "kosten"]
        rows = [(at, [entry.slug, f"{number} euro"]) for at, entry in enumerate(reversed(entries), 2)]
        table = Table(headers, rows)
        seen = runs.try_out(InitiativeResource(user=editor), table, by=editor).plan

        def bring_in(table=table, seen=seen):
            return runs.carry_out(
                InitiativeResource(user=editor), table, by=editor, file_name="x.csv", seen=seen
            )

        saves = [
            lambda entry=entry, number=number: edit(now(entry), {"audience": f"buren {number}"}, by=editor)
            for entry in entries[::9]
        ]
        found = together(bring_in, *saves)
        assert found[0][1] is not None
        assert {now(entry).costs for entry in entries} == {f"{number} euro"}
        assert {now(entry).audience for entry in entries[::9]} == {f"buren {number}"}


def test_a_merge_against_decisions(editor):
    for _number in rounds(4):
        kept, double = factories.initiative(), factories.initiative()
        if _number % 2:
            kept, double = double, kept
        case = factories.case(initiative=double, status=Status.SUBMITTED)
        link = factories.link(
            double, Link.objects.first().bottleneck if Link.objects.exists() else factories.bottleneck()
        )
        proposal = propose(double, {"summary": "Anders"}, by=None)
        together(
            lambda pair=(double, kept): merge.merge(*pair, by=editor),
            lambda entry=kept: decide(entry, "ingetrokken", by=editor, reason="x"),
            lambda case=case: decide(case, "gepubliceerd", by=editor),
            lambda proposal=proposal: decide_proposal(proposal, ["summary"], by=None),
            lambda link=link: browser(editor).post(
                reverse("admin:registry_link_change", args=[link.pk]),
                {"initiative": link.initiative_id, "bottleneck": link.bottleneck_id, "role": link.role,
                 "explanation": "Nieuw"},
            ),
        )  # fmt: skip
        assert Case.objects.get(pk=case.pk).status == Status.PUBLISHED
        merged = now(double).status == Status.MERGED
        assert Link.objects.get(pk=link.pk).initiative_id in (kept.pk, double.pk)
        assert merged == (Case.objects.get(pk=case.pk).initiative_id == kept.pk)


def test_withdrawing_against_deciding_and_answers(editor):
    for _number in rounds(4):
        entry = factories.initiative(summary="Oud")
        owner = factories.owner(entry)
        proposal = propose(entry, {"summary": "Anders"}, by=owner)
        together(
            lambda entry=entry: withdraw(entry, by=editor, reason="Weg"),
            lambda proposal=proposal: decide_proposal(proposal, ["summary"], by=editor),
            lambda entry=entry, owner=owner: reminders.confirm(entry, by=owner),
            lambda entry=entry, owner=owner: reminders.ask_yearly(entry.ownerships.get(user=owner), False),
        )
        assert now(entry).status == Status.WITHDRAWN
        assert not entry.proposals.open().exists()


def test_rows_on_a_page_against_the_edits_of_its_owner(editor):
    bottleneck = factories.bottleneck()
    for number in rounds(4):
        entry = factories.initiative(run_by="samen")
        link = factories.link(entry, bottleneck)
        row = Exchange.objects.create(initiative=entry, direction="vraagt", text="Een schop")
        client, url = browser(editor), reverse("admin:registry_initiative_change", args=[entry.pk])
        form = client.get(url).context["adminform"].form
        sent = {name: form[name].value() or "" for name in form.fields if form[name].value() is not False}
        sent.pop("image", None)
        for prefix, rows in (
            ("links", [link]),
            ("exchanges", [row]),
            ("mentions", []),
            ("external_ids", []),
            ("decisions", []),
        ):
            sent |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        sent |= {"links-0-id": link.pk, "links-0-initiative": entry.pk, "links-0-bottleneck": bottleneck.pk,
                 "links-0-role": "ervaart", "exchanges-0-id": row.pk, "exchanges-0-initiative": entry.pk,
                 "exchanges-0-direction": "biedt", "exchanges-0-kind": "hulp", "exchanges-0-text": "Een hark"}  # fmt: skip
        change = reverse("admin:registry_link_change", args=[link.pk])
        found = together(
            lambda client=client, url=url, sent=sent: client.post(url, sent).status_code,
            lambda entry=entry, number=number: edit(now(entry), {"audience": f"buren {number}"}, by=None),
            lambda change=change, link=link: browser(editor).post(
                change,
                {"initiative": link.initiative_id, "bottleneck": link.bottleneck_id, "role": "ervaart",
                 "explanation": "Nieuw"},
            ).status_code,
        )  # fmt: skip
        assert (found[0], found[2]) == (302, 302)
        row.refresh_from_db()
        assert (row.text, entry.links.get().role) == ("Een hark", "ervaart")


def test_an_account_that_goes_against_who_leaves(editor):
    for _number in rounds(4):
        entries = [factories.initiative(), factories.initiative()]
        people = [factories.owner(entries[0]) for _person in range(3)]
        for person in people:
            entries[1].ownerships.create(user=person)
        together(
            lambda person=people[0]: forget(person),
            lambda entries=entries, people=people: leave(entries[1], people[1], by=people[2]),
            lambda entries=entries, people=people: leave(entries[0], people[2], by=people[1]),
            lambda entries=entries: decide(entries[1], "ingetrokken", by=editor, reason="x"),
        )
        assert now(entries[1]).status == Status.WITHDRAWN
        assert not any(entry.ownerships.filter(user=people[0].pk or 0).exists() for entry in entries)
