"""The statistics of the survey: pure functions on counts, without a word of Django.

Counts are whole numbers, shares and p-values lie between 0 and 1, differences between −1 and 1. Nothing is
rounded here; ``percentage`` is for showing. Impossible counts raise ValueError: a wrong base must never
become a figure. Each function names the source of its formula; the tests hold each against another
implementation.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import asin, ceil, exp, floor, lgamma, log, pi, sin, sqrt
from statistics import NormalDist
from typing import TypeVar, overload

Z_95 = NormalDist().inv_cdf(0.975)
P_DIGITS = 6
LEAST_P: float = 10**-P_DIGITS
Code = TypeVar("Code", bound=Hashable)


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """A share in one round against the same share in another: ``difference`` is first minus second."""

    difference: float
    interval: Interval
    z: float
    p: float


@overload
def percentage(value: float) -> int: ...
@overload
def percentage(value: float, digits: int) -> float: ...
def percentage(value: float, digits: int = 0) -> float:
    """The percentage of a share (0 to 1) or of a difference (−1 to 1), rounded to ``digits`` decimals, halves
    away from zero: 0.125 gives 13 and −0.125 gives −13. An int when ``digits`` is 0.
    """
    scaled = abs(value) * 100 * 10**digits
    # 1e-9: a half that floating point wrote a hair too low is still a half.
    rounded = floor(scaled + 0.5 + 1e-9) / 10**digits * (-1 if value < 0 else 1)
    # Plus nothing: what is nothing has no minus.
    return int(rounded) if digits == 0 else rounded + 0.0


def shown_p(p: float) -> tuple[float, bool]:
    """(``p`` in P_DIGITS decimals, False); for a ``p`` (0 to 1) under LEAST_P: (LEAST_P, True)."""
    return (LEAST_P, True) if p < LEAST_P else (round(p, P_DIGITS), False)


def wilson(count: int, n: int, z: float = Z_95) -> Interval:
    """The score interval of the share ``count`` / ``n``, both ends between 0 and 1. ``z``: the quantile, here
    of 95 %.

    ValueError unless 0 ≤ count ≤ n and n ≥ 1. Wilson (1927), JASA 22, without continuity correction.
    """
    _check(count, n)
    share = count / n
    centre = share + z * z / (2 * n)
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if count == 0 else (centre - spread) / scale
    high = 1.0 if count == n else (centre + spread) / scale
    return Interval(low, high)


def compare(first: int, first_n: int, second: int, second_n: int) -> Comparison:
    """The share ``first`` / ``first_n`` less ``second`` / ``second_n``, of two rounds with other people in
    each.

    A 95 % interval between −1 and 1 by the hybrid score method of Newcombe (1998), Statistics in Medicine 17,
    method 10; z and a two-sided p by the pooled two-proportion test, z 0 and p 1 when all or nobody ticked in
    both. ValueError unless 0 ≤ count ≤ n and n ≥ 1 for each.
    """
    _check(first, first_n)
    _check(second, second_n)
    p1, p2 = first / first_n, second / second_n
    own, other = wilson(first, first_n), wilson(second, second_n)
    difference = p1 - p2
    interval = Interval(
        max(-1.0, difference - sqrt((p1 - own.low) ** 2 + (other.high - p2) ** 2)),
        min(1.0, difference + sqrt((own.high - p1) ** 2 + (p2 - other.low) ** 2)),
    )
    pooled = (first + second) / (first_n + second_n)
    error = sqrt(pooled * (1 - pooled) * (1 / first_n + 1 / second_n))
    # All or nobody in both: there is no difference and no spread to measure it by.
    z = difference / error if error else 0.0
    return Comparison(difference, interval, z, 2 * NormalDist().cdf(-abs(z)))


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p (0 to 1) that two statements of one round are ticked as often, by McNemar's test:
    from the numbers who ticked only the one and only the other, binomial with one half. 1 when both are 0.

    ValueError for a count under 0. McNemar (1947), Psychometrika 12.
    """
    _check_counts(only_first, only_second)
    n, least = only_first + only_second, min(only_first, only_second)
    tail = exp(_log_ways(n, least) - n * log(2)) * _series(lambda k: k / (n - k + 1), least, -1)
    return min(1.0, 2 * tail)


