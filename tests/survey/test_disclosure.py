from itertools import product

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.disclosure import SOFTENED_BELOW, Block, Breakdown, Reason, band_of, beside, break_down, split

pytestmark = pytest.mark.once

GROUPS = ["Almere", "Dronten", "Lelystad", "Noordoostpolder", "Urk", "Zeewolde", "Zeg ik liever niet"]
thresholds = st.integers(5, 15)


@st.composite
def rounds(draw):
    """Respondents per group and level: those of a level are a part of the whole group."""
    bases = {}
    for group in draw(st.lists(st.sampled_from(GROUPS), min_size=1, max_size=7, unique=True)):
        most = draw(st.integers(0, 60))
        bases[group] = tuple(draw(st.integers(max(0, most - 4), most)) for _level in range(4))
    return bases


def groups_of(breakdown):
    return [block.groups for block in breakdown.blocks]


def test_large_groups_stand_by_themselves_in_the_order_given():
    assert groups_of(break_down({"Lelystad": (38,), "Almere": (31,)}, 10)) == [("Lelystad",), ("Almere",)]


def test_hiding_one_small_group_takes_a_second_one_along():
    bases = {"Almere": (31,), "Lelystad": (38,), "Urk": (8,)}
    assert groups_of(break_down(bases, 10)) == [("Lelystad",), ("Almere", "Urk")]


def test_small_groups_that_reach_the_threshold_together_leave_the_rest_alone():
    bases = {"Almere": (31,), "Dronten": (6,), "Lelystad": (38,), "Urk": (4,)}
    assert groups_of(break_down(bases, 10)) == [("Almere",), ("Lelystad",), ("Dronten", "Urk")]


def test_nobody_counts_as_few():
    assert groups_of(break_down({"Almere": (31,), "Lelystad": (20,), "Urk": (0,)}, 10)) == [
        ("Almere",),
        ("Lelystad", "Urk"),
    ]


def test_one_level_with_few_answers_is_enough_to_merge():
    bases = {"Almere": (31, 31), "Lelystad": (38, 38), "Dronten": (12, 9)}
    assert groups_of(break_down(bases, 10)) == [("Lelystad",), ("Almere", "Dronten")]


@pytest.mark.parametrize(
    ("bases", "reason"),
    [
        ({"Almere": (3,), "Urk": (4,)}, Reason.TOO_FEW),
        ({"Almere": (31,), "Urk": (4,)}, Reason.ONE_GROUP),
        ({"Almere": (31,)}, Reason.ONE_GROUP),
    ],
)
def test_what_cannot_be_shown_says_why(bases, reason):
    assert break_down(bases, 10) == Breakdown(reason=reason)


def test_no_round_goes_below_five():
    with pytest.raises(ValueError, match="at least 5"):
        break_down({"Almere": (31,)}, 4)


@given(rounds(), thresholds)
def test_all_groups_are_shown_once_and_none_is_small(bases, threshold):
    shown = break_down(bases, threshold)
    if not shown.blocks:
        return
    assert sorted(group for block in shown.blocks for group in block.groups) == sorted(bases)
    for block in shown.blocks:
        assert min(map(sum, zip(*(bases[group] for group in block.groups), strict=True))) >= threshold


@given(rounds(), thresholds)
def test_no_small_group_can_be_worked_out_from_all_that_is_published(bases, threshold):
    """The attacker knows the total, every block, and that they are sums of the groups. A group is found out
    when its own line is a combination of those lines."""
    groups = list(bases)
    shown = break_down(bases, threshold)
    known = [[1] * len(groups)] + [[int(group in block.groups) for group in groups] for block in shown.blocks]
    rank = numpy.linalg.matrix_rank(known)
    for index, group in enumerate(groups):
        wanted = [int(other == index) for other in range(len(groups))]
        is_found = numpy.linalg.matrix_rank([*known, wanted]) == rank
        if min(bases[group]) < threshold and len(groups) > 1:
            assert not is_found


