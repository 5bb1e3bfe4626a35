"""A flood from one place neither closes the survey for others nor fills a disk."""

from collections import Counter

import pytest

from survey.fieldwork import progress
from survey.models import Response, StepCount
from tests.registry.test_at_once import at_once
from tests.survey import making
from tests.survey.sending import address, sent


@pytest.mark.django_db(transaction=True)
def test_people_who_reach_a_screen_at_the_same_moment_are_all_counted():
    round = making.round()
    found = at_once(*[lambda: progress.count(round, 3)] * 6)
    assert Counter(found) == Counter({None: 6})
    assert StepCount.objects.get().number == 6


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ANSWER_BYTES_AN_HOUR", "ANSWER_BYTES_A_DAY"])
def test_a_place_that_sends_too_many_bytes_waits_and_keeps_what_was_typed(client, settings, name):
    making.round()
    setattr(settings, name, 5000)
    place = {"REMOTE_ADDR": "10.3.0.1"}
    answers = [client.post(address(), sent(), **place) for _time in range(20)]
    statuses = [one.status_code for one in answers]
    assert (statuses[0], statuses[-1]) == (200, 429)
    assert Response.objects.count() == statuses.count(200) <= 5000 // 500
    assert "over een uur nog eens" in answers[-1].text
    assert "HavenHart</textarea>" in answers[-1].text
    assert answers[-1]["Retry-After"] == "3600"
    assert client.post(address(), sent(), REMOTE_ADDR="10.3.0.2").status_code == 200


@pytest.mark.django_db
def test_long_answers_are_counted_by_their_length(client, settings):
    making.round()
    settings.ANSWER_BYTES_AN_HOUR = 5000
    long = sent(**{"woorden-voorbeeld": "o" * 1500})
    statuses = [client.post(address(), long).status_code for _time in range(4)]
    assert 429 in statuses


@pytest.mark.django_db
def test_a_whole_festival_fits_in_the_bytes_of_one_place(settings):
    making.round()
    size = 2000
    assert 10_000 * size <= settings.ANSWER_BYTES_AN_HOUR
    assert 40_000 * size <= settings.ANSWER_BYTES_A_DAY
