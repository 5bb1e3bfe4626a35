"""Each table that shows on the page of an initiative, straight in the database, the same on both."""

import pytest
from django.core.management import call_command
from django.db import connection

from registry.models import (
    Bottleneck,
    Case,
    ContentStamp,
    ExternalId,
    Initiative,
    Level,
    Link,
    Mention,
    Municipality,
    Organisation,
    Place,
    Source,
    Status,
    Trace,
    Wording,
)
from registry.partners import install_triggers, trace_triggers
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def known():
    """A published initiative with one of everything that its page shows."""
    entry = factories.initiative(
        "Soep",
        municipality=factories.municipality("GM0034"),
        place=factories.place(),
        organisation=factories.organisation(),
        contact_name="Fatima",
        longitude="5.2",
        latitude="52.4",
    )
    factories.link(entry, factories.bottleneck())
    entry.mentions.create(event="Festival", source=factories.source())
    entry.exchanges.create(direction="vraagt", text="Pannen")
    entry.external_ids.create(scheme="kvk", value="12345678")
    factories.case(initiative=entry)
    return entry


def moved(act):
    """Whether the act moved the trace (to the newest version), and whether it moved the stamp."""
    before, counted = Trace.objects.get(), ContentStamp.current()
    act()
    after = Trace.objects.get()
    assert after.version in (before.version, ContentStamp.current())
    assert after.changed_at >= before.changed_at
    return after.version > before.version, ContentStamp.current() > counted


SEEN = {
    "name": lambda one: Initiative.objects.update(name="Brood"),
    "confirmed": lambda one: Initiative.objects.update(confirmed_on="2026-01-01"),
    "point": lambda one: Initiative.objects.update(longitude="5.3"),
    "organisation": lambda one: Initiative.objects.update(organisation=None),
    "contact made public": lambda one: Initiative.objects.update(is_contact_public=True),
    "link": lambda one: Link.objects.update(is_confirmed=True),
    "link added": lambda one: factories.link(one, Bottleneck.objects.get(), Link.Role.FACES),
    "link removed": lambda one: one.links.all().delete(),
    "mention": lambda one: one.mentions.update(count=3),
    "mention removed": lambda one: one.mentions.all().delete(),
    "exchange": lambda one: one.exchanges.update(text="Borden"),
    "external id": lambda one: one.external_ids.update(value="87654321"),
    "case": lambda one: one.cases.update(title="Anders"),
    "case withdrawn": lambda one: one.cases.update(status=Status.WITHDRAWN),
    "municipality": lambda one: Municipality.objects.filter(code="GM0034").update(name="Almere!"),
    "place": lambda one: Place.objects.update(name="Haven"),
    "organisation renamed": lambda one: Organisation.objects.update(name="Anders"),
    "organisation website": lambda one: Organisation.objects.update(website="https://voorbeeld.nl"),
    "source": lambda one: Source.objects.update(citation="Anders, 2020"),
    "bottleneck candidate": lambda one: Bottleneck.objects.update(status="kandidaat"),
    "bottleneck level": lambda one: Bottleneck.objects.update(level=factories.level("bestuurlijk")),
    "level": lambda one: Level.objects.filter(slug="relationeel").update(position=9),
}
UNSEEN = {
    "order": lambda one: Initiative.objects.update(position=1),
    "other municipality": lambda one: factories.municipality("GM0184"),
    "inhabitants": lambda one: Municipality.objects.update(inhabitants=1),
    "bottleneck explained": lambda one: Bottleneck.objects.update(explanation="Anders"),
    "wording": lambda one: Wording.objects.update(text="Anders"),
}
PRIVATE = {
    "saved": lambda one: Initiative.objects.get().save(),
    "asked": lambda one: Initiative.objects.update(reminded_on="2026-01-01"),
    "hidden contact": lambda one: Initiative.objects.update(contact_name="Ans", contact_phone="06"),
    "draft case": lambda one: factories.case(initiative=one, status=Status.DRAFT),
    "organisation address": lambda one: Organisation.objects.update(contact_email="a@voorbeeld.nl"),
    "other initiative": lambda one: factories.initiative(status=Status.DRAFT),
    "case saved": lambda one: one.cases.get().save(),
    "same again": lambda one: Initiative.objects.update(name=one.name),
    "link of another concept": lambda one: factories.link(
        factories.initiative(status=Status.DRAFT), Bottleneck.objects.get()
    ),
    "other organisation": lambda one: factories.organisation(),
    "candidate": lambda one: factories.bottleneck("R7", status="kandidaat"),
}


