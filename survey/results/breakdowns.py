"""The shares of groups, as far as disclosure control lets them through."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from survey import disclosure
from survey.design.questions import questions_of
from survey.models import Item, Questionnaire, RespondentRole
from survey.models.questionnaire import AskedLevel
from survey.models.response import ELSEWHERE, PREFER_NOT
from survey.results.outcome import BlockResult, BreakdownResult, Share
from survey.results.phrases import Reason
from survey.results.tally import GROUPINGS, Tally
from survey.statistics import percentage

# Group to the stored answers that make it up.
Values = dict[str, tuple[str, ...]]


def unknown_breakdowns(reason: str) -> tuple[BreakdownResult, ...]:
    return tuple(BreakdownResult(grouping, reason=reason) for grouping in GROUPINGS)


@dataclass(frozen=True)
class Split:
    """One breakdown as it may be shown. ``values``: group to the stored answers that make it up."""

    grouping: str
    names: Mapping[str, str]
    values: Values
    breakdown: disclosure.Breakdown


def splits(
    questionnaire: Questionnaire,
    levels: Sequence[AskedLevel],
    tally: Tally,
    threshold: int,
    without: Collection[str] = (),
) -> tuple[Split, ...]:
    """By gemeente, and by rol as far as that may stand beside it. ``levels``: those that are shown;
    ``without``: groupings that are not to be shown."""
    groups = known_groups(questionnaire)
    is_asked = {"gemeente": questionnaire.asks_municipality, "rol": questionnaire.asks_role}
    values, cells = {}, {}
    for grouping in GROUPINGS:
        values[grouping] = _values(groups[grouping], tally.groups(grouping)) if is_asked[grouping] else {}
        if not levels:
            cells[grouping] = disclosure.Breakdown(reason=Reason.TOO_FEW)
        elif grouping in without and is_asked[grouping]:
            cells[grouping] = disclosure.Breakdown(reason=Reason.AUDITED)
        else:
            cells[grouping] = _blocks(grouping, values[grouping], levels, tally, threshold)
    cells["rol"] = _beside(cells, values, levels, tally, threshold)
    return tuple(
        Split(grouping, groups[grouping], values[grouping], cells[grouping]) for grouping in GROUPINGS
    )


def breakdowns(
    splits: Iterable[Split], levels: Sequence[AskedLevel], items: Sequence[Item], tally: Tally
) -> tuple[BreakdownResult, ...]:
    return tuple(
        _shown(split, levels, items, tally)
        if split.breakdown.blocks
        else BreakdownResult(split.grouping, reason=split.breakdown.reason)
        for split in splits
    )


def known_groups(questionnaire: Questionnaire) -> dict[str, dict[str, str]]:
    """Per grouping: the groups that there are, in order, each with its name."""
    shared = {PREFER_NOT: _("Niet gezegd")}
    return {
        "gemeente": dict(questions_of(questionnaire).municipalities) | {ELSEWHERE: _("Elders")} | shared,
        "rol": {role.value: str(role.label) for role in RespondentRole} | shared,
    }


def _values(groups: Iterable[str], answered: Sequence[str]) -> Values:
    """Group to the stored answers that make it up. A group that nobody is in counts too: that is few."""
    values: Values = {group: (group,) for group in groups if group not in (PREFER_NOT, ELSEWHERE)}
    values |= {answer: (answer,) for answer in answered if answer}
    unsaid = tuple(answer for answer in answered if answer in ("", PREFER_NOT))
    if unsaid:
        values[PREFER_NOT] = unsaid
    return values


def _blocks(
    grouping: str, values: Values, levels: Sequence[AskedLevel], tally: Tally, threshold: int
) -> disclosure.Breakdown:
    bases = {
        group: tuple(
            sum(tally.group_level(grouping, answer, level.bit) for answer in answers) for level in levels
        )
        for group, answers in values.items()
    }
    if not bases:
        return disclosure.Breakdown(reason=Reason.NOT_ASKED)
    return disclosure.break_down(bases, threshold)


def _beside(
    blocks: Mapping[str, disclosure.Breakdown],
    values: Mapping[str, Values],
    levels: Iterable[AskedLevel],
    tally: Tally,
    threshold: int,
) -> disclosure.Breakdown:
    """The second breakdown next to the first; on every level, since other people answered each."""
    for level in levels:
        together = {
            (municipality, role): sum(
                tally.together(first, second, level.bit) for first in some for second in others
            )
            for municipality, some in values["gemeente"].items()
            for role, others in values["rol"].items()
        }
        checked = disclosure.beside(blocks["gemeente"], blocks["rol"], together, threshold)
        if checked.reason:
            return checked
    return blocks["rol"]


def _shown(
    split: Split, levels: Sequence[AskedLevel], items: Iterable[Item], tally: Tally
) -> BreakdownResult:
    blocks = split.breakdown.blocks
    answers = [[answer for group in block.groups for answer in split.values[group]] for block in blocks]
    bases = [
        {
            level.slug: sum(tally.group_level(split.grouping, answer, level.bit) for answer in of_block)
            for level in levels
        }
        for of_block in answers
    ]
    shares: list[list[Share]] = [[] for _block in blocks]
    for item in items:
        counts = [
            sum(tally.group_item(split.grouping, answer, item.bit) for answer in of_block)
            for of_block in answers
        ]
        cells = disclosure.split(
            [(count, base[item.level_id]) for count, base in zip(counts, bases, strict=True)]
        )
        for of_block, cell in zip(shares, cells, strict=True):
            share_percentage = None if cell.count is None else percentage(cell.count / cell.n)
            of_block.append(Share(item.code, cell.count, cell.n, share_percentage, cell.band))
    results = tuple(
        BlockResult(
            _label(split, block),
            tuple(split.names.get(group, group) for group in block.groups),
            tuple(base.values()),
            tuple(of_block),
        )
        for block, base, of_block in zip(blocks, bases, shares, strict=True)
    )
    return BreakdownResult(split.grouping, tuple(level.slug for level in levels), results)


def _label(split: Split, block: disclosure.Block) -> str:
    return (
        _("Overige groepen samen") if block.is_merged else split.names.get(block.groups[0], block.groups[0])
    )
