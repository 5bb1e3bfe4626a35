"""Who writes at the same time: nobody waits for another, and nothing is counted twice, too early or not at all."""

import threading

import pytest
from django.db import connection, connections, transaction

from registry.models import Bottleneck, ContentStamp, Initiative, Link, Status, Trace
from registry.partners.change_feed import changes
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_writes_waits_for_nobody_and_who_commits_later_comes_later():
    """Eight have changed something and are not done; they commit in the other order, and none is passed."""
    if connection.vendor == "sqlite":
        # There a writer waits for the other from its first word; nothing to see.
        return
    entries = [factories.initiative() for _number in range(8)]
    all_wrote = threading.Barrier(len(entries) + 1, timeout=120)
    may_commit = [threading.Event() for _entry in entries]
    wrong = []

    def change(entry, goes_on):
        try:
            with transaction.atomic():
                Initiative.objects.filter(pk=entry.pk).update(name="Anders")
                all_wrote.wait()
                goes_on.wait(timeout=300)
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    before = changes(size=20).moment
    threads = [threading.Thread(target=change, args=pair) for pair in zip(entries, may_commit, strict=True)]
    for thread in threads:
        thread.start()
    all_wrote.wait()
    newest = ContentStamp.current()
    for number, (thread, goes_on) in enumerate(reversed([*zip(threads, may_commit, strict=True)]), start=1):
        goes_on.set()
        thread.join(timeout=120)
        committed = [entry.pk for entry in entries[: -number - 1 : -1]]
        # The one that was there before stands at that moment too.
        traces = [trace for trace in changes(size=20, since=before).traces if trace.version > newest]
        assert [trace.initiative for trace in traces] == committed
        assert ContentStamp.current() == newest + number == traces[-1].version
    assert wrong == []


def test_what_a_transaction_sees_of_its_own_changes_is_gone_when_it_is_undone():
    entry = factories.initiative()
    counted, before = ContentStamp.current(), Trace.objects.get()
    with transaction.atomic():
        Initiative.objects.update(name="Anders")
        assert ContentStamp.current() == counted + 1 == Trace.objects.get().version
        with transaction.atomic():
            Initiative.objects.update(name="Weer anders")
            transaction.set_rollback(True)
        assert ContentStamp.current() == counted + 1
        factories.link(entry, factories.bottleneck())
        transaction.set_rollback(True)
    assert (ContentStamp.current(), Trace.objects.get().version) == (counted, before.version)
    with transaction.atomic():
        Initiative.objects.update(name="Anders")
        with transaction.atomic():
            Initiative.objects.update(summary="Anders")
            transaction.set_rollback(True)
    assert ContentStamp.current() == counted + 1 == Trace.objects.get().version
    with transaction.atomic():
        with transaction.atomic():
            Initiative.objects.update(name="Nog eens")
            transaction.set_rollback(True)
        Initiative.objects.update(summary="Nog eens")
    assert ContentStamp.current() == counted + 2 == Trace.objects.get().version


def test_what_two_do_at_once_to_one_page_is_counted_whoever_is_first():
    """Each sees nothing of the other until that commits; what comes last tells the whole."""
    if connection.vendor == "sqlite":
        return
    draft = factories.initiative(status=Status.DRAFT)
    factories.bottleneck("R1", status="kandidaat")
    both_wrote = threading.Barrier(2, timeout=120)
    acts = [
        lambda: Initiative.objects.filter(pk=draft.pk).update(status=Status.PUBLISHED),
        lambda: Bottleneck.objects.update(status="actief"),
        lambda: Link.objects.create(initiative=draft, bottleneck_id="R1", role=Link.Role.FACES),
    ]

    def act_and_commit(act, waits_for):
        with transaction.atomic():
            act()
            both_wrote.wait()
            if waits_for:
                waits_for.join(timeout=120)
        connections.close_all()

    for act in acts[:2]:
        before = ContentStamp.current()
        first = threading.Thread(target=act_and_commit, args=[act, None])
        second = threading.Thread(target=act_and_commit, args=[acts[2], first])
        first.start(), second.start()
        second.join(timeout=240)
        link = Link.objects.get()
        is_shown = Link.objects.public().exists()
        assert is_shown == (act is acts[1])
        assert Trace.objects.get().version == before + (2 if is_shown else 1)
        link.delete()
