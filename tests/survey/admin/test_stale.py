"""Every decision about words, codes and paper, sent from a page that is no longer how it is: refused in words, and nothing
changed."""

import uuid
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers
from django.urls import get_resolver, reverse
from django.utils import timezone

from registry.models import Role
from survey.coding import double_coding
from survey.fieldwork import double_entry
from survey.models import Code, CodingPlan, OpenAnswer, Promotion, Publication
from survey.open_answers import screening
from survey.rounds import life, publications
from tests import factories
from tests.survey import coded, making
from tests.survey.counting import anybody, store

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TOLD = ("Intussen veranderde hier iets", "is intussen", "is niet bewaard")
# What asks for no state: it makes something new, or it only shows.
STATELESS = set(
    "add change delete history changelist codes key_in steps log poster qr "
    "screened coded live records records_syntax records_sav units".split()
)


def page(name, *args):
    return reverse(f"admin:survey_round_{name}", args=args)


def everything():
    """All rows of the survey but the log, as text."""
    models = [one for one in apps.get_app_config("survey").get_models() if one.__name__ != "RoundAct"]
    return serializers.serialize(
        "json", [row for model in models for row in model._base_manager.order_by("pk")]
    )


@pytest.fixture
def me(client):
    person = factories.person(role=Role.MANAGER)
    client.force_login(person)
    return person


def screen(client, me):
    """Another took the number out and made it public; this page still has it."""
    answer = coded.answers(making.round(), "Bel mij gerust: 06-12345678, ik help graag")[0]
    address = page("screen", answer.response.round_id)
    shown = client.get(address, {"antwoord": answer.pk}).context
    screening.decide(answer, "openbaar", words="Bel mij gerust, ik help graag.")
    sent = {"antwoord": answer.pk, "besluit": "openbaar", "tekst": shown["typed"], "stand": shown["mark"]}
    return address, sent


def screen_wiped(client, me):
    address, sent = screen(client, me)
    return address, sent | {"besluit": "gewist", "zeker": "1"}


def screen_restore(client, me):
    answer = coded.answers(making.round(), "De bus")[0]
    screening.decide(answer, "gewist")
    address = page("screen", answer.response.round_id)
    shown = client.get(address, {"antwoord": answer.pk}).context
    screening.restore(answer)
    return address, {"antwoord": answer.pk, "besluit": "terug", "stand": shown["mark"]}


def screen_purge(client, me):
    address, sent = screen_restore(client, me)
    return address, sent | {"besluit": "voorgoed"}


def to_code(me):
    round = making.round()
    coded.answers(round, "De bus rijdt niet")
    coded.read(round)
    plan = coded.planned(round)
    plan.first_coder = me
    plan.save()
    return round


def code(client, me):
    round = to_code(me)
    shown = client.get(page("code", round.pk)).context
    screening.decide(OpenAnswer.objects.get(), "openbaar", words="De bus rijdt")
    return page("code", round.pk), {"eenheid": shown["unit"].pk, "code": "R1", "stand": shown["mark"]}


def code_gone(client, me):
    round = to_code(me)
    shown = client.get(page("code", round.pk)).context
    screening.decide(OpenAnswer.objects.get(), "openbaar", words="De bus\nrijdt niet")
    return page("code", round.pk), {"eenheid": shown["unit"].pk, "code": "R1", "stand": shown["mark"]}


def code_twice(client, me):
    """The same coder in two windows."""
    round = to_code(me)
    shown = client.get(page("code", round.pk)).context
    double_coding.give(shown["unit"], "R2", coder=1, by=me)
    return page("code", round.pk), {"eenheid": shown["unit"].pk, "code": "R1", "stand": shown["mark"]}


def differences(client, me):
    round = to_code(me)
    unit = double_coding.units_of(round).get()
    double_coding.give(unit, "R1", coder=1, by=me)
    double_coding.give(unit, "R2", coder=2)
    double_coding.compare(round)
    shown = client.get(page("differences", round.pk)).context
    double_coding.give(unit, "R2", coder=3)
    return page("differences", round.pk), {"eenheid": unit.pk, "code": "R1", "stand": shown["mark"]}


def plan(client, me):
    round = to_code(me)
    shown = client.get(page("coding", round.pk)).context
    CodingPlan.objects.update(second_coder=factories.person(role=Role.EDITOR))
    sent = {"first_coder": me.pk, "second_coder": "", "share": 50, "stand": shown["mark"]}
    return page("coding", round.pk), sent


