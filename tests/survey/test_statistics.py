"""Each function against another implementation, on random tables and at the edges."""

from fractions import Fraction
from itertools import product
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as sm_mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    proportion_effectsize,
    proportions_ztest,
)

from survey import statistics
from survey.statistics import Together, counts_behind, percentage, wilson

pytestmark = pytest.mark.once

CLOSE = {"rel": 1e-9, "abs": 1e-12}


@st.composite
def shares(draw):
    n = draw(st.integers(1, 3000))
    return draw(st.one_of(st.sampled_from([0, n]), st.integers(0, n))), n


tables = st.tuples(*[st.integers(0, 300)] * 4).filter(any)


@given(shares())
def test_wilson_is_the_oracles(share):
    ours = wilson(*share)
    low, high = proportion_confint(*share, method="wilson")
    assert (ours.low, ours.high) == pytest.approx((max(0, low), min(1, high)), **CLOSE)


@given(shares(), shares())
def test_compare_is_the_oracles(first, second):
    ours = statistics.compare(*first, *second)
    low, high = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")
    assert (ours.interval.low, ours.interval.high) == pytest.approx((max(-1, low), min(1, high)), **CLOSE)
    pooled = (first[0] + second[0]) / (first[1] + second[1])
    if 0 < pooled < 1:
        z, p = proportions_ztest([first[0], second[0]], [first[1], second[1]])
        assert (ours.z, ours.p) == pytest.approx((z, p), **CLOSE)
    else:
        assert (ours.difference, ours.z, ours.p) == (0, 0, 1)


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_is_the_oracles(b, c):
    theirs = sm_mcnemar([[0, b], [c, 0]], exact=True).pvalue if b + c else 1.0
    assert statistics.mcnemar(b, c) == pytest.approx(theirs, **CLOSE)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_holm_is_the_oracles(ps):
    assert statistics.holm(ps) == pytest.approx(list(multipletests(ps, method="holm")[1]), **CLOSE)


@given(tables)
def test_together_is_the_oracles(table):
    ours = Together(*table)
    both, only_first, only_second, neither = table
    assert ours.fisher == pytest.approx(
        stats.fisher_exact([[both, only_first], [only_second, neither]]).pvalue, rel=1e-6, abs=1e-12
    )
    first = [1] * (both + only_first) + [0] * (only_second + neither)
    second = [1] * both + [0] * only_first + [1] * only_second + [0] * neither
    if len(set(first)) == len(set(second)) == 2:
        assert ours.phi == pytest.approx(stats.pearsonr(first, second).statistic, abs=1e-9)
    else:
        assert ours.phi is None


@given(tables)
def test_kappa_is_the_oracles(table):
    both_yes, only_first, only_second, both_no = table
    agreed, kappa = statistics.agreement(*table)
    assert agreed == (both_yes + both_no) / sum(table)
    if kappa is not None:
        theirs = cohens_kappa([[both_yes, only_first], [only_second, both_no]], return_results=False)
        assert kappa == pytest.approx(theirs, **CLOSE)


@given(
    st.integers(1, 4).flatmap(
        lambda k: st.lists(st.lists(st.integers(0, 9), min_size=k, max_size=k), min_size=k, max_size=k)
    )
)
def test_kappa_over_all_codes_is_the_oracles(table):
    pairs = {(row, column): number for row, line in enumerate(table) for column, number in enumerate(line)}
    if not sum(pairs.values()):
        with pytest.raises(ValueError, match="Nothing was coded"):
            statistics.agreement_overall(pairs)
        return
    agreed, kappa = statistics.agreement_overall(pairs)
    assert agreed == sum(table[place][place] for place in range(len(table))) / sum(pairs.values())
    if kappa is not None:
        assert kappa == pytest.approx(cohens_kappa(table, return_results=False), **CLOSE)


