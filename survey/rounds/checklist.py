"""Whether a step in the life of a round can be taken now. Pages and acts ask the same list (conditions.py)."""

from collections.abc import Iterable
from dataclasses import replace

from registry.foundation.errors import Refused
from survey.design.seen import mark, refuse_when_stale
from survey.models import Code, CodingPlan, PaperForm, Promotion, Questionnaire, Round, RoundAct
from survey.open_answers import progress, screening
from survey.results.audit import next_edition
from survey.rounds.conditions import STEPS, Facts, Point

What = RoundAct.What
# The lines of the log that say where a round came in its life.
TURNS = (
    What.PLANNED, What.UNPLANNED, What.OPENED, What.CLOSED, What.FROZE, What.THAWED, What.PUBLISHED, What.WITHDREW,
)  # fmt: skip


def points(round: Round, step: str) -> list[Point]:
    """What this step asks of the round, each met or not, for a page: what an act works out itself is told before."""
    now = facts(round)
    if step == "publish" and now.is_closed and now.responses:
        now = replace(now, barred=next_edition.in_the_way(round))
    return STEPS[step](now)


def lacking(round: Round, step: str) -> list[Point]:
    return [point for point in STEPS[step](facts(round)) if point.is_needed and not point.is_met]


def refuse(round: Round, step: str) -> None:
    if missing := lacking(round, step):
        raise Refused(*(point.explanation for point in missing))


def enter(round: Round, step: str, *, seen: str | None = None) -> None:
    """Begin this step, inside a transaction: nobody takes another one meanwhile, and ``round`` is as it is stored.
    ``seen``: the mark (``mark_of``) of the page from which it is taken."""
    Round.objects.select_for_update().get(pk=round.pk)
    round.refresh_from_db()
    refuse_when_stale(seen, mark_of(round))
    refuse(round, step)


def mark_of(round: Round) -> str:
    """Where a round is in its life: another step, or another moment, and it is another one."""
    last = RoundAct.objects.filter(round=round, what__in=TURNS).values_list("pk", flat=True).first()
    return mark(round.state, round.opens_at, round.closes_at, last)


def facts(round: Round) -> Facts:
    published = list(round.publications.values_list("withdrawn_on", "data")) if round.pk else []
    standing = [data for withdrawn_on, data in published if withdrawn_on is None]
    forms = PaperForm.objects.filter(round=round.pk, is_done=False).values_list("number", "second")
    has_plan = CodingPlan.objects.filter(round=round.pk).exists()
    coding = progress.progress(round) if has_plan else progress.Progress(*[0] * 7)
    responses = round.responses.count() if round.pk else 0
    return Facts(
        is_open=round.is_open,
        is_closed=round.is_closed,
        is_planned=round.state == round.State.PLANNED,
        has_opened=round.has_opened or bool(responses) or bool(published),
        has_statements=round.questionnaire.items.exists(),
        untranslated=untranslated(round.questionnaire, round.languages),
        responses=responses,
        is_published=bool(standing),
        was_withdrawn=bool(published) and not standing,
        threshold=round.threshold,
        has_pin=bool(round.kiosk_pin),
        shows_themes=any('"themes":[{' in data for data in standing),
        once=tuple(number for number, second in forms if second is None),
        differing=tuple(number for number, second in forms if second is not None),
        to_screen=coding.to_screen if has_plan else screening.waiting(round).count() if round.pk else 0,
        uncounted=progress.uncounted(round).count() if round.pk else 0,
        units=coding.units,
        first=coding.first,
        drawn=coding.drawn,
        second=coding.second,
        to_compare=coding.to_compare,
        differences=coding.differences,
        rest=_rest(round) if has_plan else 0,
        is_frozen=bool(round.pk) and progress.is_frozen(round),
        promoted=Promotion.objects.filter(code__round=round.pk).count(),
    )


def untranslated(questionnaire: Questionnaire, languages: Iterable[str]) -> int:
    """How many texts of the questionnaire lack in one of these languages."""
    texts = [
        {language: (wording or {}).get("text", "") for language, wording in wordings.items()}
        for wordings in questionnaire.items.values_list("wordings", flat=True)
    ]
    texts += questionnaire.open_questions.values_list("texts", flat=True)
    return sum(any(not (text.get(language) or "").strip() for language in languages) for text in texts)


def _rest(round: Round) -> int:
    new = set(round.codes.filter(kind=Code.Kind.NEW).values_list("pk", flat=True))
    return sum(code in new for code in progress.final(round).values())