def codebook(client, me):
    round = to_code(me)
    made = double_coding.add_code(round, "bus", "Vervoer")
    mark = double_coding.mark_of_code(made)
    double_coding.hide(made)
    return page("codebook", round.pk), {"code": made.pk, "doe": "toon", "stand": mark}


def codebook_merge(client, me):
    address, sent = codebook(client, me)
    return address, sent | {"doe": "voeg-samen", "met": "R1"}


def promote(client, me):
    round = coded.frozen("De bus", "Geen bus")
    bus = Code.objects.get(key="bus")
    shown = client.get(page("promote", round.pk, bus.pk)).context
    screening.decide(OpenAnswer.objects.get(text="Geen bus"), "besloten")
    sent = {"what": "knelpunt", "level": "relationeel", "text": "De bus", "stand": shown["mark"]}
    return page("promote", round.pk, bus.pk), sent


def compare(client, me):
    round = making.round()
    double_entry.key_in(round, 5, ["M1"], {})
    form = double_entry.key_in(round, 5, ["M2"], {})
    shown = client.get(page("compare", round.pk, 5)).context
    double_entry.start_over(form)
    double_entry.key_in(round, 5, ["R1"], {})
    double_entry.key_in(round, 5, ["R2"], {})
    return page("compare", round.pk, 5), {"codes": "1", "stand": shown["mark"]}


def compare_anew(client, me):
    address, sent = compare(client, me)
    return address, sent | {"doe": "opnieuw"}


def throw_away(client, me):
    round = making.round()
    double_entry.key_in(round, 5, ["M1"], {})
    shown = client.get(page("throw_away", round.pk, 5)).context
    double_entry.key_in(round, 5, ["M2"], {})
    return page("throw_away", round.pk, 5), {"stand": shown["mark"]}


def publish(client, me):
    round = making.round()
    store(round, anybody(["M1", "M2", "B1", "R1", "R2", "R3"], 60, 1))
    making.close(round)
    shown = client.get(page("publish", round.pk)).context
    publications.freeze(round)
    return page("publish", round.pk), {"stand": shown["mark"], "gezien": "on"}


def asked(client, round, step):
    """The confirm page as it is now."""
    return page(step, round.pk), {"stand": client.get(page(step, round.pk)).context["mark"]}


def step_open(client, me):
    """Got while it was a concept; a colleague opened it and closed it again."""
    round = making.round(is_open=False)
    sent = asked(client, round, "open")
    life.open_now(round)
    life.close_now(round)
    return sent


def step_open_again(client, me):
    """Got while it was closed, as it is again now."""
    round = making.close(making.round())
    sent = asked(client, round, "open")
    life.open_now(round)
    life.close_now(round)
    return sent


def planned(days=3):
    round = making.round(is_open=False)
    round.opens_at = timezone.now() + timedelta(days=days)
    life.keep(round)
    return round


def step_open_planned(client, me):
    """Planned, unplanned, and planned anew for another day."""
    round = planned()
    sent = asked(client, round, "open")
    life.unplan(round)
    round.opens_at = timezone.now() + timedelta(days=9)
    life.keep(round)
    return sent


def step_unplan(client, me):
    round = planned()
    sent = asked(client, round, "unplan")
    round.opens_at = timezone.now() + timedelta(days=9)
    life.keep(round)
    return sent


def step_close(client, me):
    round = making.round()
    sent = asked(client, round, "close")
    life.close_now(round)
    life.open_now(round)
    return sent


def step_freeze(client, me):
    """Fixed and set free again for something that is still to be talked over."""
    round = coded.frozen("De bus")
    double_coding.thaw(round)
    sent = asked(client, round, "freeze")
    double_coding.freeze(round)
    double_coding.thaw(round)
    return sent


def step_thaw(client, me):
    round = coded.frozen("De bus")
    sent = asked(client, round, "thaw")
    double_coding.thaw(round)
    double_coding.freeze(round)
    return sent


def compare_codes(client, me):
    round = making.round()
    coded.answers(round, "De bus")
    coded.read(round)
    coded.planned(round)
    sent = asked(client, round, "compare_codes")
    coded.code_all(round, first={"De bus": "R1"})
    return sent


