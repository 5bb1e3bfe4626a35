"""Who did what with a round: each act leaves one line, and no line leads to who answered."""

import inspect
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Role
from survey.coding import double_coding, promotion
from survey.design import logbook
from survey.fieldwork import double_entry, stands
from survey.models import OpenAnswer, RoundAct
from survey.open_answers import screening
from survey.rounds import life, publications
from tests import factories
from tests.survey import coded, making
from tests.survey.counting import anybody, store

pytestmark = [pytest.mark.django_db, pytest.mark.once]
What = RoundAct.What
SECRET = "Geheime woorden van Ans"


@pytest.fixture
def me():
    return factories.person(role=Role.MANAGER, name="Ans Beheer")


def answer(to=None):
    found = coded.answers(making.round(), SECRET)[0]
    if to:
        screening.decide(found, to)
    return found


def typed(*codes):
    round = making.round()
    for code in codes:
        form = double_entry.key_in(round, 5, [code], {"knelpunt": SECRET})
    return round, form


def compared():
    round = making.round()
    coded.answers(round, SECRET)
    coded.read(round)
    coded.planned(round)
    coded.code_all(round, first={SECRET: "R1"}, second={SECRET: "R2"})
    return round


def closed():
    round = making.round()
    store(round, anybody(["M1", "M2", "B1", "R1", "R2", "R3"], 60, 1))
    return making.close(round)


def planned_round():
    return making.round(is_open=False)


def unopened():
    return making.round(is_open=False, opens_at=timezone.now() + timedelta(days=3))


def shorter():
    round = answer().response.round
    round.keep_answers_days = 50
    return round


def own_code(round):
    double_coding.plan_of(round)
    return double_coding.add_code(round, "bus", "Vervoer")


def ready_to_freeze():
    round = compared()
    double_coding.compare(round)
    double_coding.give(double_coding.units_of(round).get(), "R1", coder=3)
    return making.close(round)


def bus():
    return coded.frozen(SECRET).codes.get(key="bus")


def hidden():
    code = own_code(making.round())
    double_coding.hide(code)
    return code


