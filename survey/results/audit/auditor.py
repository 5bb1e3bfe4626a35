"""Everything that is published of a round together, read as one who wants to know what a few people answered.

Input is what is published, and nothing else: all editions, with their counts, ranges, bases, pairs and
breakdowns. For each hidden count, and for each statement among each few people who are in one population and
not in another, the least and the most that it can be is worked out (see equations.py). It is a finding when
fewer than three values are left, unless one published figure by itself already leaves no more.

What is left out, and why that loses nothing:
- Levels apart: a statement is told of those who answered its own level, as a whole, in groups, or as far as they
  answered all levels. What another level tells of the same people are sizes: they are taken along.
- A set S less T with at least a threshold more people in S than in T is not small, whoever they are.
- A statement of which all counts stand there, where no two populations differ by a few, has nothing to find.
- The cells of a pair of levels that is not told: besides its two margins no figure bears on them but that it is not
  told, which leaves the five lowest and the five highest numbers.
- The overlap of two statements of one level: it is published nowhere, and what the bands say of it leaves at least
  the five lowest or the five highest numbers that the counts, groups and pairs leave it, whatever they say (see
  survey/results/bands.py; tests/survey/results/test_bands.py tries all worlds). Of before, bands said more.
- Every other verdict (rank, order, p, measures, "hoger", "aantoonbaar", what a next round can show) follows from
  figures that stand beside it: tests/survey/results/test_verdicts.py works them out from those alone.

In results of before there was one base for all pairs, these stand on who answered both levels; then who answered
what is one question and the groups another, so that a finding is sure, and silence is not a proof.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from time import monotonic

from django.utils.translation import gettext as _

from survey.results.audit.equations import Equations, Impossible, Told, Undecided
from survey.results.audit.populations import Answered, Ends, Level, Population, Problem
from survey.results.outcome import Results
from survey.statistics import percentage

VALUES = 3  # a hidden number must be able to be so many
SECONDS = 60


class NotDecided(Exception):
    """There was not enough time to find out."""


@dataclass(frozen=True)
class Finding:
    """Of ``size`` people (least, most) it can be worked out that ``count`` (least, most) ticked the statement
    with this ``code``. With an ``outside``: they are in the one population and not in the other."""

    code: str
    inside: str
    outside: str
    size: tuple[int, int]
    count: tuple[int, int]

    def __str__(self) -> str:
        people, count = _range(*self.size), _range(*self.count)
        if self.outside:
            text = _(
                "%(code)s: wie wel hoort bij ‘%(inside)s’ en niet bij ‘%(outside)s’ (%(people)s mensen): %(count)s."
            )
        else:
            text = _("%(code)s bij ‘%(inside)s’ (%(people)s mensen): %(count)s.")
        return text % {
            "code": self.code,
            "inside": self.inside,
            "outside": self.outside,
            "people": people,
            "count": count,
        }


def audit(editions: Iterable[Results], *, seconds: float = SECONDS) -> tuple[Finding, ...]:
    """The findings in these Results of one round, all of which are published. NotDecided after ``seconds``.

    Of editions it is taken that the larger one holds all people of the smaller one; when that cannot be, they
    are read one by one.
    """
    deadline = monotonic() + seconds
    editions = sorted(editions, key=lambda edition: edition.responses or 0)
    try:
        return _audit(editions, deadline)
    except Impossible:
        try:
            return tuple(finding for edition in editions for finding in _audit([edition], deadline))
        except Impossible as error:
            raise NotDecided from error
    except Undecided as error:
        raise NotDecided from error


def _audit(editions: Sequence[Results], deadline: float) -> tuple[Finding, ...]:
    findings = []
    for slug in dict.fromkeys(level.level for edition in editions for level in edition.levels):
        findings += _search(Level(slug, editions), deadline)
    for edition in editions:
        findings += _of_screens(edition)
        if _is_of_before(edition):
            for level in edition.levels:
                findings += _search(Answered(level, edition), deadline)
    return tuple(findings)


def _of_screens(edition: Results) -> Iterator[Finding]:
    """What the screens tell: how many answered a level that is hidden is at most how many saw its screen, and who did
    not send from a counted screen came on paper or from a page without a network."""
    names = [step.name for step in edition.steps]
    for level in edition.levels:
        if level.n is None and level.name in names:
            after = [
                step.number for step in edition.steps[names.index(level.name) :] if step.number is not None
            ]
            if min(after, default=VALUES) < VALUES - 1:
                yield Finding("", level.name, "", (0, min(after)), (0, min(after)))
    if edition.drop_off is not None and edition.started and edition.responses is not None:
        paper = [
            edition.responses - sent
            for sent in range(min(edition.started, edition.responses) + 1)
            if percentage(1 - sent / edition.started) == edition.drop_off
        ]
        if paper and min(paper) > 0 and max(paper) < min(edition.threshold, min(paper) + VALUES - 1):
            yield Finding("", _("op papier"), "", (min(paper), max(paper)), (0, max(paper)))


def _is_of_before(edition: Results) -> bool:
    return edition.pairs_n is None and any(pair.n is not None for pair in edition.pairs)


def _search(problem: Problem, deadline: float) -> list[Finding]:
    """The findings of one problem."""
    populations = problem.populations
    told_ends = [
        number
        for number in range(len(populations))
        if any(number in first for first in problem.statements.values())
    ]
    findings = [
        Finding("", populations[number].name, "", (populations[number].n,) * 2, (0, populations[number].n))
        for number in told_ends
        if populations[number].n < problem.threshold
    ]
    if not told_ends:
        return findings
    equations = Equations(len(problem.atoms), problem.sizes, deadline=deadline)
    few = {}
    for first, second in product(told_ends, told_ends):
        apart = populations[first].atoms - populations[second].atoms
        if apart and populations[first].n - populations[second].n < problem.threshold:
            size = equations.size(apart)
            if 0 < size[1] < problem.threshold:
                few[first, second] = (apart, size)
    for code, ends in problem.statements.items():
        findings += _of_statement(problem, code, ends, few, deadline)
    return findings


def _of_statement(
    problem: Problem,
    code: str,
    ends: Mapping[int, Ends],
    few: Mapping[tuple[int, int], tuple[frozenset[int], Ends]],
    deadline: float,
) -> Iterator[Finding]:
    populations = problem.populations
    targets = {
        (populations[number].name, ""): (populations[number].atoms, (populations[number].n,) * 2)
        for number, (low, high) in ends.items()
        if low < high
    } | {
        (populations[inside].name, populations[other].name): where
        for (inside, other), where in few.items()
        if inside in ends and other in ends
    }
    if not targets:
        return
    counts = [Told(populations[number].atoms, *limits) for number, limits in ends.items()]
    counts.append(Told(problem.nobody, 0, 0))
    equations = Equations(len(problem.atoms), problem.sizes, counts, deadline=deadline)
    for (inside, outside), (atoms, size) in targets.items():
        enough = min(VALUES - 1, size[1], *_alone(populations, ends, atoms, size))
        if enough < 1:
            continue
        low, high = equations.count(atoms, enough)
        if high - low < enough:
            yield Finding(code, inside, outside, size, (low, high))


def _alone(
    populations: Sequence[Population], ends: Mapping[int, Ends], atoms: frozenset[int], size: Ends
) -> Iterator[int]:
    """How far the ends are apart that each figure by itself leaves to these people, who are a part of its own."""
    for number, (low, high) in ends.items():
        whole = populations[number]
        if atoms < whole.atoms:
            yield min(size[1], high) - max(0, size[0] - (whole.n - low))


def _range(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low}–{high}"
