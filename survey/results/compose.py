"""Makes the Results of a round: levels, breakdowns, pairs, comparison, themes."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from survey.design.questions import questions_of
from survey.disclosure import band_of
from survey.fieldwork import progress
from survey.models import Publication, Round
from survey.models.questionnaire import AskedLevel
from survey.open_answers.themes import themes_of
from survey.results.bands import PART, with_bands
from survey.results.breakdowns import breakdowns, splits, unknown_breakdowns
from survey.results.comparison import comparison
from survey.results.levels import level_from_shares, level_result
from survey.results.outcome import ComparisonResult, Detectable, LevelResult, Results, Step, Theme, read
from survey.results.pairs import pairs
from survey.results.phrases import Reason
from survey.results.tally import Tally, recount
from survey.statistics import detectable, percentage

NOTE = _("Zelfgekozen deelnemers; de marge dekt alleen toeval, niet wie wel of niet meedeed.")
SHOWN_SHARES = (10, 30, 50, 70)


def results_for(
    round: Round,
    *,
    tally: Tally | None = None,
    without: Collection[str] = frozenset(),
    beside: ComparisonResult | None = None,
) -> Results:
    """What the responses of ``round`` say, as far as it may be told. ``tally``: when they were counted already;
    ``without``: which of "samenhang", "rol", "gemeente" and, for each level, its bands are not to be told beside
    the rest; ``beside``: the ComparisonResult that says with which edition it was compared, else that is the newest."""
    tally = tally or recount(round)
    questions = questions_of(round.questionnaire)
    levels = tuple(level_result(page.level, page.items, tally, round.threshold) for page in questions.pages)
    pages = [page for page in questions.pages if tally.level(page.level.bit) >= round.threshold]
    open_levels = [page.level for page in pages]
    open_items = [item for page in pages for item in page.items]
    split = splits(round.questionnaire, open_levels, tally, round.threshold, without)
    shown_pairs, pairs_n, pairs_reason = pairs(pages, tally, round.threshold, split)
    if "samenhang" in without:
        shown_pairs, pairs_n, pairs_reason = (), None, Reason.AUDITED
    groups = breakdowns(split, open_levels, open_items, tally)
    bits = {item.code: item.bit for item in questions.items}
    levels = tuple(
        with_bands(level, bits, tally, groups, shown_pairs, is_left_out=PART + level.level in without)
        for level in levels
    )
    is_hidden = tally.responses < round.threshold
    screens = () if is_hidden else _steps(round, levels)
    started = max((step.number for step in screens if step.number is not None), default=None)
    drop_off, drop_off_reason = (None, "") if is_hidden else _drop_off(round, started, tally.responses)
    return Results(
        **_about(round),
        responses=None if is_hidden else tally.responses,
        started=started,
        drop_off=drop_off,
        steps=screens,
        levels=levels,
        breakdowns=groups,
        comparison=_comparison(round, levels, beside),
        pairs=shown_pairs,
        pairs_reason=pairs_reason,
        themes=() if is_hidden else _themes(round, tally.responses),
        **_detectable(levels),
        pairs_n=pairs_n,
        drop_off_reason=drop_off_reason,
    )


def parts_left_out(results: Results) -> frozenset[str]:
    """``without`` as it was when these results were made."""
    left_out = {breakdown.grouping for breakdown in results.breakdowns if breakdown.reason == Reason.AUDITED}
    left_out |= {PART + level.level for level in results.levels if level.bands_reason == Reason.AUDITED}
    return frozenset(left_out | ({"samenhang"} if results.pairs_reason == Reason.AUDITED else set()))


def results_from_shares(round: Round, bases: Mapping[str, int], percentages: Mapping[str, int]) -> Results:
    """What is left of a round of which only whole percentages are known: ``bases`` has N for each level
    (slug), ``percentages`` what is known of the statements (code)."""
    levels = tuple(
        level_from_shares(page.level, page.items, bases[page.level.slug], percentages)
        for page in questions_of(round.questionnaire).pages
    )
    return Results(
        **_about(round),
        responses=None,
        started=None,
        drop_off=None,
        steps=(),
        levels=levels,
        breakdowns=unknown_breakdowns(Reason.ONLY_SHARES),
        comparison=None,
        pairs=(),
        pairs_reason=Reason.ONLY_SHARES,
        themes=(),
        **_detectable(levels),
    )


def open_levels_of(round: Round, tally: Tally) -> list[AskedLevel]:
    """The levels that enough people answered."""
    levels = [page.level for page in questions_of(round.questionnaire).pages]
    return [level for level in levels if tally.level(level.bit) >= round.threshold]


def _about(round: Round) -> dict[str, Any]:
    return {
        "round": round.slug,
        "name": round.name,
        "occasion": round.occasion,
        "held_on": round.held_on and round.held_on.isoformat(),
        "is_sample": round.is_sample,
        "questionnaire": str(round.questionnaire),
        "threshold": round.threshold,
        "note": str(NOTE),
    }


def _steps(round: Round, levels: Iterable[LevelResult]) -> tuple[Step, ...]:
    """Each screen of the form, in order, with how many came as far; not when few did, nor from the first level on
    of which few answers came: no more came than saw its screen."""
    reached = dict(round.step_counts.values_list("step", "number"))
    hidden = {level.level for level in levels if level.n is None}
    shown_steps, is_past = [], False
    for screen in questions_of(round.questionnaire).steps if reached else ():
        is_past = is_past or bool(screen.page and screen.page.level.slug in hidden)
        if is_past or reached.get(screen.number, round.threshold) < round.threshold:
            shown_steps.append(Step(screen.label, None, Reason.TOO_FEW))
        elif screen.number in reached:
            shown_steps.append(Step(screen.label, reached[screen.number]))
    return tuple(shown_steps)


def _drop_off(round: Round, started: int | None, responses: int) -> tuple[int | None, str]:
    """(of the pages that were begun on a screen and counted, the percentage from which nothing was sent; the reason why
    it is not told). None and no reason when it was not counted. Beside the number of responses it tells how many came
    otherwise, on paper or from a page that was begun without a network: neither may be a few. That there were none at
    all is a way of working, and is told of nobody."""
    sent = dict(round.step_counts.values_list("step", "number")).get(progress.sent(round.questionnaire))
    if sent is None:
        return None, ""
    if any(0 < part < round.threshold for part in (sent, responses - sent)):
        return None, Reason.FEW_ON_PAPER
    if not started or sent > started:
        return None, ""
    return percentage(1 - sent / started), ""


def _comparison(
    round: Round, levels: Iterable[LevelResult], beside: ComparisonResult | None
) -> ComparisonResult | None:
    if round.previous is None:
        return None
    editions = Publication.objects.filter(round=round.previous).order_by("-edition")
    earlier = editions.filter(edition=beside.edition or 0) if beside else editions.public()
    publication = earlier.first()
    if publication is None:
        return comparison(round.previous, None, None, levels)
    return comparison(round.previous, publication.edition, read(publication.data), levels)


def _themes(round: Round, n: int) -> tuple[Theme, ...]:
    """Among few people, what hardly anybody said is left out, since to be named at all is to be said by one."""
    themes = []
    for theme in themes_of(round):
        band = band_of(theme.respondents, n)
        if band != Reason.FEW:
            themes.append(Theme(theme.code, theme.label, None if band else theme.respondents, band))
    return tuple(sorted(themes, key=lambda theme: (not theme.reason, -(theme.respondents or 0), theme.code)))


def _detectable(levels: Iterable[LevelResult]) -> dict[str, Any]:
    """At the smallest level, with a next round of the same size."""
    bases = [level.n for level in levels if level.n]
    if not bases:
        return {"detectable_n": None, "detectable": ()}
    n = min(bases)
    needed = {share: detectable(share / 100, n, n) for share in SHOWN_SHARES}
    rows = tuple(
        Detectable(share, None if value is None else percentage(value)) for share, value in needed.items()
    )
    return {"detectable_n": n, "detectable": rows}
