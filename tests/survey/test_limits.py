from collections import Counter

import pytest
from django.test import RequestFactory

from survey import limits, steps
from survey.models import StepCount
from tests.registry.test_at_once import at_once
from tests.survey import making


@pytest.fixture
def now(monkeypatch):
    """A clock to set, and counts of this test alone."""
    clock = {"seconds": 0.0}
    monkeypatch.setattr(limits.time, "monotonic", lambda: clock["seconds"])
    monkeypatch.setattr(limits, "_window", limits._Window())
    return clock


def asked(place="10.0.0.1", action="antwoord", most=2):
    return limits.allow(RequestFactory().get("/", REMOTE_ADDR=place), action, most=most)


def test_each_place_and_act_counts_for_itself_and_a_minute_later_anew(now):
    assert [asked() for _time in range(3)] == [True, True, False]
    assert (asked(place="10.0.0.2"), asked(action="stap")) == (True, True)
    now["seconds"] = limits.WINDOW_SECONDS - 0.1
    assert not asked()
    now["seconds"] = limits.WINDOW_SECONDS
    assert asked()


def test_what_is_counted_says_nothing_and_is_gone_with_the_minute(now):
    asked()
    first = set(limits._window.counts)
    assert "10.0.0.1" not in repr(limits._window.counts)
    now["seconds"] = limits.WINDOW_SECONDS
    asked()
    assert (len(limits._window.counts), first & set(limits._window.counts)) == (1, set())


def test_a_limit_asks_no_database(now, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        asked()


@pytest.mark.django_db(transaction=True)
def test_people_who_reach_a_screen_at_the_same_moment_are_all_counted():
    round = making.round()
    found = at_once(*[lambda: steps.count(round, 3)] * 6)
    assert Counter(found) == Counter({None: 6})
    assert StepCount.objects.get().number == 6
