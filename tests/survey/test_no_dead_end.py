"""Whatever a team did with a round, and in whatever order: it can always be brought to an end."""

import random

import pytest

from registry.foundation.errors import Refused
from survey.coding import double_coding, promotion
from survey.fieldwork import double_entry
from survey.models import OpenAnswer, PaperForm
from survey.open_answers import screening, themes
from survey.rounds import checklist, life, publications
from tests import factories
from tests.seeds import seeds
from tests.survey import coded, making
from tests.survey.counting import everybody, store

pytestmark = [pytest.mark.django_db, pytest.mark.once]


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
        lambda: life.open_now(round),
        lambda: life.close_now(round),
        lambda: life.unplan(round),
        lambda: making.response(round, "R1", words={"knelpunt": "De bus rijdt niet"}),
        lambda: double_entry.key_in(round, number, codes, {"knelpunt": "Op papier"}),
        lambda: double_entry.start_over(some(rand, PaperForm.objects.all())),
        lambda: screening.decide(
            some(rand, answers),
            rand.choice(("openbaar", "besloten", "gewist")),
            words=lines,
            sure=rand.random() < 0.5,
        ),
        lambda: screening.restore(some(rand, screening.wiped(round))),
        lambda: screening.purge(some(rand, screening.wiped(round))),
        lambda: double_coding.give(some(rand, double_coding.uncoded(round, 1)), "bus", coder=1, by=coders[0]),
        lambda: double_coding.give(some(rand, double_coding.uncoded(round, 2)), "R1", coder=2, by=coders[1]),
        lambda: double_coding.compare(round),
        lambda: double_coding.freeze(round),
        lambda: double_coding.thaw(round),
        lambda: publications.freeze(round),
        lambda: publications.withdraw(newest(round), "Fout"),
    ]


def finish(round, coders):
    """By the ways that the checklists name, and no others."""
    if not round.is_closed:
        if not round.is_open:
            life.open_now(round)
        life.close_now(round)
    for form in PaperForm.objects.filter(is_done=False):
        double_entry.start_over(form)
    for answer in screening.waiting(round):
        screening.decide(answer, "openbaar", sure=True)
    if checklist.facts(round).is_frozen and not checklist.lacking(round, "thaw"):
        double_coding.thaw(round)
    if not checklist.facts(round).is_frozen:
        for coder, key in ((1, "bus"), (2, "R1")):
            for unit in double_coding.uncoded(round, coder):
                double_coding.give(unit, key, coder=coder, by=coders[coder - 1])
        if double_coding.progress(round).to_compare:
            double_coding.compare(round)
        for unit in double_coding.units_of(round).filter(pk__in=double_coding.differences(round)):
            double_coding.give(unit, "bus", coder=3)
        double_coding.freeze(round)
    if newest(round) is None:
        publications.freeze(round)
    bus = round.codes.get(key="bus")
    if themes.respondents(round)[bus.pk]:
        promotion.to_bottleneck(
            bus, factories.level("relationeel"), "De bus", quotes=promotion.quotable(bus)[:5]
        )


@seeds(range(40), everywhere=8)
def test_every_history_of_a_round_has_an_end(round, seed):
    rand = random.Random(seed)
    plan = coded.planned(round)
    coders = plan.first_coder, plan.second_coder
    double_coding.add_code(round, "bus", "Vervoer")
    life.open_now(round)
    for _step in range(45):
        round.refresh_from_db()
        try:
            rand.choice(acts(round, rand, coders))()
        except Refused:
            pass
        except AttributeError as nothing_there:
            if "NoneType" not in str(nothing_there):
                raise
    round.refresh_from_db()
    try:
        finish(round, coders)
    except Refused as refusal:
        # A few answers more than in an edition that people have read: that one is for disclosure control to keep.
        assert "veranderden minder dan" in str(refusal)
        assert round.publications.withdrawn().exists()