@st.composite
def crossed(draw):
    rows = draw(st.lists(st.sampled_from(GROUPS), min_size=2, max_size=4, unique=True))
    columns = draw(
        st.lists(
            st.sampled_from(["inwoner", "vrijwilliger", "professional", "ambtenaar"]),
            min_size=2,
            max_size=4,
            unique=True,
        )
    )
    return {(row, column): draw(st.integers(0, 25)) for row in rows for column in columns}


def margins(together, side):
    bases = {}
    for key, number in together.items():
        bases[key[side]] = bases.get(key[side], 0) + number
    return {group: (number,) for group, number in bases.items()}


@given(crossed(), thresholds)
def test_two_breakdowns_beside_each_other_tell_nothing_about_few(together, threshold):
    first = break_down(margins(together, 0), threshold)
    second = beside(first, break_down(margins(together, 1), threshold), together, threshold)
    people = {
        (row, column, number) for (row, column), numbers in together.items() for number in range(numbers)
    }
    of_first = [{one for one in people if one[0] in block.groups} for block in first.blocks]
    of_second = [{one for one in people if one[1] in block.groups} for block in second.blocks]
    for one in of_first:
        for two in of_second:
            for inside, outside in ((one, two), (two, one)):
                if inside < outside:
                    assert len(outside - inside) >= threshold


def test_a_breakdown_that_tells_about_few_beside_another_is_not_shown():
    first = Breakdown((Block(("Almere",)), Block(("Lelystad",))))
    second = Breakdown((Block(("inwoner",)), Block(("ambtenaar",))))
    # All residents live in Almere; three people in Almere are not.
    together = {("Almere", "inwoner"): 30, ("Almere", "ambtenaar"): 3, ("Lelystad", "ambtenaar"): 20}
    assert beside(first, second, together, 10).reason == Reason.OTHER_BREAKDOWN
    together["Almere", "ambtenaar"] = 12
    assert beside(first, second, together, 10) == second
    assert beside(Breakdown(reason="x"), second, together, 10) == second


@pytest.mark.parametrize("n", [10, 24, 29, 30])
def test_the_ends_are_bands_in_a_small_population(n):
    bands = [band_of(count, n) for count in range(n + 1)]
    assert bands == (["hoogstens-2"] * 3 + [""] * (n - 5) + ["op-2-na"] * 3 if n < 30 else [""] * (n + 1))


def test_one_more_block_is_hidden_beside_a_band():
    cells = split([(1, 24), (30, 60), (20, 40), (9, 18)])
    assert [(cell.count, cell.band) for cell in cells] == [
        (None, "hoogstens-2"),
        (30, ""),
        (None, "naast-een-band"),
        (9, ""),
    ]
    assert {cell.count for cell in split([(5, 24), (0, 60)])} == {5, 0}
    # Hardly anybody at all: then no block is told, wherever they are.
    for few in ([(1, 24), (1, 60)], [(2, 24), (0, 60)], [(24, 24), (59, 60)]):
        assert {(cell.count, cell.band) for cell in split(few)} == {(None, "naast-een-band")}


@st.composite
def blocks(draw):
    bases = draw(st.lists(st.one_of(st.integers(10, 29), st.integers(10, 60)), min_size=2, max_size=4))
    return [(draw(st.one_of(st.integers(0, min(4, n)), st.integers(0, n))), n) for n in bases]


@given(blocks())
def test_a_band_keeps_all_its_values_for_who_knows_the_total_and_these_rules(cells):
    """The attacker tries all answers that give the same total and the same page."""
    told = split(cells)
    places = [place for place, cell in enumerate(told) if cell.count is None]
    if not places or len(places) > 3:
        return
    total = sum(cells[place][0] for place in places)
    possible = {place: set() for place in places}
    for some in product(*(range(cells[place][1] + 1) for place in places[:-1])):
        rest = total - sum(some)
        if 0 <= rest <= cells[places[-1]][1]:
            world = list(cells)
            for place, count in zip(places, (*some, rest), strict=True):
                world[place] = (count, cells[place][1])
            if split(world) == told:
                for place in places:
                    possible[place].add(world[place][0])
    for place in (one for one in places if cells[one][1] < SOFTENED_BELOW):
        assert len(possible[place]) >= min(3, total + 1, sum(cells[one][1] for one in places) - total + 1)
