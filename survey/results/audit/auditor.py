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
  results/bands.py; tests/survey/results/test_bands.py tries all worlds). Of before, bands said more.
- Every other verdict (rank, order, p, measures, "hoger", "aantoonbaar", what a next round can show) follows from
  figures that stand beside it: tests/survey/results/test_verdicts.py works them out from those alone.

In results of before there was one base for all pairs, these stand on who answered both levels; then who answered
what is one question and the groups another, so that a finding is sure, and silence is not a proof.
"""

from dataclasses import dataclass, replace
from itertools import product
from time import monotonic

from django.utils.translation import gettext as _

from survey.disclosure import BAND, Reason
from survey.results.audit.equations import Equations, Impossible, Told, Undecided
from survey.statistics import counts_behind, percentage

VALUES = 3  # a hidden number must be able to be so many
SECONDS = 60


class NotDecided(Exception):
    """There was not enough time to find out."""


@dataclass(frozen=True)
class Population:
    """People of whom counts may be told. ``n`` None: their number is not told either."""

    name: str
    atoms: frozenset[int]
    n: int


@dataclass(frozen=True)
class Finding:
    """Of ``size`` people (least, most) it can be worked out that ``count`` (least, most) ticked the statement
    with this ``code``. With an ``outside``: they are in the one population and not in the other."""

    code: str
    inside: str
    outside: str
    size: tuple[int, int]
    count: tuple[int, int]

    def __str__(self):
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


def audit(editions, *, seconds=SECONDS):
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


def _audit(editions, deadline):
    findings = []
    for slug in dict.fromkeys(level.level for edition in editions for level in edition.levels):
        findings += _search(_Level(slug, editions), deadline)
    for edition in editions:
        findings += _of_screens(edition)
        if _is_of_before(edition):
            for level in edition.levels:
                findings += _search(_Answered(level, edition), deadline)
    return tuple(findings)


def _of_screens(edition):
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
    if edition.drop_off is not None and edition.responses is not None:
        paper = [
            edition.responses - sent
            for sent in range(min(edition.started, edition.responses) + 1)
            if percentage(1 - sent / edition.started) == edition.drop_off
        ]
        if paper and min(paper) > 0 and max(paper) < min(edition.threshold, min(paper) + VALUES - 1):
            yield Finding("", _("op papier"), "", (min(paper), max(paper)), (0, max(paper)))


def _is_of_before(edition):
    return edition.pairs_n is None and any(pair.n is not None for pair in edition.pairs)


class _Question:
    """Who is alike (atoms), how many they are (sizes), and what is told of whom (statements: code to population
    to (least, most))."""

    def __init__(self):
        self.atoms, self.sizes, self.populations, self.statements, self.threshold = [], [], [], {}, 0
        self.nobody = frozenset()  # who was not asked

    def where(self, holds):
        return frozenset(number for number, atom in enumerate(self.atoms) if holds(atom))

    def add(self, name, atoms, n, counts=()):
        """A population with the ends of its counts, by code."""
        number = len(self.populations)
        self.populations.append(Population(name, atoms, n))
        self.sizes.append(Told(atoms, n, n))
        for code, ends in dict(counts).items():
            self.statements.setdefault(code, {})[number] = ends


class _Level(_Question):
    """The statements of one level: as a whole, in groups, and among who answered all levels, in all editions."""

    def __init__(self, slug, editions):
        super().__init__()
        shown_editions = [
            (number, edition)
            for number, edition in enumerate(editions, 1)
            if _level(edition, slug).n is not None
        ]
        if not shown_editions:
            return
        self.threshold = max(edition.threshold for _number, edition in shown_editions)
        parts = [
            _parts([edition for _number, edition in shown_editions], grouping)
            for grouping in ("gemeente", "rol")
        ]
        masks = list(
            dict.fromkeys(
                _open_levels(edition) for _n, edition in shown_editions if edition.pairs_n is not None
            )
        )
        self.atoms = list(product(range(len(shown_editions)), *parts, _memberships(masks)))
        for place, (number, edition) in enumerate(shown_editions):
            self._edition(place, edition, slug, masks, _("uitgave %d") % number if len(editions) > 1 else "")

    def _edition(self, place, edition, slug, masks, suffix):
        def named(name):
            return f"{name}, {suffix}" if suffix else name

        def there(holds):
            return self.where(lambda atom: atom[0] <= place and holds(atom))

        level = _level(edition, slug)
        counts = {
            statement.code: _ends(statement.count, statement.reason, level.n, statement.percentage)
            for statement in level.statements
        }
        self.add(named(level.name), there(lambda atom: True), level.n, counts)
        mask = masks.index(_open_levels(edition)) if edition.pairs_n is not None else None
        if mask is not None:
            everywhere = there(lambda atom: atom[3][mask])
            self.add(
                named(_("alle niveaus beantwoord")), everywhere, edition.pairs_n, _margins(edition, counts)
            )
        for side, breakdown in enumerate(edition.breakdowns, 1):
            if slug not in breakdown.levels:
                continue
            for number, block in enumerate(breakdown.blocks):
                members = there(lambda atom, side=side, number=number: atom[side][place] == number)
                bases = dict(zip(breakdown.levels, block.bases, strict=True))
                shares = {
                    share.code: _ends(share.count, share.band, share.n, share.percentage)
                    for share in block.shares
                    if share.code in counts
                }
                self.add(named(block.label), members, bases[slug], shares)
                if mask is not None:
                    # Who answered all levels is among those of the group on each level.
                    self.sizes.append(Told(members & everywhere, 0, min(bases.values())))


class _Answered(_Question):
    """The statements of one level, told on who answered another level too, as results of before did."""

    def __init__(self, level, edition):
        super().__init__()
        if level.n is None:
            return
        self.threshold = edition.threshold
        levels = {
            asked_level.level: asked_level for asked_level in edition.levels if asked_level.n is not None
        }
        self.atoms = [
            frozenset(slug for slug, is_in in zip(levels, answered, strict=True) if is_in)
            for answered in product((False, True), repeat=len(levels))
        ]
        self.nobody = self.where(lambda atom: level.level not in atom)
        if edition.responses is not None:
            self.sizes.append(Told(frozenset(range(len(self.atoms))), edition.responses, edition.responses))
        of = {
            statement.code: slug
            for slug, asked_level in levels.items()
            for statement in asked_level.statements
        }
        counts = {
            statement.code: _ends(statement.count, statement.reason, level.n, statement.percentage)
            for statement in level.statements
        }
        self.add(level.name, self.where(lambda atom: level.level in atom), level.n, counts)
        for slug in levels:
            self.sizes.append(
                Told(self.where(lambda atom, slug=slug: slug in atom), levels[slug].n, levels[slug].n)
            )
        counts_of_pairs = {}
        for pair in edition.pairs:
            if pair.n is not None:
                both = frozenset((of[pair.first], of[pair.second]))
                counts_of_pairs.setdefault(both, (pair.n, []))[1].append(pair)
        for both, (n, of_both) in counts_of_pairs.items():
            members = self.where(lambda atom, both=both: both <= atom)
            if level.level in both:
                name = " + ".join(levels[slug].name for slug in sorted(both))
                self.add(name, members, n, _margins(replace(edition, pairs=tuple(of_both)), counts))
            else:
                self.sizes.append(Told(members, n, n))


def _search(question, deadline):
    """The findings of one question."""
    populations = question.populations
    told_ends = [
        number
        for number in range(len(populations))
        if any(number in first for first in question.statements.values())
    ]
    findings = [
        Finding("", populations[number].name, "", (populations[number].n,) * 2, (0, populations[number].n))
        for number in told_ends
        if populations[number].n < question.threshold
    ]
    if not told_ends:
        return findings
    equations = Equations(len(question.atoms), question.sizes, deadline=deadline)
    few = {}
    for first, second in product(told_ends, told_ends):
        apart = populations[first].atoms - populations[second].atoms
        if apart and populations[first].n - populations[second].n < question.threshold:
            size = equations.size(apart)
            if 0 < size[1] < question.threshold:
                few[first, second] = (apart, size)
    for code, ends in question.statements.items():
        findings += _of_statement(question, code, ends, few, deadline)
    return findings


def _of_statement(question, code, ends, few, deadline):
    populations = question.populations
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
    counts.append(Told(question.nobody, 0, 0))
    equations = Equations(len(question.atoms), question.sizes, counts, deadline=deadline)
    for (inside, outside), (atoms, size) in targets.items():
        enough = min(VALUES - 1, size[1], *_alone(populations, ends, atoms, size))
        if enough < 1:
            continue
        low, high = equations.count(atoms, enough)
        if high - low < enough:
            yield Finding(code, inside, outside, size, (low, high))


def _alone(populations, ends, atoms, size):
    """How far the ends are apart that each figure by itself leaves to these people, who are a part of its own."""
    for number, (low, high) in ends.items():
        whole = populations[number]
        if atoms < whole.atoms:
            yield min(size[1], high) - max(0, size[0] - (whole.n - low))


def _parts(editions, grouping):
    """The finest groups that can be told apart: for each edition the place of their block, or None."""
    places = [
        {
            group: place
            for breakdown in edition.breakdowns
            if breakdown.grouping == grouping
            for place, block in enumerate(breakdown.blocks)
            for group in block.groups
        }
        for edition in editions
    ]
    groups = dict.fromkeys(group for place_of in places for group in place_of)
    return list(dict.fromkeys(tuple(place_of.get(group) for place_of in places) for group in groups)) or [
        (None,) * len(editions)
    ]


def _memberships(masks):
    """Whether somebody answered all levels of each of ``masks``: all of more levels is all of fewer, too."""
    return [
        answered
        for answered in product((False, True), repeat=len(masks))
        if all(
            not is_in or answered[other]
            for level_number, is_in in enumerate(answered)
            for other in range(len(masks))
            if masks[other] <= masks[level_number]
        )
    ]


def _level(edition, slug):
    return next(level for level in edition.levels if level.level == slug)


def _open_levels(edition):
    return frozenset(level.level for level in edition.levels if level.n is not None)


def _margins(edition, counts):
    """How many ticked a statement of ``counts``, as the pairs tell it."""
    margins = {}
    for pair in edition.pairs:
        if pair.both is not None:
            margins[pair.first] = (pair.both + pair.only_first,) * 2
            margins[pair.second] = (pair.both + pair.only_second,) * 2
    return {code: ends for code, ends in margins.items() if code in counts}


def _ends(count, reason, n, percentage):
    """The least and the most that a count can be by what stands there."""
    if count is not None:
        return count, count
    if percentage is not None:
        return min(counts_behind(percentage, n)), max(counts_behind(percentage, n))
    if reason == Reason.FEW:
        return 0, BAND
    if reason == Reason.NEARLY_ALL:
        return n - BAND, n
    # As results of before said it: under 5 %, over 95 %.
    under = (5 * n - 1) // 100
    return {"<5": (0, under), ">95": (n - under, n)}.get(reason, (0, n))


def _range(low, high):
    return f"{low}" if low == high else f"{low}–{high}"