STEPS = [step_open, step_open_again, step_open_planned, step_unplan, step_close, step_freeze, step_thaw]
CASES = [
    *STEPS, compare_codes,
    screen, screen_wiped, screen_restore, screen_purge, code, code_gone, code_twice, differences, plan, codebook,
    codebook_merge, promote, compare, compare_anew, throw_away, publish,
]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_page_that_is_stale_or_sends_no_state_decides_nothing(client, me, case):
    """Without its state first: so that no form forgets it."""
    address, sent = case(client, me)
    before = everything()
    client.post(address, {name: value for name, value in sent.items() if name != "stand"})
    assert everything() == before
    response = client.post(address, sent, follow=True)
    assert (response.status_code, any(told in response.text for told in TOLD)) == (200, True)
    assert everything() == before


def test_the_walk_comes_past_every_page_of_a_round():
    names = {
        pattern.name.removeprefix("survey_round_")
        for pattern in _patterns()
        if pattern.name and pattern.name.startswith("survey_round_")
    }
    covered = {case.__name__.split("_")[0] for case in CASES} | {"throw_away", "coding", "compare_codes"}
    covered |= {case.__name__.split("_")[1] for case in STEPS}
    assert names - STATELESS - covered == set()


def _patterns(resolver=None):
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _patterns(pattern)
        else:
            yield pattern


def test_the_older_words_are_shown_beside_those_of_now_and_do_not_stand_ready(client, me):
    address, sent = screen(client, me)
    response = client.post(address, sent)
    assert ("Dit had u getypt" in response.text, "06-12345678" in response.text) == (True, True)
    assert response.context["typed"] == "Bel mij gerust, ik help graag."
    assert OpenAnswer.objects.get().quote == "Bel mij gerust, ik help graag."


def test_the_same_key_twice_is_once(client, me):
    answer = coded.answers(making.round(), "De bus")[0]
    address = page("screen", answer.response.round_id)
    mark = client.get(address, {"antwoord": answer.pk}).context["mark"]
    sent = {"antwoord": answer.pk, "besluit": "openbaar", "tekst": "De bus", "stand": mark}
    assert [client.post(address, sent).status_code for _time in range(2)] == [302, 302]


def test_wiping_asks_and_says_where_the_words_stand(client, me):
    round = coded.frozen("De bus", "Geen bus")
    code = Code.objects.get(key="bus")
    quotes = [unit for unit in double_coding.quotable(code) if unit.text == "De bus"]
    from_page = {"what": "knelpunt", "level": "relationeel", "text": "De bus rijdt niet."}
    mark = client.get(page("promote", round.pk, code.pk)).context["mark"]
    client.post(
        page("promote", round.pk, code.pk), from_page | {"quotes": [str(quotes[0].pk)], "stand": mark}
    )
    assert Promotion.objects.count() == 1
    answer = OpenAnswer.objects.get(text="De bus")
    shown = client.get(page("screen", round.pk), {"antwoord": answer.pk}).context
    sent = {"antwoord": answer.pk, "besluit": "gewist", "tekst": "De bus", "stand": shown["mark"]}
    asked = client.post(page("screen", round.pk), sent)
    assert "Nu staan zij bij: R4 De bus rijdt niet." in asked.text
    answer.refresh_from_db()
    assert answer.screening == "openbaar"
    client.post(page("screen", round.pk), sent | {"zeker": "1", "stand": asked.context["mark"]})
    answer.refresh_from_db()
    assert answer.screening == "gewist"
    again = client.get(page("screen", round.pk), {"antwoord": answer.pk})
    assert ("De bus</blockquote>" in again.text, "Haal terug" in again.text) == (False, True)


def test_two_readers_begin_at_another_answer():
    round = making.round()
    coded.answers(round, *(f"Antwoord {number}" for number in range(40)))
    people = [factories.person(role=Role.EDITOR) for _number in range(6)]
    assert len({screening.next_for(round, person).pk for person in people}) > 1
    read, after = set(), None
    for _number in range(40):
        after = screening.next_for(round, people[0], after).pk
        read.add(after)
    assert len(read) == 40


def test_withdrawing_twice_is_told(client, me):
    published = making.publish(making.close(making.round()))
    address = reverse("admin:survey_publication_withdraw", args=[published.pk])
    assert client.post(address, {"reason": ""}).context["form"].errors
    for _time in range(2):
        response = client.post(address, {"reason": "Verkeerde stand"}, follow=True)
    assert "al ingetrokken" in response.text
    assert Publication.objects.withdrawn().count() == 1
    assert str(uuid.UUID(int=0)) not in response.text
