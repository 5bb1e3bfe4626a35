"""Results as the rules of before made them, so that tests can show what was wrong with these."""

from dataclasses import replace
from itertools import combinations

from registry.models import Municipality
from survey.design.questions import questions_of
from survey.models import RespondentRole
from survey.results import Pair, results_for
from survey.statistics import percentage


def results_of_before(round, counted):
    """Pairs on who answered both levels, compared with these two levels only; "<5" for nobody in a small block."""
    found = results_for(round, tally=counted)
    pages = questions_of(round.questionnaire).pages
    items, bits = (
        [item for page in pages for item in page.items],
        {one.level.slug: one.level.bit for one in pages},
    )
    shown = {level.level for level in found.levels if level.n}
    items = [item for item in items if item.level_id in shown]
    return replace(
        found,
        pairs=tuple(
            _pair(one, two, counted, found.threshold, bits)
            for one, two in combinations(items, 2)
            if one.level_id != two.level_id
        ),
        pairs_n=None,
        breakdowns=tuple(_with_old_bands(one, items, counted, round) for one in found.breakdowns),
    )


def _pair(one, two, counted, threshold, bits):
    here, there = bits[one.level_id], bits[two.level_id]
    n, both = counted.levels(here, there), counted.both(one.bit, two.bit)
    first, second = counted.item_at(one.bit, there) - both, counted.item_at(two.bit, here) - both
    cells = (both, first, second, n - both - first - second)
    if min(cells) < 5:
        return Pair(one.code, two.code, reason="kleine-cel")
    if any(0 < counted.level(position) - n < threshold for position in (here, there)):
        return Pair(one.code, two.code, n, phi=0.1, reason="scheelt-weinig")
    return Pair(one.code, two.code, n, *cells, phi=0.1)


def _with_old_bands(breakdown, items, counted, round):
    answers_of = {name: [code] for code, name in Municipality.objects.values_list("code", "name")}
    answers_of |= {str(role.label): [role.value] for role in RespondentRole}
    answers_of |= {"Niet gezegd": ["", "liever-niet"], "Elders": ["elders"]}
    blocks = []
    for block in breakdown.blocks:
        answers = [answer for group in block.groups for answer in answers_of.get(group, [group])]
        shares = []
        for share, item in zip(block.shares, items, strict=True):
            count = sum(counted.group_item(breakdown.grouping, answer, item.bit) for answer in answers)
            if share.n < 30 and count in (0, share.n):
                shares.append(replace(share, count=None, percentage=None, band="<5" if count == 0 else ">95"))
            else:
                shares.append(replace(share, count=count, percentage=percentage(count / share.n), band=""))
        blocks.append(replace(block, shares=tuple(shares)))
    return replace(breakdown, blocks=tuple(blocks))
