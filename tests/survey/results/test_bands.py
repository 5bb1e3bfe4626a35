"""A verdict is a figure: from the bands of a level no overlap of two statements can be worked out."""

import random
from collections import defaultdict
from functools import cache
from itertools import combinations, product
from math import comb

import pytest

from survey.results import BlockResult, BreakdownResult, LevelResult, Pair, Share, Statement, bands
from survey.results.bands import with_bands

LEFT = 3  # so many values each overlap must be able to have


class Overlaps:
    """A tally of which only this is asked."""

    def __init__(self, found):
        self._found = found

    def both(self, first, second):
        return self._found[min(first, second), max(first, second)]


def level(n, counts):
    statements = tuple(Statement(f"R{place}", "", 1, count, n) for place, count in enumerate(counts))
    return LevelResult("relationeel", "R", "Relationeel", "Wat?", n, statements)


def banded(n, counts, overlaps, breakdowns=(), pairs=()):
    bits = {f"R{place}": place for place in range(len(counts))}
    found = with_bands(level(n, counts), bits, Overlaps(overlaps), breakdowns, pairs)
    return tuple(one.band for one in found.statements)


@cache
def plain_p(only_first, only_second):
    n, least = only_first + only_second, min(only_first, only_second)
    return min(1, 2 * sum(comb(n, k) for k in range(least + 1)) / 2**n)


def worlds_of_three(n, counts):
    """All overlaps of three statements that people can have."""
    a, b, c = counts
    ranges = [range(max(0, one + two - n), min(one, two) + 1) for one, two in ((a, b), (a, c), (b, c))]
    for ab, ac, bc in product(*ranges):
        # Who ticked all three: as many as leave nobody less than nobody.
        least = max(0, ab + ac - a, ab + bc - b, ac + bc - c)
        if least <= min(ab, ac, bc, n - a - b - c + ab + ac + bc):
            yield {(0, 1): ab, (0, 2): ac, (1, 2): bc}


def narrowed(n, counts):
    """How many overlaps some outcome narrows, by one who tries all worlds and knows the rules."""
    possible, by_outcome = defaultdict(set), defaultdict(lambda: defaultdict(set))
    for world in worlds_of_three(n, counts):
        outcome = banded(n, counts, world)
        for pair, both in world.items():
            possible[pair].add(both)
            by_outcome[outcome][pair].add(both)
    return sum(
        len(values) < min(LEFT, len(possible[pair]))
        for outcome in by_outcome.values()
        for pair, values in outcome.items()
    )


MARGINS = [
    (40, (14, 6, 5)),
    (36, (17, 7, 4)),
    (30, (20, 9, 5)),
    (60, (24, 8, 5)),
    (77, (20, 5, 4)),
    (26, (18, 10, 6)),
]
MARGINS += [(40, (30, 22, 12)), (34, (28, 18, 8))]


@pytest.mark.parametrize(("n", "counts"), MARGINS)
def test_no_outcome_narrows_an_overlap_for_one_who_tries_all_worlds(n, counts):
    assert narrowed(n, counts) == 0


def test_the_plain_test_narrows(monkeypatch):
    monkeypatch.setattr(bands, "least_favourable", lambda both, _low, _high: both)
    assert sum(narrowed(n, counts) for n, counts in MARGINS) > 0


def test_the_plain_test_is_more_certain_never_less():
    rand = random.Random(3)
    for _time in range(300):
        n = rand.randint(10, 90)
        a, b = sorted((rand.randint(3, n - 3), rand.randint(3, n - 3)), reverse=True)
        low, high = max(0, a + b - n), min(a, b)
        ps = [plain_p(a - both, b - both) for both in range(low, high + 1)]
        assert ps == sorted(ps, reverse=True)
        counted = [bands.least_favourable(both, low, high) for both in range(low, high + 1)]
        assert counted == sorted(counted)
        assert all(one <= both for one, both in zip(counted, range(low, high + 1), strict=True))
        assert min(counted.count(one) for one in (counted[0], counted[-1])) >= min(LEFT, high - low + 1)


def by_holm(ps):
    """The pairs that differ."""
    found = set()
    for rank, pair in enumerate(sorted(ps, key=ps.get)):
        if ps[pair] * (len(ps) - rank) >= 0.05:
            break
        found.add(pair)
    return found


def attack(n, counts, outcome, ends, p_of):
    """What the outcome leaves of each overlap, by one who knows how Holm orders all pairs of the level."""
    places = range(len(counts))
    left = {pair: list(range(low, high + 1)) for pair, (low, high) in ends.items()}
    verdicts = {}
    for number in sorted(set(outcome)):
        top, *rest = (place for place in places if outcome[place] == number)
        if rest:
            verdicts[top, rest[-1]] = False
        verdicts |= {(top, other): True for other in places if outcome[other] > number}
    changes = True
    while changes:
        changes = False
        for pair, differs in verdicts.items():
            pick = min if differs else max
            others = {one: pick(p_of(one, both) for both in values) for one, values in left.items()}
            kept = [
                both for both in left[pair] if (pair in by_holm(others | {pair: p_of(pair, both)})) == differs
            ]
            changes |= len(kept) < len(left[pair])
            left[pair] = kept
    return left