def holm(ps: Sequence[float]) -> list[float]:
    """The p-values (0 to 1) adjusted for their number, in the order in which they came; at most 1, never
    below what they were. An empty list gives one. Holm (1979), Scandinavian Journal of Statistics 6.
    """
    order = sorted(range(len(ps)), key=lambda index: ps[index])
    adjusted, highest = [0.0] * len(ps), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[index]))
        adjusted[index] = highest
    return adjusted


@dataclass(frozen=True)
class Together:
    """The two by two table of two statements that the same ``n`` people saw: ``both`` ticked both,
    ``only_first`` and ``only_second`` one of them, ``neither`` none. ValueError for a count under 0.
    """

    both: int
    only_first: int
    only_second: int
    neither: int

    def __post_init__(self) -> None:
        _check_counts(self.both, self.only_first, self.only_second, self.neither)

    @property
    def n(self) -> int:
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def phi(self) -> float | None:
        """The correlation of two yes/no items (Pearson), −1 to 1; None when everybody or nobody ticked one of
        them.
        """
        first, second = self.both + self.only_first, self.both + self.only_second
        spread = first * (self.n - first) * second * (self.n - second)
        if not spread:
            return None
        return (self.both * self.neither - self.only_first * self.only_second) / sqrt(spread)

    @property
    def jaccard(self) -> float | None:
        """Of those who ticked at least one of the two, the share (0 to 1) who ticked both; None when nobody
        did.
        """
        either = self.both + self.only_first + self.only_second
        return self.both / either if either else None

    @property
    def lift(self) -> float | None:
        """How often both were ticked, divided by how often that is expected by chance: 0 or more, 1 is
        chance; None when nobody ticked one of them.
        """
        expected = (self.both + self.only_first) * (self.both + self.only_second)
        return self.both * self.n / expected if expected else None

    @property
    def fisher(self) -> float:
        """The two-sided p (0 to 1) of Fisher's exact test: the chance, with these totals of rows and columns,
        of a table that is as unlikely as this one or more so. Fisher (1935), JRSS 98.
        """
        row, column, n = self.both + self.only_first, self.both + self.only_second, self.n
        lowest, highest = max(0, row + column - n), min(row, column)
        rest = n - row - column

        def log_chance(k: int) -> float:
            return _log_ways(row, k) + _log_ways(n - row, column - k) - _log_ways(n, column)

        def tail(k: int, step: int) -> float:
            if step < 0:
                falling = _series(lambda k: k * (rest + k) / ((row - k + 1) * (column - k + 1)), k, -1)
            else:
                falling = _series(lambda k: (row - k) * (column - k) / ((k + 1) * (rest + k + 1)), k, 1)
            return exp(log_chance(k)) * falling

        most_likely = (row + 1) * (column + 1) // (n + 2)
        step = -1 if self.both < most_likely else 1
        end = highest if step < 0 else lowest
        # Equal chances are equal, also when floating point wrote one a hair higher.
        limit = log_chance(self.both) + 1e-7
        if log_chance(most_likely) <= limit:
            return 1.0
        # On the other side: the first that is as unlikely, by halving between the middle and the end.
        near, far = most_likely, end - step
        while abs(far - near) > 1:
            middle = (near + far) // 2
            near, far = (near, middle) if log_chance(middle) <= limit else (middle, far)
        others = tail(far, -step) if far != end - step else 0.0
        return min(1.0, tail(self.both, step) + others)


