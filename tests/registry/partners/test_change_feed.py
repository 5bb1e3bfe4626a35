"""Who follows the changes ends equal to a full download, whatever happens in between."""

import base64
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.community.reminders import confirm
from registry.exporting.as_json import initiatives
from registry.foundation.errors import Refused
from registry.lifecycle.merge import merge
from registry.models import (
    Bottleneck,
    ContentStamp,
    Initiative,
    Link,
    Municipality,
    Organisation,
    Status,
    Trace,
)
from registry.moderation.decisions import decide
from registry.partners.change_feed import changes
from tests import factories

CODES = ["R1", "R2", "M1"]


def represented(keys):
    return {one["id"]: one for one in initiatives(list(keys), "https://voorbeeld.nl")}


def full_download():
    return represented(Initiative.objects.published().values_list("pk", flat=True))


class Follower:
    """A partner: a full download in pages, and what changed ever after."""

    def __init__(self, size):
        self.size = size
        self.known = {}
        self.since = self.after = None

    def take_a_page(self):
        page = changes(
            size=self.size, since=self.since, after=self.after, with_removed=self.since is not None
        )
        there = represented(trace.initiative for trace in page.traces)
        for trace in page.traces:
            key = str(trace.public_id)
            if trace.is_removed:
                self.known.pop(key, None)
            elif key in there:
                self.known[key] = there[key]
        self.after = page.after
        if page.after is None:
            self.since = page.moment
        return page.after is not None

    def take_all(self):
        """What is left of this traversal, and one that starts now."""
        for _traversal in range(2):
            while self.take_a_page():
                pass


def _published(number):
    return Initiative.objects.published().order_by("pk")[number : number + 1].first()


def _any(number):
    return Initiative.objects.order_by("pk")[number : number + 1].first()


def _publish(number):
    if entry := _any(number):
        decide(entry, Status.PUBLISHED, by=None)


def _withdraw(number):
    if entry := _published(number):
        decide(entry, Status.WITHDRAWN, by=None, reason="Weg")


def _edit(number):
    if entry := _any(number):
        Initiative.objects.filter(pk=entry.pk).update(summary=f"Nieuw {ContentStamp.current()}")


def _link(number):
    if entry := _any(number):
        Link.objects.get_or_create(initiative=entry, bottleneck_id=CODES[number % 3], role=Link.Role.TACKLES)


def _merge(number):
    one, other = _any(number), _published(0)
    if one and other:
        merge(one, other, by=None)


def _delete(number):
    entry = _any(number)
    if entry and not Initiative.objects.filter(merged_into=entry).exists():
        entry.delete()


WRITES = {
    "publish": _publish,
    "withdraw": _withdraw,
    "edit": _edit,
    "edit all": lambda _number: Initiative.objects.update(costs=f"{ContentStamp.current()} euro"),
    "link": _link,
    "unlink": lambda number: Link.objects.filter(bottleneck=CODES[number % 3]).delete(),
    "explain": lambda number: Link.objects.filter(bottleneck=CODES[number % 3]).update(explanation="Zo"),
    "confirm": lambda number: (entry := _any(number)) and confirm(entry, by=None),
    "merge": _merge,
    "delete": _delete,
    "new": lambda _number: factories.initiative(),
    "hide bottleneck": lambda number: Bottleneck.objects.filter(pk=CODES[number % 3]).update(
        status="kandidaat"
    ),
    "show bottleneck": lambda number: Bottleneck.objects.filter(pk=CODES[number % 3]).update(status="actief"),
    "rename municipality": lambda _number: Municipality.objects.update(name=f"G{ContentStamp.current()}"),
    "rename organisation": lambda _number: Organisation.objects.update(name=f"O{ContentStamp.current()}"),
}


def write(name, number):
    try:
        with transaction.atomic():
            WRITES[name](number)
    except Refused:
        pass


def world():
    municipality, organisation = factories.municipality(), factories.organisation()
    for code in CODES:
        factories.bottleneck(code)
    for status in (Status.PUBLISHED, Status.PUBLISHED, Status.PUBLISHED, Status.DRAFT, Status.WITHDRAWN):
        made = factories.initiative(status=status, municipality=municipality, organisation=organisation)
        factories.link(made, Bottleneck.objects.get(pk="R1"))


step = st.one_of(st.none(), st.tuples(st.sampled_from(sorted(WRITES)), st.integers(0, 5)))


@pytest.mark.django_db
# What is undone stays on PostgreSQL's pages until the end of the test: each example there is slower than the last.
@settings(max_examples=100 if connection.vendor == "sqlite" else 35)
@given(steps=st.lists(step, max_size=25), size=st.integers(1, 4))
def test_a_follower_ends_equal_to_a_full_download(steps, size):
    point = transaction.savepoint()
    # What is undone takes the versions with it: the next example has the same ones for other content.
    caches["figures"].clear()
    try:
        world()
        follower = Follower(size)
        for what in steps:
            if what is None:
                follower.take_a_page()
            else:
                write(*what)
        follower.take_all()
        assert follower.known == full_download()
        live = Trace.objects.filter(is_removed=False)
        assert {str(trace.public_id) for trace in live} == set(follower.known)
    finally:
        transaction.savepoint_rollback(point)