@pytest.mark.parametrize("act", SEEN.values(), ids=SEEN)
def test_trace_moves_with_what_the_public_sees(known, act):
    assert moved(lambda: act(known)) == (True, True)


@pytest.mark.parametrize("act", UNSEEN.values(), ids=UNSEEN)
def test_trace_stays_with_what_nobody_sees_on_its_page(known, act):
    assert moved(lambda: act(known)) == (False, True)


@pytest.mark.parametrize("act", PRIVATE.values(), ids=PRIVATE)
def test_neither_moves_with_what_nobody_sees(known, act):
    assert moved(lambda: act(known)) == (False, False)


def test_trace_and_stamp_stay_when_a_statement_hits_nothing(known):
    nobody = Initiative.objects.filter(slug="bestaat-niet")
    assert moved(lambda: nobody.update(name="Anders")) == (False, False)


def test_trace_moves_with_a_contact_that_is_public(known):
    Initiative.objects.update(is_contact_public=True)
    assert moved(lambda: Initiative.objects.update(contact_name="Ans")) == (True, True)


def test_both_traces_move_with_a_link_that_moves(known):
    other = factories.initiative()
    link = Link.objects.get()
    link.initiative = other
    link.save()
    versions = Trace.objects.values_list("version", flat=True)
    # A statement is one version on PostgreSQL; on SQLite it is one a row, and this hit one row.
    assert [*versions] == [ContentStamp.current()] * 2


def test_deleted_leaves_a_trace_that_says_so():
    factories.initiative().delete()
    gone = Trace.objects.get()
    assert (gone.is_removed, gone.version) == (True, ContentStamp.current())


def test_trace_moves_with_a_row_that_was_there_already():
    """An insert that is told to ignore what is there must not tell the trigger so."""
    entry = factories.initiative()
    code = factories.bottleneck()
    rows = [Link(initiative=entry, bottleneck=code, role=role) for role in Link.Role]
    Link.objects.bulk_create(rows[:1])
    before = Trace.objects.get().version
    Link.objects.bulk_create(rows, ignore_conflicts=True)
    assert (Link.objects.count(), Trace.objects.get().version > before) == (2, True)


def test_one_statement_touches_all_that_it_should():
    entries = [factories.initiative(municipality=factories.municipality()) for _number in range(3)]
    factories.initiative()
    Municipality.objects.update(name="Anders")
    newest = Trace.objects.filter(version=ContentStamp.current())
    assert sorted(newest.values_list("initiative", flat=True)) == sorted(entry.pk for entry in entries)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_statement_counts_once_or_once_a_row(rows):
    factories.bottleneck()
    before = ContentStamp.current()
    Initiative.objects.bulk_create(
        [Initiative(name=f"{one}", slug=f"{one}", status="gepubliceerd") for one in range(rows)]
    )
    by = {"postgresql": 1, "sqlite": rows}[connection.vendor]
    assert ContentStamp.current() == before + by


def test_triggers_that_were_away_make_everything_count_as_changed(known):
    """SQLite loses its triggers during a migrate: what changed meanwhile may not be missed."""
    other = factories.initiative()
    before = ContentStamp.current()
    install_triggers.remove(plan=["a migration"])
    Initiative.objects.filter(pk=known.pk).update(name="Ongezien")
    Initiative.objects.filter(pk=other.pk).update(status=Status.WITHDRAWN)
    install_triggers.install()
    newer = Trace.objects.filter(version__gt=before).order_by("initiative")
    assert [*newer.values_list("initiative", "is_removed")] == [(known.pk, False), (other.pk, True)]


def test_remove_leaves_the_triggers_when_there_is_nothing_to_migrate(known):
    install_triggers.remove(plan=[])
    assert moved(lambda: Initiative.objects.update(name="Anders")) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_a_flush_leaves_neither_trace_nor_stamp_of_before(known):
    ExternalId.objects.all().delete()
    call_command("flush", interactive=False, verbosity=0)
    assert (Trace.objects.count(), Mention.objects.count(), Case.objects.count()) == (0, 0, 0)
    entry = factories.initiative()
    assert Trace.objects.get().initiative == entry.pk


@pytest.mark.parametrize("act", ["APPEAR", "REMOVE", "TOUCH"])
def test_a_row_that_comes_in_does_not_read_all_that_is_public(act):
    """SQLite runs it for each row: 100,000 new ones must not each look through the others."""
    if connection.vendor != "sqlite":
        # There it runs once a statement, and reads no more than the statement wrote or all at once.
        return
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + getattr(trace_triggers, act).format(touched="SELECT 5"))
        plan = [row[3] for row in cursor.fetchall()]
    assert [step for step in plan if "status" in step or step.startswith("SCAN registry")] == []