def detectable(share: float, n: int, next_n: int, power: float = 0.8, alpha: float = 0.05) -> float | None:
    """The least share (0 to 1) of ``next_n`` people that a two-sided test at ``alpha`` finds to be higher
    than ``share`` of ``n`` people with probability ``power``; None when not even 1 is found.

    ValueError unless 0 ≤ share ≤ 1 and both bases are at least 1. By the arcsine transformation: Cohen
    (1988), Statistical Power Analysis, chapter 6.
    """
    if not (0 <= share <= 1 and n > 0 and next_n > 0):
        raise ValueError("A share lies between 0 and 1, and a base is at least 1.")
    normal = NormalDist()
    effect = (normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)) * sqrt(1 / n + 1 / next_n)
    angle = 2 * asin(sqrt(share)) + effect
    return sin(angle / 2) ** 2 if angle < pi else None


def agreement(both_yes: int, only_first: int, only_second: int, both_no: int) -> tuple[float, float | None]:
    """Two coders on one code, of counts of units: (the share (0 to 1) on which they agree, Cohen's kappa (−1
    to 1)).

    Kappa is None when the expected agreement is 1: the formula then divides by 0. ValueError for a count
    under 0, or when all are 0. Cohen (1960), Educational and Psychological Measurement 20.
    """
    _check_counts(both_yes, only_first, only_second, both_no)
    n = both_yes + only_first + only_second + both_no
    if not n:
        raise ValueError("Nothing was coded.")
    agreed = (both_yes + both_no) / n
    first_yes, second_yes = both_yes + only_first, both_yes + only_second
    chance = (first_yes * second_yes + (n - first_yes) * (n - second_yes)) / n**2
    return agreed, None if chance == 1 else (agreed - chance) / (1 - chance)


def agreement_overall(pairs: Mapping[tuple[Code, Code], int]) -> tuple[float, float | None]:
    """Two coders on all codes together: (the share (0 to 1) on which they agree, Cohen's kappa (−1 to 1) or
    None).

    ``pairs``: (code of the first, code of the second) to the number of units. ValueError when there are none.
    As ``agreement`` for one code.
    """
    n = sum(pairs.values())
    if not n:
        raise ValueError("Nothing was coded.")
    agreed = sum(number for (first, second), number in pairs.items() if first == second) / n
    firsts: Counter[Code] = Counter()
    seconds: Counter[Code] = Counter()
    for (first, second), number in pairs.items():
        firsts[first] += number
        seconds[second] += number
    chance = sum(number * seconds[code] for code, number in firsts.items()) / n**2
    return agreed, None if chance == 1 else (agreed - chance) / (1 - chance)


def counts_behind(whole_percentage: int, n: int) -> list[int]:
    """All counts from 0 to ``n``, in order, of which ``percentage(count / n)`` is ``whole_percentage``; empty
    when there are none. ValueError when ``n`` is under 1.
    """
    if n < 1:
        raise ValueError("A base is at least 1.")
    low, high = floor((whole_percentage - 1) * n / 100), ceil((whole_percentage + 1) * n / 100)
    return [
        count for count in range(max(0, low), min(n, high) + 1) if percentage(count / n) == whole_percentage
    ]


def _check(count: int, n: int) -> None:
    if not 0 <= count <= n or n < 1:
        raise ValueError(f"{count} of {n} is not a share.")


def _check_counts(*counts: int) -> None:
    if any(count < 0 for count in counts):
        raise ValueError("A count is never below zero.")


def _log_ways(n: int, k: int) -> float:
    """The logarithm of n over k: at a million respondents the number itself has a quarter of a million
    digits.
    """
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _series(ratio: Callable[[int], float], k: int, step: int) -> float:
    """1 + ratio(k) + ratio(k)·ratio(k ± 1) + …, until it adds nothing; the last ratio of a table is zero."""
    total = term = 1.0
    while (term := term * ratio(k)) > total * 1e-17:
        total += term
        k += step
    return total
