"""A verdict that is published follows from figures that stand beside it; else it would be a figure of its own."""

import random
from dataclasses import replace

import pytest

from survey.models import StepCount
from survey.results import outcome, read, results_for
from survey.rounds import publications
from survey.statistics import Together, compare, detectable, holm, percentage, wilson
from tests import factories
from tests.survey import coded, making
from tests.survey.counting import anybody, everybody, store

pytestmark = pytest.mark.django_db
CODES = ["M1", "M2", "M3", "B1", "B2", "R1", "R2", "R3"]
# Figures, names and what was decided beforehand; all else in a publication is a verdict, or a reason.
GIVEN = {
    "Results": "round name occasion held_on is_sample questionnaire threshold responses started steps levels breakdowns "
    "comparison pairs themes note pairs_n",
    "LevelResult": "level letter name question n statements",
    "Statement": "code text wording count n is_derived",
    "BreakdownResult": "grouping levels blocks",
    "BlockResult": "label groups bases shares",
    "Share": "code count n",
    "ComparisonResult": "slug name is_sample edition changes",
    "Change": "code before now is_reworded",
    "Pair": "first second n both only_first only_second neither",
    "Theme": "code label respondents",
    "Step": "name number",
    "Detectable": "",
}
WORKED_OUT = {
    "Results": "detectable_n detectable",
    "Statement": "percentage interval rank",
    "Share": "percentage",
    "Change": "points interval p p_is_below is_demonstrable",
    "Pair": "phi jaccard lift p p_is_below is_demonstrable",
    "Detectable": "percentage needed",
}
# What depends on more: the bands (see test_bands.py), how many did not send (test_compose.py), and why not.
ELSEWHERE = {
    "Results": "drop_off drop_off_reason pairs_reason",
    "LevelResult": "reason bands_reason",
    "Statement": "band reason",
    "BreakdownResult": "reason",
    "Share": "band",
    "ComparisonResult": "reason",
    "Change": "reason",
    "Pair": "reason",
    "Theme": "reason",
    "Step": "reason",
}


def worked_out(found):
    """The same, with each verdict made from the figures beside it and nothing else."""
    levels = tuple(replace(one, statements=tuple(_bars(one))) for one in found.levels)
    bases = [level.n for level in levels if level.n]
    shown = [one.percentage for one in found.detectable]
    needed = [detectable(one / 100, min(bases), min(bases)) for one in shown]
    return replace(
        found,
        levels=levels,
        breakdowns=tuple(
            replace(
                one,
                blocks=tuple(replace(block, shares=tuple(map(_share, block.shares))) for block in one.blocks),
            )
            for one in found.breakdowns
        ),
        pairs=tuple(_tested(found.pairs, _pair)),
        comparison=found.comparison
        and replace(found.comparison, changes=tuple(_tested(found.comparison.changes, _change))),
        themes=tuple(
            sorted(found.themes, key=lambda one: (bool(one.reason), -(one.respondents or 0), one.code))
        ),
        detectable_n=min(bases),
        detectable=tuple(
            replace(one, needed=value and percentage(value))
            for one, value in zip(found.detectable, needed, strict=True)
        ),
    )


def _bars(level):
    codes = sorted(one.code for one in level.statements)
    ends = {"op-2-na": 0, "": 1, "hoogstens-2": 2}
    ordered = sorted(
        level.statements, key=lambda one: (ends.get(one.reason, 1), -(one.count or 0), codes.index(one.code))
    )
    before = [
        level.n if one.reason == "op-2-na" else one.count for one in ordered if one.reason != "hoogstens-2"
    ]
    for one in ordered:
        if one.count is None:
            yield replace(one, percentage=None, interval=(), rank=None)
            continue
        margin = wilson(one.count, one.n)
        interval = (percentage(margin.low), percentage(margin.high))
        rank = 1 + sum(count > one.count for count in before)
        yield replace(one, percentage=percentage(one.count / one.n), interval=interval, rank=rank)


def _share(share):
    return replace(share, percentage=None if share.count is None else percentage(share.count / share.n))


def _tested(rows, test):
    made = [test(one) for one in rows]
    corrected = iter(holm([p for _row, p in made if p is not None]))
    for row, p in made:
        if p is None:
            yield row
        else:
            one = next(corrected)
            shown = max(round(one, 6), 0.000001)
            yield replace(row, p=shown, p_is_below=one < 0.000001, is_demonstrable=one < 0.05)


def _pair(pair):
    if pair.both is None:
        return replace(pair, n=None, phi=None, jaccard=None, lift=None, p=None, is_demonstrable=False), None
    table = Together(pair.both, pair.only_first, pair.only_second, pair.neither)
    measures = (round(one, 4) for one in (table.phi, table.jaccard, table.lift))
    return replace(
        pair, n=table.n, **dict(zip(("phi", "jaccard", "lift"), measures, strict=True))
    ), table.fisher


def _change(change):
    before, now = (one and _share(one) for one in (change.before, change.now))
    if None in (before, now) or None in (before.count, now.count):
        return replace(
            change, before=before, now=now, points=None, interval=(), p=None, is_demonstrable=False
        ), None
    test = compare(now.count, now.n, before.count, before.n)
    interval = (percentage(test.interval.low), percentage(test.interval.high))
    return replace(
        change, before=before, now=now, points=percentage(test.difference), interval=interval
    ), test.p


@pytest.mark.parametrize("seed", range(6))
def test_each_verdict_follows_from_what_stands_beside_it(seed):
    for code in ("GM0034", "GM0995", "GM0184"):
        factories.municipality(code)
    rand = random.Random(seed)
    earlier = making.round("eerder", questionnaire=making.questionnaire(CODES))
    store(earlier, anybody(CODES, rand.choice((20, 60, 150)), seed))
    publications.freeze(making.close(earlier))
    round = making.round("nu", questionnaire=earlier.questionnaire, previous=earlier)
    people = anybody(CODES, rand.choice((15, 28, 77, 300)) if seed < 5 else 150, seed + 100)
    # Hardly anybody ticks this one: of its pairs nothing is told, and they count for no correction.
    people = [(codes - {"R3"} if rand.random() < 0.9 else codes, *who) for codes, *who in people]
    if seed % 2:
        tied = [codes | {"B1"} if "M1" in codes else codes for codes, *_who in people]
        people = [(codes, (1, 2, 4), *who[1:]) for codes, (_codes, *who) in zip(tied, people, strict=True)]
    store(round, people + everybody(0 if seed % 2 else 12, "R1", levels=(4,)))
    StepCount.objects.create(round=round, step=0, number=400)
    found = results_for(round)
    assert worked_out(found) == found


def test_the_themes_stand_in_an_order_that_their_figures_give():
    round = coded.frozen(*coded.SAID)
    store(round, everybody(40, "R1"))
    found = read(publications.freeze(round).data)
    assert worked_out(found).themes == found.themes != ()


def test_nothing_that_is_published_is_forgotten_here():
    """A new field of the results is a figure, a verdict that is worked out above, or has a test of its own."""
    said = {}
    for table in (GIVEN, WORKED_OUT, ELSEWHERE):
        for name, words in table.items():
            said.setdefault(name, []).extend(words.split())
    kinds = [kind for kind in vars(outcome).values() if hasattr(kind, "__dataclass_fields__")]
    assert {kind.__name__: sorted(kind.__dataclass_fields__) for kind in kinds} == {
        name: sorted(words) for name, words in said.items()
    }
