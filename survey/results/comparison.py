"""This round against an earlier one of which the results are fixed."""

from collections.abc import Iterable
from dataclasses import replace

from survey.models import Round
from survey.results.bands import DOUBT
from survey.results.levels import share
from survey.results.outcome import Change, ComparisonResult, LevelResult, Results, Statement
from survey.results.phrases import Reason
from survey.statistics import compare, holm, percentage, shown_p


def comparison(
    previous: Round, edition: int | None, then: Results | None, levels: Iterable[LevelResult]
) -> ComparisonResult:
    """``then``: the Results of ``previous`` as published in this ``edition``, or None."""
    about = (previous.slug, previous.name, previous.is_sample)
    if then is None:
        return ComparisonResult(*about, None, reason=Reason.NO_PUBLICATION)
    uncorrected, ps = [], []
    for now in (statement for level in levels for statement in level.statements):
        change, p = _change(then.statements.get(now.code), now)
        uncorrected.append(change)
        if p is not None:
            ps.append(p)
    corrected = iter(holm(ps))
    changes = tuple(change if change.reason else _judged(change, next(corrected)) for change in uncorrected)
    return ComparisonResult(*about, edition, changes)


def _change(before: Statement | None, now: Statement) -> tuple[Change, float | None]:
    here = None if now.count is None else share(now.code, *now.figures)
    if before is None or before.count is None or here is None:
        reason = now.reason or (Reason.NEW if before is None else before.reason)
        return Change(now.code, None, here, reason=reason), None
    result = compare(*now.figures, *before.figures)
    change = Change(
        now.code,
        share(before.code, *before.figures),
        here,
        percentage(result.difference),
        (percentage(result.interval.low), percentage(result.interval.high)),
        is_reworded=before.text != now.text,
    )
    return change, result.p


def _judged(change: Change, p: float) -> Change:
    rounded_p, is_below = shown_p(p)
    return replace(change, p=rounded_p, p_is_below=is_below, is_demonstrable=p < DOUBT)
