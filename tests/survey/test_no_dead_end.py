"""Whatever a team did with a round, and in whatever order: it can always be brought to an end."""

import random

import pytest

from survey import checklist, coding, intake, keying, promotion, publications, rounds, screening
from survey.models import OpenAnswer, PaperForm
from tests import factories
from tests.seeds import seeds
from tests.survey import coded, making
from tests.survey.counting import everybody, store

pytestmark = pytest.mark.django_db
REFUSALS = tuple(one.Refused for one in (coding, intake, keying, promotion, publications, rounds, screening))


@pytest.fixture
def round(monkeypatch):
    # What the audit takes its time for is not what is asked here.
    monkeypatch.setattr(publications.auditor, "audit", lambda *_args, **_options: ())
    made = making.round(is_open=False)
    store(made, everybody(40, "M1", "R1") + everybody(30, "R2"))
    return made


def newest(round):
    return round.publications.standing().order_by("-edition").first()


def some(rand, rows):
    rows = list(rows)
    return rand.choice(rows) if rows else None


def acts(round, rand, coders):
    """What anybody might do at any moment."""
    number, codes = rand.randrange(4), [rand.choice(("M1", "R1"))]
    answers = OpenAnswer.objects.filter(response__round=round)
    lines = rand.choice(("De bus rijdt niet", "De bus\nrijdt niet", "De bus", "Iets heel anders"))
    return [
        lambda: rounds.open_now(round),
        lambda: rounds.close_now(round),
        lambda: rounds.unplan(round),
        lambda: making.response(round, "R1", words={"knelpunt": "De bus rijdt niet"}),
        lambda: keying.key_in(round, number, codes, {"knelpunt": "Op papier"}),
        lambda: keying.start_over(some(rand, PaperForm.objects.all())),
        lambda: screening.decide(
            some(rand, answers),
            rand.choice(("openbaar", "besloten", "gewist")),
            words=lines,
            sure=rand.random() < 0.5,
        ),
        lambda: screening.restore(some(rand, screening.wiped(round))),
        lambda: screening.purge(some(rand, screening.wiped(round))),
        lambda: coding.give(some(rand, coding.uncoded(round, 1)), "bus", coder=1, by=coders[0]),
        lambda: coding.give(some(rand, coding.uncoded(round, 2)), "R1", coder=2, by=coders[1]),
        lambda: coding.compare(round),
        lambda: coding.freeze(round),
        lambda: coding.thaw(round),
        lambda: publications.freeze(round),
        lambda: publications.withdraw(newest(round), "Fout"),
    ]


def finish(round, coders):
    """By the ways that the checklists name, and no others."""
    if not round.is_closed:
        if not round.is_open:
            rounds.open_now(round)
        rounds.close_now(round)
    for form in PaperForm.objects.filter(is_done=False):
        keying.start_over(form)
    for answer in screening.waiting(round):
        screening.decide(answer, "openbaar", sure=True)
    if checklist.facts(round).is_frozen and not checklist.lacking(round, "thaw"):
        coding.thaw(round)
    if not checklist.facts(round).is_frozen:
        for coder, key in ((1, "bus"), (2, "R1")):
            for unit in coding.uncoded(round, coder):
                coding.give(unit, key, coder=coder, by=coders[coder - 1])
        if coding.progress(round).to_compare:
            coding.compare(round)
        for unit in coding.units_of(round).filter(pk__in=coding.differences(round)):
            coding.give(unit, "bus", coder=3)
        coding.freeze(round)
    if newest(round) is None:
        publications.freeze(round)
    bus = round.codes.get(key="bus")
    if coding.respondents(round)[bus.pk]:
        promotion.to_bottleneck(
            bus, factories.level("relationeel"), "De bus", quotes=promotion.quotable(bus)[:5]
        )


@seeds(range(40), everywhere=8)
def test_every_history_of_a_round_has_an_end(round, seed):
    rand = random.Random(seed)
    plan = coded.planned(round)
    coders = plan.first_coder, plan.second_coder
    coding.add_code(round, "bus", "Vervoer")
    rounds.open_now(round)
    for _step in range(45):
        round.refresh_from_db()
        try:
            rand.choice(acts(round, rand, coders))()
        except REFUSALS:
            pass
        except AttributeError as nothing_there:
            if "NoneType" not in str(nothing_there):
                raise
    round.refresh_from_db()
    try:
        finish(round, coders)
    except publications.Refused as refusal:
        # A few answers more than in an edition that people have read: that one is for disclosure control to keep.
        assert "veranderden minder dan" in str(refusal)
        assert round.publications.withdrawn().exists()