@pytest.mark.parametrize(
    ("n", "shares"), [(77, (0.02, 0.6)), (150, (0.02, 0.25)), (77, (0.31, 0.69)), (40, (0.1, 0.6))]
)
@pytest.mark.parametrize("in_parts", [False, True])
def test_no_band_narrows_an_overlap_in_random_levels(n, shares, in_parts):
    """``in_parts``: two groups and a statement of another level are told too, and leave less by themselves."""
    rand, told = random.Random(n), 0
    for _time in range(12):
        chances = [rand.uniform(*shares) for _statement in range(7)]
        bent = [rand.choice((0.1, 1, 1.6)) for _statement in chances]
        people = [
            (
                half,
                [
                    rand.random() < chance * (bend if half else 1)
                    for chance, bend in zip(chances, bent, strict=True)
                ],
            )
            for half in (rand.random() < 0.5 for _person in range(n))
        ]
        order = sorted(range(7), key=lambda one: -sum(ticked[one] for _half, ticked in people))
        people = [(half, [ticked[one] for one in order]) for half, ticked in people]
        counts = [sum(ticked[one] for _half, ticked in people) for one in range(7)]
        pairs = list(combinations(range(7), 2))
        truth = {
            (one, two): sum(ticked[one] and ticked[two] for _half, ticked in people) for one, two in pairs
        }
        halves = [[ticked for half, ticked in people if half == wanted] for wanted in (False, True)]
        parts = [(len(half), [sum(ticked[one] for ticked in half) for one in range(7)]) for half in halves]
        outcome = banded(n, counts, truth, *(told_in(parts, rand.random() < 0.5) if in_parts else ()))
        wholes = [[(n, counts)], parts] if in_parts else [[(n, counts)]]
        ends = {pair: both_ends(wholes, pair) for pair in pairs}

        def p_of(pair, both, counts=counts, ends=ends):
            both = bands.least_favourable(both, *ends[pair])
            return plain_p(*(counts[one] - both for one in pair))

        left = attack(n, counts, outcome, ends, p_of)
        told += any(len(values) < ends[pair][1] - ends[pair][0] + 1 for pair, values in left.items())
        for pair, values in left.items():
            assert truth[pair] in values
            assert len(values) >= min(LEFT, ends[pair][1] - ends[pair][0] + 1), (pair, counts, values)
    assert told


def narrowed_in_parts(as_groups):
    """How many outcomes narrow the overlap of two statements that are told in two parts as well."""
    rand, found = random.Random(1), 0
    for _time in range(150):
        one, two = rand.randint(20, 32), rand.randint(2, 5)
        parts = [(rand.randint(one, 34), [one, two]), (30, [rand.randint(2, 5), rand.randint(11, 16)])]
        n, counts = (
            sum(size for size, _counts in parts),
            tuple(map(sum, zip(*(one for _size, one in parts), strict=True))),
        )
        if counts[0] < counts[1]:
            continue
        low, high = both_ends([[(n, counts)], parts], (0, 1))
        by_outcome = defaultdict(set)
        for both in range(low, high + 1):
            by_outcome[banded(n, counts, {(0, 1): both}, *told_in(parts, as_groups))].add(both)
        found += sum(len(values) < min(LEFT, high - low + 1) for values in by_outcome.values())
    return found


@pytest.mark.parametrize("as_groups", [True, False])
def test_what_is_told_in_parts_counts_when_an_overlap_is_guarded(as_groups, monkeypatch):
    assert narrowed_in_parts(as_groups) == 0
    monkeypatch.setattr(bands._Told, "_parts", lambda *_codes: ())
    assert narrowed_in_parts(as_groups) > 0


def told_in(parts, as_groups):
    """The parts as two groups that are shown, or as who did and did not tick M1."""
    if as_groups:
        blocks = tuple(
            BlockResult(
                f"{place}",
                (f"{place}",),
                (n,),
                tuple(Share(f"R{one}", count, n, None) for one, count in enumerate(counts)),
            )
            for place, (n, counts) in enumerate(parts)
        )
        return (BreakdownResult("gemeente", ("relationeel",), blocks),), ()
    (n, without), (ticked, among) = parts
    cells = zip(among, without, strict=True)
    return (), tuple(
        Pair("M1", f"R{one}", n + ticked, both, ticked - both, only, n - only)
        for one, (both, only) in enumerate(cells)
    )


def both_ends(wholes, pair):
    one, two = pair
    lows = [sum(max(0, counts[one] + counts[two] - n) for n, counts in parts) for parts in wholes]
    highs = [sum(min(counts[one], counts[two]) for n, counts in parts) for parts in wholes]
    return max(lows), min(highs)
