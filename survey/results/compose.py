"""All that a round found, put together."""

from django.utils.translation import gettext_lazy as _

from survey.design.questions import questions_of
from survey.disclosure import band_of
from survey.fieldwork import progress
from survey.models import Publication
from survey.open_answers.themes import themes_of
from survey.results.bands import PART, with_bands
from survey.results.breakdowns import breakdowns, splits, unknown_breakdowns
from survey.results.changes import comparison
from survey.results.levels import level_from_shares, level_result
from survey.results.pairs import pairs
from survey.results.shapes import Detectable, Results, Step, Theme, read
from survey.results.tally import recount
from survey.results.words import Reason
from survey.statistics import detectable, percentage

NOTE = _("Zelfgekozen deelnemers; de marge dekt alleen toeval, niet wie wel of niet meedeed.")
SHOWN_SHARES = (10, 30, 50, 70)


def results_for(round, *, tally=None, without=frozenset(), beside=None):
    """What the responses of ``round`` say, as far as it may be told. ``tally``: when they were counted already;
    ``without``: which of "samenhang", "rol", "gemeente" and, for each level, its bands are not to be told beside
    the rest; ``beside``: the ComparisonResult that says with which edition it was compared, else that is the newest."""
    tally = tally or recount(round)
    questions = questions_of(round.questionnaire)
    levels = tuple(level_result(one.level, one.items, tally, round.threshold) for one in questions.pages)
    pages = [one for one in questions.pages if tally.level(one.level.bit) >= round.threshold]
    open_levels = [one.level for one in pages]
    shown = [item for one in pages for item in one.items]
    split = splits(round.questionnaire, open_levels, tally, round.threshold, without)
    found, pairs_n, pairs_reason = pairs(pages, tally, round.threshold, split)
    if "samenhang" in without:
        found, pairs_n, pairs_reason = (), None, Reason.AUDITED
    groups = breakdowns(split, open_levels, shown, tally)
    bits = {item.code: item.bit for item in questions.items}
    levels = tuple(
        with_bands(one, bits, tally, groups, found, is_left_out=PART + one.level in without) for one in levels
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
        pairs=found,
        pairs_reason=pairs_reason,
        themes=() if is_hidden else _themes(round, tally.responses),
        **_detectable(levels),
        pairs_n=pairs_n,
        drop_off_reason=drop_off_reason,
    )


def parts_left_out(results):
    """``without`` as it was when these results were made."""
    left_out = {one.grouping for one in results.breakdowns if one.reason == Reason.AUDITED}
    left_out |= {PART + one.level for one in results.levels if one.bands_reason == Reason.AUDITED}
    return frozenset(left_out | ({"samenhang"} if results.pairs_reason == Reason.AUDITED else set()))


def results_from_shares(round, bases, percentages):
    """What is left of a round of which only whole percentages are known: ``bases`` has N for each level
    (slug), ``percentages`` what is known of the statements (code)."""
    levels = tuple(
        level_from_shares(one.level, one.items, bases[one.level.slug], percentages)
        for one in questions_of(round.questionnaire).pages
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


def open_levels_of(round, tally):
    """The levels that enough people answered."""
    levels = [page.level for page in questions_of(round.questionnaire).pages]
    return [level for level in levels if tally.level(level.bit) >= round.threshold]


def _about(round):
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


def _steps(round, levels):
    """Each screen of the form, in order, with how many came as far; not when few did, nor from the first level on
    of which few answers came: no more came than saw its screen."""
    reached = dict(round.step_counts.values_list("step", "number"))
    hidden = {level.level for level in levels if level.n is None}
    found, is_past = [], False
    for screen in questions_of(round.questionnaire).steps if reached else ():
        is_past = is_past or bool(screen.page and screen.page.level.slug in hidden)
        if is_past or reached.get(screen.number, round.threshold) < round.threshold:
            found.append(Step(screen.label, None, Reason.TOO_FEW))
        elif screen.number in reached:
            found.append(Step(screen.label, reached[screen.number]))
    return tuple(found)


def _drop_off(round, started, responses):
    """(of the pages that were begun on a screen and counted, the percentage from which nothing was sent; the reason why
    it is not told). None and no reason when it was not counted. Beside the number of responses it tells how many came
    otherwise, on paper or from a page that was begun without a network: neither may be a few. That there were none at
    all is a way of working, and is told of nobody."""
    sent = dict(round.step_counts.values_list("step", "number")).get(progress.sent(round.questionnaire))
    if sent is None:
        return None, ""
    if any(0 < one < round.threshold for one in (sent, responses - sent)):
        return None, Reason.FEW_ON_PAPER
    if not started or sent > started:
        return None, ""
    return percentage(1 - sent / started), ""


def _comparison(round, levels, beside):
    if round.previous is None:
        return None
    editions = Publication.objects.filter(round=round.previous).order_by("-edition")
    earlier = editions.filter(edition=beside.edition or 0) if beside else editions.public()
    found = earlier.first()
    then = found and read(found.data)
    return comparison(round.previous, found and found.edition, then, levels)


def _themes(round, n):
    """Among few people, what hardly anybody said is left out, since to be named at all is to be said by one."""
    found = []
    for theme in themes_of(round):
        band = band_of(theme.respondents, n)
        if band != Reason.FEW:
            found.append(Theme(theme.code, theme.label, None if band else theme.respondents, band))
    return tuple(sorted(found, key=lambda theme: (not theme.reason, -(theme.respondents or 0), theme.code)))


def _detectable(levels):
    """At the smallest level, with a next round of the same size."""
    bases = [level.n for level in levels if level.n]
    if not bases:
        return {"detectable_n": None, "detectable": ()}
    n = min(bases)
    needed = {shown: detectable(shown / 100, n, n) for shown in SHOWN_SHARES}
    found = tuple(Detectable(shown, value and percentage(value)) for shown, value in needed.items())
    return {"detectable_n": n, "detectable": found}
