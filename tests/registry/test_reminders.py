from datetime import date, timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from registry import reminders
from registry.models import Initiative, Status
from registry.moderation import decide
from registry.registration import make_owner
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2027, 6, 1)


def entry(*, ago=400, owned=True, **fields):
    published_at = timezone.make_aware(timezone.datetime(2027, 6, 1, 12)) - timedelta(days=ago)
    made = factories.initiative(**{"published_at": published_at} | fields)
    if owned:
        make_owner(made, f"{made.slug}@voorbeeld.nl")
    return made


def test_only_what_is_old_public_owned_and_unasked_is_due():
    old = entry()
    entry(ago=300)
    entry(owned=False)
    entry(status=Status.WITHDRAWN)
    entry(activity=Initiative.Activity.STOPPED)
    entry(is_sample=True)
    entry(confirmed_on=TODAY - timedelta(days=10))
    entry(reminded_on=TODAY - timedelta(days=10))
    again = entry(confirmed_on=TODAY - timedelta(days=365), reminded_on=TODAY - timedelta(days=380))
    assert list(reminders.due(TODAY)) == [old, again]


def test_asking_twice_asks_once_and_the_limit_holds():
    for _number in range(3):
        entry()
    assert len(reminders.send(limit=2, day=TODAY)) == 2
    assert len(reminders.send(limit=2, day=TODAY)) == 1
    assert reminders.send(limit=2, day=TODAY) == []
    assert Email.objects.count() == 3


def test_asking_and_confirming_do_not_touch_changed_at_or_history():
    initiative = entry()
    before = (Initiative.objects.get().changed_at, initiative.history.count())
    reminders.send(limit=5, day=TODAY)
    reminders.confirm(initiative, by=initiative.ownerships.get().user)
    after = Initiative.objects.get()
    assert (after.changed_at, initiative.history.count()) == before
    assert after.confirmed_on == timezone.localdate()
    assert initiative.decisions.get().reason == "Klopt nog"


def test_a_month_of_silence_is_shown():
    today = timezone.localdate()
    asked = Initiative(reminded_on=today - timedelta(days=31))
    assert asked.is_unconfirmed
    assert not Initiative(reminded_on=today - timedelta(days=30)).is_unconfirmed
    assert not Initiative(reminded_on=today - timedelta(days=31), confirmed_on=today).is_unconfirmed
    assert Initiative(reminded_on=today - timedelta(days=31), confirmed_on=date(2020, 1, 1)).is_unconfirmed
    assert not Initiative().is_unconfirmed


def test_stopping_keeps_the_page_and_what_was_learnt_waits_for_staff():
    initiative = entry()
    reminders.stop(initiative, lessons=" Begin klein ", by=None)
    after = Initiative.objects.published().get()
    assert (after.activity, after.lessons, after.ends_on) == ("gestopt", "", timezone.localdate())
    assert [(change.field, change.new) for change in initiative.proposals.get().changes.all()] == [
        ("lessons", "Begin klein")
    ]


def test_stopping_before_it_is_public_asks_nobody():
    initiative = entry(status=Status.SUBMITTED)
    reminders.stop(initiative, lessons="Begin klein", by=None)
    assert Initiative.objects.get().lessons == "Begin klein"
    assert not initiative.proposals.exists()


def test_stopping_leaves_what_a_colleague_decided_meanwhile():
    initiative = entry(status=Status.SUBMITTED)
    decide(Initiative.objects.get(), Status.PUBLISHED, by=None)
    reminders.stop(initiative, lessons="", by=None)
    assert Initiative.objects.get().status == Status.PUBLISHED
