"""The shares of groups, as far as disclosure control lets them through."""

from django.utils.translation import gettext as _

from registry.models import Municipality
from survey import disclosure
from survey.models import RespondentRole
from survey.models.response import ELSEWHERE, PREFER_NOT
from survey.results.shapes import BlockResult, BreakdownResult, Share
from survey.results.words import Reason
from survey.statistics import percentage
from survey.tally import GROUPINGS


def unknown_breakdowns(reason):
    return tuple(BreakdownResult(grouping, reason=reason) for grouping in GROUPINGS)


def breakdowns(questionnaire, levels, items, tally, threshold):
    """By gemeente, and by rol as far as that may stand beside it. ``levels``: those that are shown."""
    if not levels:
        return unknown_breakdowns(Reason.TOO_FEW)
    known = known_groups()
    asked = {"gemeente": questionnaire.asks_municipality, "rol": questionnaire.asks_role}
    values, blocks = {}, {}
    for grouping in GROUPINGS:
        values[grouping] = _values(known[grouping], tally.groups(grouping)) if asked[grouping] else {}
        blocks[grouping] = _blocks(grouping, values[grouping], levels, tally, threshold)
    blocks["rol"] = _beside(blocks, values, levels, tally, threshold)
    return tuple(
        BreakdownResult(grouping, reason=Reason.NOT_ASKED if not asked[grouping] else blocks[grouping].reason)
        if not blocks[grouping].blocks
        else _shown(grouping, blocks[grouping], known[grouping], values[grouping], levels, items, tally)
        for grouping in GROUPINGS
    )


def known_groups():
    """Per grouping: the groups that there are, in order, each with its name."""
    shared = {PREFER_NOT: _("Niet gezegd")}
    return {
        "gemeente": dict(Municipality.objects.order_by("name").values_list("code", "name"))
        | {ELSEWHERE: _("Elders")}
        | shared,
        "rol": {role.value: str(role.label) for role in RespondentRole} | shared,
    }


def merged_blocks(questionnaire, levels, tally, threshold):
    """Per grouping: answer to the name of the block in which it may be told; for the file with records."""
    found = {}
    known = known_groups()
    shown = breakdowns(questionnaire, levels, [], tally, threshold)
    for result in shown:
        names = {name: block.label for block in result.blocks for name in block.groups}
        found[result.grouping] = {
            value: names.get(known[result.grouping].get(group, group), "")
            for group, of_group in _values(known[result.grouping], tally.groups(result.grouping)).items()
            for value in of_group
        }
    return found


def _values(known, answered):
    """Group to the stored answers that make it up. A group that nobody is in counts too: that is few."""
    values = {group: (group,) for group in known if group not in (PREFER_NOT, ELSEWHERE)}
    values |= {answer: (answer,) for answer in answered if answer}
    unsaid = tuple(answer for answer in answered if answer in ("", PREFER_NOT))
    if unsaid:
        values[PREFER_NOT] = unsaid
    return values


def _blocks(grouping, values, levels, tally, threshold):
    bases = {
        group: tuple(
            sum(tally.group_level(grouping, answer, level.position) for answer in answers) for level in levels
        )
        for group, answers in values.items()
    }
    if not bases:
        return disclosure.Breakdown(reason=Reason.NOT_ASKED)
    return disclosure.break_down(bases, threshold)


def _beside(blocks, values, levels, tally, threshold):
    """The second breakdown next to the first; on every level, since other people answered each."""
    for level in levels:
        together = {
            (one, two): sum(
                tally.together(first, second, level.position) for first in some for second in others
            )
            for one, some in values["gemeente"].items()
            for two, others in values["rol"].items()
        }
        checked = disclosure.beside(blocks["gemeente"], blocks["rol"], together, threshold)
        if checked.reason:
            return checked
    return blocks["rol"]


def _shown(grouping, breakdown, names, values, levels, items, tally):
    blocks = []
    for block in breakdown.blocks:
        answers = [answer for group in block.groups for answer in values[group]]
        bases = {
            level.pk: sum(tally.group_level(grouping, answer, level.position) for answer in answers)
            for level in levels
        }
        shares = []
        for item in items:
            count = sum(tally.group_item(grouping, answer, item.bit) for answer in answers)
            cell = disclosure.cell(count, bases[item.level_id])
            shown = None if cell.count is None else percentage(cell.count / cell.n)
            shares.append(Share(item.code, cell.count, cell.n, shown, cell.band))
        labels = tuple(names.get(group, group) for group in block.groups)
        label = _("Overige groepen samen") if block.is_merged else labels[0]
        blocks.append(BlockResult(label, labels, tuple(bases.values()), tuple(shares)))
    return BreakdownResult(grouping, tuple(level.slug for level in levels), tuple(blocks))
