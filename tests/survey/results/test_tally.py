from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, product

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from survey.models import Response, Rollup, Round
from survey.results import tally
from survey.results.tally import Tally
from tests.survey import making
from tests.survey.counting import anybody, store

BITS, POSITIONS = [0, 1, 7, 8, 33, 62], [1, 2, 4]
PLACES, ROLES = ["", "GM0034", "liever-niet"], ["", "inwoner"]
rows = st.lists(
    st.tuples(
        st.integers(0, 2**63 - 1),
        st.integers(0, 31),
        st.sampled_from(PLACES),
        st.sampled_from(ROLES),
        st.sampled_from(Response.Channel.values),
    ),
    max_size=40,
)


@given(rows)
def test_count_is_what_one_by_one_gives(people):
    ours = tally.count(people, BITS, POSITIONS)

    def number(**is_so):
        return sum(
            all(row[0] >> bit & 1 for bit in is_so.get("bits", ()))
            and all(row[1] >> position & 1 for position in is_so.get("levels", ()))
            and is_so.get("place", row[2]) == row[2]
            and is_so.get("role", row[3]) == row[3]
            for row in people
        )

    assert (ours.responses, ours.on_paper) == (len(people), [row[4] for row in people].count("papier"))
    for bit, position in product(BITS, POSITIONS):
        assert ours.item(bit) == number(bits=[bit])
        assert ours.level(position) == number(levels=[position])
        assert ours.item_at(bit, position) == number(bits=[bit], levels=[position])
    for one, two in combinations(BITS, 2):
        assert ours.both(one, two) == ours.both(two, one) == number(bits=[one, two])
    for one, two in combinations(POSITIONS, 2):
        assert ours.levels(one, two) == ours.levels(two, one) == number(levels=[one, two])
    assert ours.groups("gemeente") == sorted({row[2] for row in people})
    for place, position in product(PLACES, POSITIONS):
        assert ours.group_level("gemeente", place, position) == number(place=place, levels=[position])
        for role in ROLES:
            assert ours.together(place, role, position) == number(place=place, role=role, levels=[position])
    for role, bit in product(ROLES, BITS):
        assert ours.group_item("rol", role, bit) == number(role=role, bits=[bit])


@given(rows, rows)
def test_two_tallies_add_up_to_the_tally_of_all(some, others):
    apart = tally.count(some, BITS, POSITIONS) + tally.count(others, BITS, POSITIONS)
    assert apart == tally.count(some + others, BITS, POSITIONS)


@pytest.mark.django_db
@given(st.lists(st.one_of(st.integers(1, 9), st.just("tel op")), max_size=8))
def test_the_live_tally_is_a_full_recount_whenever_it_is_asked(steps):
    round = Round.objects.first() or making.round()
    Response.objects.all().delete()
    Rollup.objects.all().delete()
    for seed, step in enumerate(steps):
        if step == "tel op":
            tally.catch_up(round)
        else:
            store(round, anybody(["M1", "B1", "R1"], step, seed))
        assert tally.live(round) == tally.recount(round)


@pytest.mark.django_db
def test_a_long_tail_is_added_at_a_look(monkeypatch):
    monkeypatch.setattr(tally, "LONG_TAIL", 10)
    monkeypatch.setattr(tally, "CHUNK", 7)
    round = making.round()
    store(round, anybody(["M1", "R1"], 30, seed=1))
    assert tally.live(round) == tally.recount(round)
    assert not round.responses.filter(is_counted=False).exists()
    assert Tally(Counter(Rollup.objects.get().counts)) == tally.recount(round)


@pytest.mark.django_db
def test_the_daily_work_adds_what_came(capsys):
    round = making.round()
    store(round, anybody(["M1", "R1"], 5, seed=1))
    call_command("count_responses")
    call_command("count_responses")
    assert capsys.readouterr().out == "inzendingen: 5 opgeteld\ninzendingen: 0 opgeteld\n"


@pytest.mark.django_db(transaction=True)
def test_two_that_add_at_once_count_nobody_twice(monkeypatch):
    monkeypatch.setattr(tally, "CHUNK", 20)
    round = making.round()
    store(round, anybody(["M1", "B1", "R1"], 200, seed=1))

    def add():
        try:
            return tally.catch_up(Round.objects.get(pk=round.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        added = [pool.submit(add) for _both in range(2)]
        store(round, anybody(["M1", "B1", "R1"], 50, seed=2))
        total = sum(one.result() for one in added) + tally.catch_up(round)
    assert total == 250
    assert tally.live(round) == tally.recount(round)
    assert tally.recount(round).responses == 250