@pytest.mark.django_db(transaction=True)
def test_a_follower_ends_equal_while_others_write_at_the_same_time():
    world()
    follower, done = Follower(2), threading.Event()
    wrong = []

    def follow():
        try:
            while not done.is_set():
                follower.take_a_page()
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    def keep_writing(seed):
        names = sorted(WRITES)
        try:
            for number in range(15):
                try:
                    with transaction.atomic():
                        # Two in one transaction: the second waits with the first still open.
                        for turn in (number * 7 + seed, number * 3 + seed):
                            write(names[turn % len(names)], turn % 6)
                except (IntegrityError, OperationalError):
                    # PostgreSQL ended one of two that waited for each other, or refused to delete what the
                    # other had just decided about: nothing was written.
                    pass
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    reader = threading.Thread(target=follow)
    writers = [threading.Thread(target=keep_writing, args=[seed]) for seed in (1, 2)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join(timeout=120)
    done.set()
    reader.join(timeout=60)
    assert wrong == []
    follower.take_all()
    assert follower.known == full_download()
    assert len(follower.known) > 0


@pytest.mark.django_db
def test_changes_are_in_order_and_in_pages():
    entries = [factories.initiative() for _number in range(5)]
    Initiative.objects.filter(pk=entries[0].pk).update(name="Anders")
    seen, after = [], None
    while True:
        page = changes(size=2, after=after)
        seen.append([trace.initiative for trace in page.traces])
        after = page.after
        if after is None:
            break
    keys = [entry.pk for entry in entries]
    assert seen == [keys[1:3], keys[3:5], keys[:1]]


@pytest.mark.django_db
def test_since_is_inclusive_and_the_moment_that_of_the_start():
    factories.initiative()
    first = changes(size=1)
    other = factories.initiative()
    assert [trace.initiative for trace in changes(size=9, since=first.moment).traces][-1] == other.pk
    newest = changes(size=9).moment
    assert newest == Trace.objects.get(initiative=other.pk).changed_at
    assert len(changes(size=9, since=newest).traces) == 1
    assert changes(size=9, since=newest + timedelta(seconds=1)).traces == ()


@pytest.mark.django_db
def test_moment_is_carried_through_the_pages():
    for _number in range(3):
        factories.initiative()
    first = changes(size=1)
    Initiative.objects.update(name="Anders")
    last = first
    while last.after:
        last = changes(size=1, after=last.after)
    assert last.moment == first.moment < changes(size=1).moment


@pytest.mark.django_db
def test_moments_never_go_back():
    ContentStamp.objects.update(changed_at=datetime(2999, 1, 1, tzinfo=UTC))
    factories.initiative()
    assert Trace.objects.get().changed_at == datetime(2999, 1, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_removed_ones_come_only_when_asked():
    factories.initiative()
    gone = factories.initiative()
    gone.delete()
    assert [trace.is_removed for trace in changes(size=9).traces] == [False, True]
    assert [trace.is_removed for trace in changes(size=9, with_removed=False).traces] == [False]


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_costs_the_same_queries(rows, django_assert_num_queries):
    for _number in range(rows):
        factories.initiative()
    moment = changes(size=1).moment - timedelta(days=1)
    with django_assert_num_queries(3):
        changes(size=10, since=moment)


def _token(text):
    return base64.urlsafe_b64encode(text.encode()).decode()


BROKEN = [
    "",
    "*",
    "é",
    "a" * 10_000,
    "\x00",
    "\ud800",
    _token("1"),
    _token(f"-1.{uuid.uuid4().hex}.1"),
    _token(f"{2**63}.{uuid.uuid4().hex}.1"),
    _token(f"{'9' * 5000}.{uuid.uuid4().hex}.1"),
    _token(f"1.{uuid.uuid4().hex}.{10**30}"),
    _token("1.x.1"),
    _token(f"1.{uuid.uuid4().hex}."),
]


@pytest.mark.django_db
@pytest.mark.parametrize("token", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_cursor_is_refused_with_what_to_do(token):
    with pytest.raises(ValueError, match="begin opnieuw"):
        changes(size=1, after=token)


@pytest.mark.django_db
@given(st.text())
def test_any_text_is_a_cursor_or_is_refused(text):
    try:
        changes(size=1, after=text)
    except ValueError as refused:
        assert "begin opnieuw" in str(refused)


@pytest.mark.django_db
def test_what_was_brought_in_at_once_is_paged_through_without_reading_all_of_it_again():
    for _one in range(7):
        factories.initiative()
    keys = list(Trace.objects.order_by("public_id").values_list("public_id", flat=True))
    Trace.objects.filter(public_id__in=keys[:5]).update(version=1)
    seen, after = [], None
    while True:
        page = changes(size=2, after=after)
        seen += [trace.public_id for trace in page.traces]
        after = page.after
        if after is None:
            break
    assert seen == list(Trace.objects.order_by("version", "public_id").values_list("public_id", flat=True))


@pytest.mark.django_db
def test_a_database_is_emptied_in_any_order():
    """Django empties it table by table, in the order of a set."""
    code = factories.bottleneck()
    entry = factories.initiative(municipality=factories.municipality())
    case = factories.case(initiative=entry)
    case.bottlenecks.add(code)
    link = factories.link(entry, code)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_contentstamp")
    case.bottlenecks.clear()
    link.delete()
    case.delete()
    entry.delete()
    code.delete()
    assert not Initiative.objects.exists()
