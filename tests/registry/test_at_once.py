"""Two people at the same moment, for real: one is first, the other is told, nothing happens twice."""

import threading

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from registry.community import contact_messages, introductions, reminders
from registry.foundation.errors import Refused
from registry.lifecycle.merge import merge
from registry.mail import verification
from registry.models import Decision, Initiative, Introduction, Notice, Proof, Role, Status, User
from registry.moderation.decisions import decide
from registry.proposals.proposals import decide_proposal, edit, propose
from registry.registration.signup import register
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run all at the same moment, each with a connection of its own; what each gave or raised."""
    line, found = threading.Barrier(len(acts), timeout=300), [None] * len(acts)

    def run(place, act):
        try:
            line.wait()
            found[place] = act()
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    return found


def refused(found):
    assert [error for error in found if isinstance(error, Exception) and not isinstance(error, Refused)] == []
    return [isinstance(one, Refused) for one in found].count(True)


def test_of_two_who_decide_the_second_is_told():
    entry = factories.initiative(status=Status.SUBMITTED)
    first, second = factories.person(), factories.person()
    found = at_once(
        lambda: decide(Initiative.objects.get(), "gepubliceerd", by=first, seen="ingediend"),
        lambda: decide(Initiative.objects.get(), "afgewezen", by=second, reason="Nee", seen="ingediend"),
    )
    assert refused(found) == 1
    step = Decision.objects.get(initiative=entry)
    assert Initiative.objects.get().status == step.to_status


def test_of_two_who_decide_about_a_proposal_the_second_is_told():
    entry = factories.initiative(summary="Oud")
    proposal = propose(entry, {"summary": "Anders"}, by=None)
    found = at_once(
        lambda: decide_proposal(proposal, {"summary"}, by=None),
        lambda: decide_proposal(proposal, set(), by=None, reason="Nee"),
    )
    assert refused(found) == 1
    taken = proposal.changes.get().outcome == "overgenomen"
    assert Initiative.objects.get().summary == ("Anders" if taken else "Oud")
    assert Decision.objects.count() == 1


def test_an_edit_beside_a_decision_undoes_nothing():
    for _time in range(5):
        entry = factories.initiative(status=Status.SUBMITTED)
        read_before = Initiative.objects.get(pk=entry.pk)
        found = at_once(
            lambda entry=entry: decide(entry, "gepubliceerd", by=None),
            lambda entry=read_before: edit(entry, {"summary": "Anders"}, by=None),
        )
        assert refused(found) == 0
        now = Initiative.objects.get(pk=entry.pk)
        assert (now.status, now.summary) == (Status.PUBLISHED, "Anders")


def test_two_merges_in_a_circle_leave_one():
    pair = factories.initiative("Een"), factories.initiative("Twee")
    found = at_once(
        lambda: merge(*pair, by=None),
        lambda: merge(*pair[::-1], by=None),
    )
    assert refused(found) == 1
    assert sorted(Initiative.objects.values_list("status", flat=True)) == ["gepubliceerd", "samengevoegd"]


def test_two_yeses_at_once_introduce_once():
    sides = factories.initiative("Een"), factories.initiative("Twee")
    owners = {side: factories.owner(side) for side in sides}
    introduction = introductions.ask(*sides, why="")
    before = Email.objects.count()
    found = at_once(
        *(
            lambda side=side: introductions.answer(introduction, side, by=owners[side], yes=True)
            for side in sides * 2
        )
    )
    assert refused(found) == 0
    assert Introduction.objects.get().introduced_at is not None
    assert Email.objects.count() == before + 2


def test_a_proof_is_spent_once():
    proof, _token, _code = verification.issue(Proof.Purpose.FOLLOW, "a@voorbeeld.nl")
    assert sorted(at_once(*[lambda: verification.use(proof)] * 4)) == [False, False, False, True]


def test_a_link_that_is_pressed_twice_registers_once():
    initiative, _proof = register({"name": "Soep", "summary": "x"}, email="a@voorbeeld.nl")
    _proof, token, _code = verification.issue(Proof.Purpose.REGISTER, "a@voorbeeld.nl", initiative=initiative)
    address = reverse("registry:proof", args=[token])
    found = at_once(*[lambda: Client().post(address).status_code] * 3)
    assert sorted(found) == [302, 410, 410]
    assert (User.objects.count(), Decision.objects.count()) == (1, 1)


def test_the_same_name_at_the_same_moment_gets_two_addresses():
    found = at_once(*[lambda: register({"name": "Soep"}, email="a@voorbeeld.nl")[0].slug] * 4)
    assert sorted(found) == ["soep", "soep-2", "soep-3", "soep-4"]


def test_a_claim_is_handed_over_once():
    entry = factories.initiative()
    notice = Notice.objects.create(
        kind="overnemen", page="/", text="Van mij", email="a@voorbeeld.nl", initiative=entry
    )
    address = reverse("admin:registry_notice_change", args=[notice.pk])
    clients = []
    for _number in range(2):
        clients.append(Client())
        clients[-1].force_login(factories.person(role=Role.EDITOR))
    found = at_once(
        *(lambda one=one: one.post(address, {"doe": "overdragen"}).status_code for one in clients)
    )
    assert sorted(found) == [200, 302]
    assert Email.objects.count() == 1


@pytest.mark.parametrize(
    ("acts", "ends"),
    [
        (("stop", "stop"), {"gestopt"}),
        (("stop", "confirm"), {""}),
        (("stop", "stop", "confirm"), {"", "gestopt"}),
    ],
)
def test_two_owners_who_answer_at_once_meet(acts, ends):
    for _time in range(3):
        entry = factories.initiative()
        owners = [factories.owner(entry) for _act in acts]

        def act(name, owner, entry=entry):
            if name == "stop":
                return reminders.stop(entry, lessons="", by=owner)
            return reminders.confirm(entry, by=owner)

        found = at_once(
            *(
                lambda name=name, owner=owner: act(name, owner)
                for name, owner in zip(acts, owners, strict=True)
            )
        )
        activity = Initiative.objects.get(pk=entry.pk).activity
        assert activity in ends
        # Who confirms after both said that it stopped is told so; nobody else is refused.
        told_late = [name for name, outcome in zip(acts, found, strict=True) if isinstance(outcome, Refused)]
        assert refused(found) == len(told_late)
        assert told_late in ([], ["confirm"] if activity == "gestopt" else [])
        assert entry.proposals.open().count() <= 1
        assert found.count(True) == (activity == "gestopt")


def test_a_message_that_is_confirmed_twice_goes_on_once():
    entry = factories.initiative(contact_email="a@voorbeeld.nl")
    message = entry.contact_messages.create(sender_name="Jan", sender_email="b@voorbeeld.nl", text="Dag")
    at_once(*[lambda: contact_messages.pass_on(message)] * 4)
    assert Email.objects.count() == 1
