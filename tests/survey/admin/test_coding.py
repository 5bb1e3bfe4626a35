"""Reading and coding as staff do it: one page after another."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import Bottleneck, Role
from survey.coding import double_coding
from survey.models import Coding, CodingPlan, OpenAnswer
from tests import factories
from tests.survey import coded, making

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def round():
    made = making.round(occasion="Havenfeest")
    coded.answers(made, *coded.SAID)
    return made


@pytest.fixture
def people():
    return [factories.person(role=Role.EDITOR, name=name) for name in ("Eerste", "Tweede")]


def page(name, *args):
    return reverse(f"admin:survey_round_{name}", args=args)


def share_out(client, round, people, share=100):
    client.force_login(people[0])
    sent = {"first_coder": people[0].pk, "second_coder": people[1].pk, "share": share}
    return client.post(page("coding", round.pk), sent | seen(client, page("coding", round.pk)))


def seen(client, address):
    """What a page sends along of what it showed."""
    return {"stand": client.get(address).context["mark"]}


def take(client, round, step):
    return client.post(page(step, round.pk), seen(client, page(step, round.pk)), follow=True)


def screen(client, round, answer, decision, text, **more):
    sent = {"antwoord": answer.pk, "besluit": decision, "tekst": text} | more
    return client.post(
        page("screen", round.pk), seen(client, f"{page('screen', round.pk)}?antwoord={answer.pk}") | sent
    )


def code(client, round, table):
    """Type a code for each unit until there is none left; what was seen on the way."""
    read = []
    while unit := (shown := client.get(page("code", round.pk)).context)["unit"]:
        read.append(unit.text)
        sent = {"eenheid": unit.pk, "code": table.get(unit.text, "R1"), "stand": shown["mark"]}
        client.post(page("code", round.pk), sent)
    return read


def test_answers_come_one_by_one_until_none_is_left(client, round, people):
    client.force_login(people[0])
    first = client.get(page("screen", round.pk)).context["answer"]
    OpenAnswer.objects.filter(pk=first.pk).update(text="Bel Ans: 06-12345678")
    shown = client.get(page("screen", round.pk))
    assert shown.context["answer"] == first
    assert '<mark title="telefoonnummer">06-12345678</mark>' in shown.text
    passed = []
    for _time in range(4):
        passed.append(
            client.get(page("screen", round.pk), {"na": passed[-1].pk} if passed else {}).context["answer"]
        )
    assert set(passed) == set(OpenAnswer.objects.all())
    for decision in ("openbaar", "besloten", "gewist", "openbaar"):
        answer = client.get(page("screen", round.pk)).context["answer"]
        screen(client, round, answer, decision, "Bel iemand", zeker="1")
    assert "Alles is gelezen." in client.get(page("screen", round.pk)).text
    states = sorted(OpenAnswer.objects.values_list("screening", flat=True))
    assert states == ["besloten", "gewist", "openbaar", "openbaar"]
    assert OpenAnswer.objects.filter(quote="Bel iemand", is_edited=True).count() == 3


def test_what_was_typed_is_not_lost_when_it_is_refused(client, round, people):
    client.force_login(people[0])
    answer = OpenAnswer.objects.first()
    response = screen(client, round, answer, "x", "Net getypt")
    assert ("Kies wat er met dit antwoord gebeurt" in response.text, "Net getypt" in response.text) == (
        True,
        True,
    )


def test_a_decision_can_be_looked_up_and_taken_again(client, round, people):
    client.force_login(people[0])
    coded.read(round, "besloten")
    answer = OpenAnswer.objects.first()
    listed = client.get(page("screened", round.pk), {"staat": "besloten"})
    assert (len(listed.context["answers"]), answer.text in listed.text) == (4, True)
    assert client.get(page("screened", round.pk), {"staat": "openbaar"}).context["answers"] == []
    screen(client, round, answer, "openbaar", answer.text)
    answer.refresh_from_db()
    assert answer.screening == "openbaar"


def test_two_people_code_without_seeing_each_other(client, round, people):
    coded.read(round)
    share_out(client, round, people)
    assert sorted(code(client, round, {"Niemand luistert": "R2"})) == sorted(coded.SAID)
    client.force_login(people[1])
    unit = client.get(page("code", round.pk))
    assert unit.context["typed"] == ""
    assert "R2" not in [one.code.key for one in unit.context["unit"].codings.filter(coder=2)]
    # Neither the differences nor the agreement before both are through.
    assert client.get(page("differences", round.pk)).status_code == 302
    assert client.get(page("coding", round.pk)).context["agreement"] == []
    code(client, round, {"Niemand luistert": "R3"})
    assert client.get(page("coding", round.pk)).context["agreement"] == []
    take(client, round, "compare_codes")
    assert len(client.get(page("coding", round.pk)).context["agreement"]) == 3
    shown = client.get(page("differences", round.pk))
    assert (shown.context["unit"].text, shown.context["left"]) == ("Niemand luistert", 1)
    sent = {"eenheid": shown.context["unit"].pk, "code": "R2", "stand": shown.context["mark"]}
    client.post(page("differences", round.pk), sent)
    done = client.get(page("differences", round.pk))
    assert "Er zijn geen verschillen meer" in done.text
    # A slip: the way back stays until the coding is fixed.
    unit = shown.context["unit"]
    assert f"?eenheid={unit.pk}" in done.text
    assert page("differences", round.pk) in client.get(page("coding", round.pk)).text
    again = client.get(page("differences", round.pk), {"eenheid": unit.pk})
    assert "Samen besproken: R2" in again.text
    client.post(page("differences", round.pk), sent | {"code": "R3", "stand": again.context["mark"]})
    assert unit.codings.get(coder=3).code.key == "R3"
    told = round.acts.filter(what="besproken").values_list("subject", "by")
    assert list(told) == [("R2 → R3", people[1].pk), ("R2", people[1].pk)]
    making.close(round)
    double_coding.freeze(round)
    assert f"?eenheid={unit.pk}" not in client.get(page("differences", round.pk)).text
    client.post(page("differences", round.pk), sent | {"code": "R2", "stand": again.context["mark"]})
    assert unit.codings.get(coder=3).code.key == "R3"


def test_the_second_coder_only_gets_the_share(client, round, people):
    coded.read(round)
    share_out(client, round, people, share=25)
    client.force_login(people[1])
    drawn = double_coding.to_code(round, 2).get()
    assert code(client, round, {}) == [drawn.text]
    other = double_coding.units_of(round).exclude(pk=drawn.pk).first()
    response = client.post(page("code", round.pk), {"eenheid": other.pk, "code": "R1"}, follow=True)
    assert ("Uw code ‘R1’ is niet bewaard" in response.text, Coding.objects.count()) == (True, 1)


def test_one_person_is_not_both_coders(client, round, people):
    response = share_out(client, round, [people[0], people[0]])
    assert "De tweede codeur is iemand anders dan de eerste." in response.text
    assert CodingPlan.objects.get().first_coder is None


def test_who_is_not_on_the_plan_does_not_code(client, round, people):
    coded.read(round)
    share_out(client, round, people)
    client.force_login(factories.person(role=Role.RESEARCHER))
    unit = double_coding.units_of(round).first()
    assert client.post(page("code", round.pk), {"eenheid": unit.pk, "code": "R1"}).status_code == 403
    assert client.post(page("coding", round.pk), {"share": 0}).status_code == 403
    assert (Coding.objects.count(), CodingPlan.objects.get().share) == (0, 100)


def test_an_unknown_code_is_told_and_the_last_one_can_be_mended(client, round, people):
    coded.read(round)
    share_out(client, round, people)
    unit = client.get(page("code", round.pk)).context["unit"]
    sent = {"eenheid": unit.pk} | seen(client, page("code", round.pk))
    wrong = client.post(page("code", round.pk), sent | {"code": "tram"})
    assert ("‘tram’ staat niet in het codeboek" in wrong.text, 'value="tram"' in wrong.text) == (True, True)
    done = client.post(page("code", round.pk), sent | {"code": "r1"}, follow=True)
    assert f"?eenheid={unit.pk}" in done.text
    again = client.get(page("code", round.pk), {"eenheid": unit.pk})
    assert (again.context["unit"], again.context["typed"]) == (unit, "R1")


def test_the_codebook_grows_and_hides(client, round, people):
    client.force_login(people[0])
    client.post(page("codebook", round.pk), {"key": "bus", "label": "Slecht vervoer"})
    bus = round.codes.get(key="bus")
    assert "al een code" in client.post(page("codebook", round.pk), {"key": "bus", "label": "x"}).text
    assert (
        "Gebruik alleen letters"
        in client.post(page("codebook", round.pk), {"key": "b us", "label": "x"}).text
    )
    for act, hidden in (("verberg", True), ("toon", False)):
        sent = {"code": bus.pk, "doe": act, "stand": double_coding.mark_of_code(bus)}
        client.post(page("codebook", round.pk), sent)
        bus.refresh_from_db()
        assert bus.is_hidden == hidden


def test_a_theme_is_fixed_and_taken_over(client, people):
    round = coded.frozen(*coded.SAID)
    client.force_login(people[0])
    bus = round.codes.get(key="bus")
    assert page("promote", round.pk, bus.pk) in client.get(page("codebook", round.pk)).text
    sent = {"what": "knelpunt", "level": "relationeel", "text": ""} | seen(
        client, page("promote", round.pk, bus.pk)
    )
    assert "Vul dit in." in client.post(page("promote", round.pk, bus.pk), sent).text
    response = client.post(
        page("promote", round.pk, bus.pk), sent | {"text": "De bus rijdt niet."}, follow=True
    )
    assert "Overgenomen in het register: R4 De bus rijdt niet." in response.text
    assert Bottleneck.objects.get(pk="R4").origin == "open-antwoord"
    assert page("promote", round.pk, bus.pk) not in response.text


def test_a_researcher_takes_nothing_over(client):
    round = coded.frozen(*coded.SAID)
    client.force_login(factories.person(role=Role.RESEARCHER))
    bus = round.codes.get(key="bus")
    sent = {"what": "knelpunt", "level": "relationeel", "text": "De bus"}
    assert client.post(page("promote", round.pk, bus.pk), sent).status_code == 403
    assert not Bottleneck.objects.filter(pk="R4").exists()


def test_freezing_says_what_is_not_done(client, round, people):
    client.force_login(people[0])
    assert "nog niet gesloten" in take(client, round, "freeze").text
    making.close(round)
    assert "Nog niet alles is klaar" in take(client, round, "freeze").text


def test_pages_ask_the_database_as_often_for_many_answers(client, people):
    round = making.round()
    share_out(client, round, people)
    asked = {}
    for number in (1, 3):
        coded.answers(round, *(f"Ook dit {number} {extra}" for extra in range(number)))
        coded.read(round)
        for unit in double_coding.units_of(round).filter(codings=None):
            double_coding.give(unit, "R1", coder=1)
            double_coding.give(unit, "R2", coder=2)
        double_coding.compare(round)
        coded.answers(round, f"Nog te lezen {number}")
        for name in ("screen", "screened", "coding", "code", "differences", "codebook"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page(name, round.pk)).status_code == 200
            asked.setdefault(name, []).append(len(queries))
    figures = {"screen": 10, "screened": 6, "coding": 25, "code": 13, "differences": 18, "codebook": 10}
    assert asked == {name: [number] * 2 for name, number in figures.items()}


def test_the_steps_of_coding_can_be_asked_before_anybody_made_a_plan(client):
    client.force_login(factories.person(role=Role.MANAGER))
    round = making.close(making.round())
    for name in ("freeze", "thaw"):
        address = reverse(f"admin:survey_round_{name}", args=[round.pk])
        assert client.get(address).status_code == 200
        assert client.post(address, {"stand": "x"}).status_code == 302