# The act, what it needs, and the line that it leaves.
ACTS = {
    life.open_now: (planned_round, lambda one, by: life.open_now(one, by=by), What.OPENED),
    life.close_now: (making.round, lambda one, by: life.close_now(one, by=by), What.CLOSED),
    life.unplan: (unopened, lambda one, by: life.unplan(one, by=by), What.UNPLANNED),
    "shorten": (shorter, lambda one, by: life.keep(one, by=by), What.SHORTENED),
    stands.make_codes: (making.round, lambda one, by: stands.make_codes(one, 3, by=by), What.MADE_CODES),
    double_entry.key_in: (
        making.round,
        lambda one, by: double_entry.key_in(one, 5, ["M1"], {}, by=by),
        What.KEYED_IN,
    ),
    double_entry.settle: (
        lambda: typed("M1", "M2")[1],
        lambda one, by: double_entry.settle(one, {"codes": "1"}, by=by),
        What.SETTLED,
    ),
    double_entry.start_over: (
        lambda: typed("M1")[1],
        lambda one, by: double_entry.start_over(one, by=by),
        What.THREW_AWAY,
    ),
    screening.decide: (answer, lambda one, by: screening.decide(one, "openbaar", by=by), What.SCREENED),
    "wipe": (answer, lambda one, by: screening.decide(one, "gewist", by=by), What.WIPED),
    screening.restore: (
        lambda: answer("gewist"),
        lambda one, by: screening.restore(one, by=by),
        What.RESTORED,
    ),
    screening.purge: (
        lambda: answer("gewist"),
        lambda one, by: screening.purge(one, by=by),
        What.PURGED,
    ),
    double_coding.assign: (
        lambda: double_coding.plan_of(making.round()),
        lambda one, by: double_coding.assign(one, by, None, 20, by=by),
        What.ASSIGNED,
    ),
    double_coding.add_code: (
        making.round,
        lambda one, by: double_coding.add_code(one, "tram", "Tram", by=by),
        What.ADDED_CODE,
    ),
    double_coding.hide: (
        lambda: own_code(making.round()),
        lambda one, by: double_coding.hide(one, by=by),
        What.HID_CODE,
    ),
    "show": (hidden, lambda one, by: double_coding.hide(one, False, by=by), What.SHOWED_CODE),
    double_coding.merge: (
        lambda: own_code(making.round()),
        lambda one, by: double_coding.merge(one, "R1", by=by),
        What.MERGED_CODE,
    ),
    double_coding.compare: (compared, lambda one, by: double_coding.compare(one, by=by), What.COMPARED),
    double_coding.give: (
        lambda: double_coding.compare(round := compared()) and double_coding.units_of(round).get(),
        lambda one, by: double_coding.give(one, "R1", coder=3, by=by),
        What.ADJUDICATED,
    ),
    double_coding.freeze: (ready_to_freeze, lambda one, by: double_coding.freeze(one, by=by), What.FROZE),
    double_coding.thaw: (
        lambda: coded.frozen(SECRET),
        lambda one, by: double_coding.thaw(one, by=by),
        What.THAWED,
    ),
    publications.freeze: (closed, lambda one, by: publications.freeze(one, by=by), What.PUBLISHED),
    publications.withdraw: (
        lambda: making.publish(making.close(making.round())),
        lambda one, by: publications.withdraw(one, "Fout", by=by),
        What.WITHDREW,
    ),
    promotion.to_bottleneck: (
        bus,
        lambda one, by: promotion.to_bottleneck(
            one, factories.level("relationeel"), "De bus", quotes=promotion.quotable(one), by=by
        ),
        What.PROMOTED,
    ),
    promotion.to_finding: (
        bus,
        lambda one, by: promotion.to_finding(one, factories.level("relationeel"), "De bus", by=by),
        What.PROMOTED,
    ),
    promotion.to_mention: (
        bus,
        lambda one, by: promotion.to_mention(one, factories.initiative("HavenHart"), by=by),
        What.PROMOTED,
    ),
}


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act if isinstance(act, str) else act.__name__)
def test_an_act_leaves_one_line_without_a_word_of_an_answer(me, act):
    make, do, what = ACTS[act]
    given = make()
    before = set(RoundAct.objects.values_list("pk", flat=True))
    do(given, me)
    line = RoundAct.objects.exclude(pk__in=before).get()
    assert (line.what, line.by) == (what, me)
    keys = [str(key) for row in OpenAnswer.objects.values_list("pk", "response") for key in row]
    assert [one for one in [*keys, SECRET] if one in line.subject] == []


def test_every_act_that_knows_a_person_is_walked():
    modules = (double_coding, double_entry, promotion, publications, life, screening, stands)
    acts = {
        function
        for module in modules
        for _name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and "by" in inspect.signature(function).parameters
        and not function.__name__.startswith("_")
    }
    # Saving a round logs only a step in its life; writing an edition is part of publishing it.
    assert {act.__name__ for act in acts - set(ACTS)} == {"keep", "write"}


def test_what_is_refused_leaves_no_line(me):
    round = making.close(making.round())
    before = RoundAct.objects.count()
    for act in (
        lambda: life.close_now(round, by=me),
        lambda: double_coding.compare(round, by=me),
        lambda: publications.freeze(round, by=me),
    ):
        with pytest.raises(Exception, match=r"niet open|niets nieuws|geen inzendingen"):
            double_coding.plan_of(round)
            act()
    assert RoundAct.objects.count() == before


def test_staff_read_it_at_the_round(client, me):
    round = planned_round()
    life.open_now(round, by=me)
    client.force_login(factories.person(role=Role.RESEARCHER))
    page = client.get(reverse("admin:survey_round_log", args=[round.pk])).text
    assert ("Geopend" in page, "Ans Beheer" in page) == (True, True)
    assert (
        reverse("admin:survey_round_log", args=[round.pk])
        in client.get(reverse("admin:survey_round_change", args=[round.pk])).text
    )


def test_taking_records_along_is_a_line_and_looking_is_not(client, me):
    round = closed()
    client.force_login(me)
    address = reverse("admin:survey_round_records", args=[round.pk])
    client.head(address)
    assert logbook.of(round).count() == 0
    b"".join(client.get(address).streaming_content)
    line = logbook.of(round).get()
    assert (line.what, line.number, line.by) == (What.TOOK_RECORDS, 60, me)
