"""The bars of one level: shares with their margin, and ranks."""

from collections.abc import Mapping, Sequence
from typing import Any

from survey.disclosure import band_of
from survey.models import Item
from survey.models.questionnaire import AskedLevel
from survey.results.outcome import LevelResult, Share, Statement
from survey.results.phrases import Reason
from survey.results.tally import Tally
from survey.statistics import counts_behind, percentage, wilson


def share(code: str, count: int, n: int) -> Share:
    return Share(code, count, n, percentage(count / n))


def level_result(level: AskedLevel, items: Sequence[Item], tally: Tally, threshold: int) -> LevelResult:
    """``items`` of this ``level`` as they were answered, without bands; nothing when too few people did.

    Neither rank nor order tells more of a count than its range does: among those with the same range
    the order is that of the questionnaire, and without all counts there will be no bands.
    """
    n = tally.level(level.bit)
    about = (level.slug, level.letter, level.name, level.question)
    if n < threshold:
        hidden = tuple(_statement(item, None, n=None, reason=Reason.TOO_FEW) for item in items)
        return LevelResult(*about, None, hidden, reason=Reason.TOO_FEW)
    ranges = {item: band_of(tally.item(item.bit), n) for item in items}
    nearly_all, exact, few = (
        [item for item in items if ranges[item] == wanted] for wanted in (Reason.NEARLY_ALL, "", Reason.FEW)
    )
    exact.sort(key=lambda item: (-tally.item(item.bit), item.bit))
    counts = [tally.item(item.bit) for item in exact]
    is_complete = len(exact) == len(items)
    statements = (
        *(_statement(item, None, n=n, reason=Reason.NEARLY_ALL) for item in nearly_all),
        *(
            _statement(item, count, n=n, rank=1 + len(nearly_all) + counts.index(count))
            for item, count in zip(exact, counts, strict=True)
        ),
        *(_statement(item, None, n=n, reason=Reason.FEW) for item in few),
    )
    return LevelResult(*about, n, statements, bands_reason="" if is_complete else Reason.NOT_ALL_COUNTS)


def level_from_shares(
    level: AskedLevel, items: Sequence[Item], n: int, percentages: Mapping[str, int]
) -> LevelResult:
    """A level of which only whole percentages are known (code to percentage), or not even those."""
    fitting_counts = {
        item.code: counts_behind(percentages[item.code], n) for item in items if item.code in percentages
    }
    if wrong := [code for code, counts in fitting_counts.items() if not counts]:
        raise ValueError(f"{wrong[0]}: {percentages[wrong[0]]} % cannot occur at {n}.")
    # Where more than one count fits, none is chosen.
    counts_of = {code: counts[0] for code, counts in fitting_counts.items() if len(counts) == 1}
    ordered = sorted(items, key=lambda item: (-counts_of.get(item.code, -1), item.bit))
    ranked = sorted(counts_of.values(), reverse=True)
    statements = tuple(
        _statement(
            item, counts_of[item.code], n=n, rank=1 + ranked.index(counts_of[item.code]), is_derived=True
        )
        if item.code in counts_of
        else _statement(item, None, n=n, reason=Reason.UNKNOWN)
        for item in ordered
    )
    about = (level.slug, level.letter, level.name, level.question)
    return LevelResult(*about, n, statements, bands_reason=Reason.ONLY_SHARES)


def _statement(item: Item, count: int | None, *, n: int | None, **fields: Any) -> Statement:
    wording = item.wordings.get("nl", {})
    text, version = wording.get("text", ""), wording.get("version")
    if count is None or n is None:
        return Statement(item.code, text, version, None, n, **fields)
    margin = wilson(count, n)
    interval = (percentage(margin.low), percentage(margin.high))
    return Statement(item.code, text, version, count, n, percentage(count / n), interval, **fields)
