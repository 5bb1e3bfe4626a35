"""Somebody who reads all that is published tries to work out what a few people answered."""

from itertools import product

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey import tally
from survey.models import Round
from survey.results import results_for
from tests import factories
from tests.survey import making

pytestmark = pytest.mark.django_db
CODES = ["M1", "R1", "R2"]
PLACES = {"GM0034": "Almere", "GM0995": "Lelystad", "GM0184": "Urk", "liever-niet": "Niet gezegd"}
ROLES = {"inwoner": "Inwoner", "overheid": "Gemeente of provincie", "anders": "Iets anders"}
attempts = {"groups": 0, "skipped": 0, "pairs": 0}


@st.composite
def people(draw):
    """Rows as the tally takes them: crowds and handfuls, and some who skipped a level."""
    rows, most_skips = [], draw(st.sampled_from([0, 2]))
    for place, role in product(PLACES, ROLES):
        number = draw(st.one_of(st.integers(0, 6), st.integers(0, 45)))
        ticks = draw(st.lists(st.integers(0, 7), min_size=1, max_size=5))
        skips = draw(st.integers(0, most_skips))
        for one in range(number):
            answered = 0b10010 if one >= skips else draw(st.sampled_from([0b10, 0b10000]))
            allowed = (0b001 if answered & 0b10 else 0) | (0b110 if answered & 0b10000 else 0)
            rows.append((ticks[one % len(ticks)] & allowed, answered, place, role, "eigen"))
    return rows


def the_round():
    if found := Round.objects.first():
        return found
    for code in ("GM0034", "GM0995", "GM0184"):
        factories.municipality(code)
    return making.round(questionnaire=making.questionnaire(CODES))


@settings(max_examples=150)
@given(people())
def test_nothing_about_few_can_be_worked_out(rows):
    round = the_round()
    counted = tally.count(rows, [0, 1, 2], [1, 4])
    found = results_for(round, tally=counted)
    for position, slug in ((1, "maatschappelijk"), (4, "relationeel")):
        by_subtracting_groups(found, rows, position, slug, round.threshold)
    by_subtracting_levels(found, counted, round.threshold)
    by_filling_in_pairs(found)


def by_subtracting_groups(found, rows, position, slug, threshold):
    """The attacker even knows which combinations of place and role occur. Each published line is a sum over
    them; a small set is found out when its sum is a combination of published lines."""
    numbers = {}
    for row in rows:
        if row[1] >> position & 1:
            numbers[row[2], row[3]] = numbers.get((row[2], row[3]), 0) + 1
    cells = list(numbers)
    lines = [[1] * len(cells)]
    for breakdown, side, names in zip(found.breakdowns, (0, 1), (PLACES, ROLES), strict=True):
        if slug not in breakdown.levels:
            continue
        for block in breakdown.blocks:
            lines.append([int(names[cell[side]] in block.groups) for cell in cells])
    small = [[int(other == cell) for other in cells] for cell in cells if numbers[cell] < threshold]
    for side, names in ((0, PLACES), (1, ROLES)):
        for group in names:
            members = [int(cell[side] == group) for cell in cells]
            if (
                0
                < sum(numbers[cell] for cell, is_in in zip(cells, members, strict=True) if is_in)
                < threshold
            ):
                small.append(members)
    total = sum(numbers.values())
    if len(cells) < 2 or total < threshold:
        assert total >= threshold or next(one for one in found.levels if one.level == slug).n is None
        return
    rank = numpy.linalg.matrix_rank(lines)
    for wanted in small:
        attempts["groups"] += 1
        assert numpy.linalg.matrix_rank([*lines, wanted]) > rank


def by_subtracting_levels(found, counted, threshold):
    """Who answered one level and not the other: what they ticked is the count of the level less that of a pair."""
    both = counted.levels(1, 4)
    for pair in found.pairs:
        for position in (1, 4):
            if 0 < counted.level(position) - both < threshold:
                attempts["skipped"] += 1
                assert (pair.both, pair.only_first, pair.only_second, pair.neither) == (None,) * 4


def by_filling_in_pairs(found):
    """A hidden pair of which nobody skipped a level: do the two shares leave only one possible table?"""
    n, shares = {one.n for one in found.levels}, found.statements
    for pair in found.pairs:
        if pair.reason == "kleine-cel" and len(n) == 1:
            (all_of_them,), one, two = n, shares[pair.first].count, shares[pair.second].count
            # A statement that nobody or everybody ticked is no secret of a pair.
            if {one, two} & {0, all_of_them}:
                continue
            attempts["pairs"] += 1
            assert max(0, one + two - all_of_them) < min(one, two)


def test_the_attacks_were_tried():
    """The test above must not pass because there was nothing to attack."""
    test_nothing_about_few_can_be_worked_out()
    print(f"reconstruction: {attempts} attempts, 0 successes")
    assert min(attempts.values()) > 0