@given(st.floats(0.02, 0.9), st.integers(10, 2000), st.integers(10, 2000))
def test_detectable_is_found_with_that_power(share, n, next_n):
    reached = statistics.detectable(share, n, next_n)
    if reached is not None:
        power = NormalIndPower().power(
            proportion_effectsize(reached, share), nobs1=n, ratio=next_n / n, alpha=0.05, alternative="larger"
        )
        two_sided = NormalIndPower().power(
            proportion_effectsize(reached, share), nobs1=n, ratio=next_n / n, alpha=0.05
        )
        assert two_sided == pytest.approx(0.8, abs=1e-4)
        assert power > two_sided


def test_the_figures_of_the_method_are_ours():
    low, high = (percentage(bound, 2) for bound in vars(wilson(53, 77)).values())
    assert (low, high) == (57.80, 78.07)
    assert percentage(wilson(0, 77).high, 2) == 4.75
    versus = statistics.compare(53, 77, 52, 95)
    assert (round(versus.z, 6), round(versus.p, 6)) == (1.884880, 0.059446)
    assert (round(100 * versus.interval.low, 2), round(100 * versus.interval.high, 2)) == (-0.55, 27.71)
    assert round(statistics.mcnemar(18, 11), 5) == 0.26493
    pair = Together(38, 15, 8, 16)
    assert (round(pair.phi, 6), round(pair.jaccard, 6), round(pair.lift, 6), round(pair.fisher, 7)) == (
        0.362340,
        0.622951,
        1.200164,
        0.0023731,
    )
    assert percentage(statistics.detectable(0.5, 77, 77), 1) == 71.8
    agreed, kappa = statistics.agreement(20, 5, 3, 12)
    assert (agreed, round(kappa, 6)) == (0.8, 0.584416)


def test_one_respondent_is_a_share_too():
    assert (wilson(0, 1).low, wilson(1, 1).high) == (0, 1)


@pytest.mark.parametrize(("count", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_an_impossible_share_is_no_figure(count, n):
    with pytest.raises(ValueError, match="not a share"):
        wilson(count, n)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.125, 13), (0.005, 1), (0.0049, 0), (0.285, 29), (1, 100), (0.145, 15), (-0.125, -13), (-0.001, 0)],
)
def test_halves_are_rounded_away_from_zero(value, shown):
    assert percentage(value) == shown


@given(shares(), shares(), st.integers(0, 3))
def test_a_rise_one_way_is_as_large_a_fall_the_other_way(one, other, digits):
    """Whichever round is laid beside which."""
    rise = one[0] / one[1] - other[0] / other[1]
    assert percentage(rise, digits) == -percentage(-rise, digits)
    assert str(percentage(-abs(rise) / 1e9, digits)) in ("0", "0.0")


@given(st.floats(-1, 1))
def test_what_is_shown_is_the_nearest_percentage(value):
    assert abs(percentage(value) - 100 * value) <= 0.5 + 1e-6
    exact = Fraction(round(value * 1000), 1000)
    sign = -1 if exact < 0 else 1
    assert percentage(round(value, 3)) == sign * floor(abs(exact) * 100 + Fraction(1, 2))


@given(st.floats(0, 1))
def test_no_p_is_nothing(p):
    shown, is_below = statistics.shown_p(p)
    assert (shown > 0, is_below) == (True, p < 0.000001)
    assert is_below or abs(shown - p) <= 5e-7


@given(shares())
def test_the_count_behind_a_percentage_is_found_back(share):
    count, n = share
    assert count in counts_behind(percentage(count / n), n)


@pytest.mark.parametrize(("shown", "n"), list(product([0, 31, 50, 69, 100], [1, 7, 76, 77, 500])))
def test_counts_behind_a_percentage_are_all_of_them(shown, n):
    assert counts_behind(shown, n) == [count for count in range(n + 1) if percentage(count / n) == shown]


def test_the_shares_of_the_deck_fit_one_count_each_at_77_and_some_none_at_76():
    shown = [69, 60, 47, 39, 36, 32, 32, 32, 31]
    assert [counts_behind(one, 77) for one in shown] == [[53], [46], [36], [30], [28], [25], [25], [25], [24]]
    assert [one for one in shown if not counts_behind(one, 76)] == [69, 60, 31]
