"""The auditor finds what was wrong before, and nothing in what is published now."""

import os
import random
from collections import Counter
from dataclasses import replace
from time import monotonic

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from registry.foundation.errors import Refused
from survey.models import Publication
from survey.results import read, results_for, tally
from survey.results.audit import auditor
from survey.results.audit.auditor import Finding, NotDecided, audit
from survey.results.audit.equations import Equations, Impossible, Told
from survey.rounds import publications
from survey.sample import deck
from tests import factories
from tests.survey import making
from tests.survey.counting import everybody, store
from tests.survey.results.before import results_of_before

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CODES = ["M1", "M2", "B1", "P1", "R1", "R2"]
LEVEL_OF = {"M": 1, "B": 2, "P": 3, "R": 4}
ROUNDS = int(os.environ.get("AUDITED_ROUNDS", "40"))


@pytest.fixture
def round():
    return making.round(questionnaire=making.questionnaire(CODES))


def count(round, people):
    store(round, people)
    return tally.recount(round)


def test_the_least_and_the_most_are_whole_numbers_of_people():
    one, two, three = (frozenset([place]) for place in range(3))
    told = [Told(one | two | three, 77, 77), Told(two | three, 58, 58), Told(three, 57, 57)]
    equations = Equations(
        3, told, [Told(one | two | three, 30, 30), Told(three, 20, 22)], deadline=monotonic() + 9
    )
    assert (equations.size(two), equations.size(one)) == ((1, 1), (19, 19))
    assert (equations.count(two, 9), equations.count(three, 9)) == ((0, 1), (20, 22))
    assert equations.count(one | two, 2)[1] - equations.count(one | two, 2)[0] >= 2
    with pytest.raises(Impossible):
        Equations(1, [Told(one, 1, 1)], [Told(one, 2, 2)], deadline=monotonic() + 9).count(one, 2)


def anything(number, levels, seed):
    """So many people who answered these levels, each as it happens."""
    rand = random.Random(seed)
    for _number in range(number):
        ticked = [code for code in CODES if LEVEL_OF[code[0]] in levels and rand.random() < 0.5]
        yield frozenset(ticked), levels, "", ""


def test_the_one_who_stopped_after_the_second_level(round):
    """77, 58, 57 and 57: what the public spreadsheet of before told of one person."""
    one = everybody(1, "M1", "B1", levels=(1, 2))
    counted = count(round, [*anything(57, (1, 2, 3, 4), 1), *one, *anything(19, (1,), 2)])
    found = results_of_before(round, counted)
    assert [level.n for level in found.levels] == [77, 58, 57, 57]
    findings = audit([found])
    assert {(one.code, one.size, one.count) for one in findings} == {
        ("M1", (1, 1), (1, 1)),
        ("M2", (1, 1), (0, 0)),
    }
    assert "M1: wie wel hoort bij" in str(findings[0])
    assert audit([results_for(round, tally=counted)]) == ()


def test_two_groups_of_three(round):
    """60 and 60, with 57 in both: what was told of those in one level and not in the other."""
    some, others = everybody(3, "M1", "B1", levels=(1, 2, 4)), everybody(3, "M2", "P1", levels=(1, 3, 4))
    counted = count(round, [*anything(57, (1, 2, 3, 4), 1), *some, *others, *anything(14, (1, 4), 2)])
    found = results_of_before(round, counted)
    # That they are all in the first level is known when it holds everybody.
    assert [level.n for level in found.levels] == [77, 60, 60, 77]
    told = {(one.code, one.size, one.count) for one in audit([found])}
    assert {
        ("M1", (3, 3), (3, 3)),
        ("M1", (3, 3), (0, 0)),
        ("M2", (3, 3), (3, 3)),
        ("M2", (3, 3), (0, 0)),
    } <= told
    assert audit([results_for(round, tally=counted)]) == ()


def test_under_five_percent_was_nobody(round):
    for code in ("GM0034", "GM0171"):
        factories.municipality(code)
    people = everybody(30, "M1", "R1", levels=(1, 4), municipality="GM0034")
    people += everybody(30, "R2", levels=(1, 4), municipality="GM0034")
    people += everybody(27, "R1", levels=(1, 4), municipality="GM0171")
    counted = count(round, people)
    findings = audit([results_of_before(round, counted)])
    assert {("M1", (27, 27), (0, 0)), ("R1", (27, 27), (27, 27))} <= {
        (one.code, one.size, one.count) for one in findings
    }
    found = results_for(round, tally=counted)
    assert audit([found]) == ()
    bands = {share.band for block in found.breakdowns[0].blocks for share in block.shares if share.n == 27}
    # Of M2, which nobody at all ticked, no group is told.
    assert bands == {"hoogstens-2", "op-2-na", "naast-een-band"}


def planted(round):
    """Results in which nothing is wrong, with groups, ranges and pairs."""
    for code in ("GM0034", "GM0171", "GM0995"):
        factories.municipality(code)
    people = everybody(20, "M1", "R1", "R2", levels=(1, 4), municipality="GM0034")
    people += everybody(20, "M1", levels=(1, 4), municipality="GM0034")
    people += everybody(15, "R1", levels=(1, 4), municipality="GM0171")
    people += everybody(9, "M1", levels=(1, 4), municipality="GM0171")
    people += everybody(25, "R1", levels=(1, 4), municipality="GM0995")
    people += everybody(7, "M2", levels=(1,), municipality="GM0995")
    people += everybody(7, "M1", levels=(1,), municipality="GM0034")
    return results_for(round, tally=count(round, people))


def changed(found, grouping, code, block, **fields):
    """With one share told otherwise."""
    breakdowns = []
    for breakdown in found.breakdowns:
        blocks = list(breakdown.blocks)
        if breakdown.grouping == grouping:
            shares = [
                replace(share, **fields) if share.code == code else share for share in blocks[block].shares
            ]
            blocks[block] = replace(blocks[block], shares=tuple(shares))
        breakdowns.append(replace(breakdown, blocks=tuple(blocks)))
    return replace(found, breakdowns=tuple(breakdowns))


def test_a_planted_fault_of_each_kind_is_found(round):
    found = planted(round)
    assert audit([found]) == ()
    place, share = next(
        (place, share)
        for place, block in enumerate(found.breakdowns[0].blocks)
        for share in block.shares
        if (share.code, share.band) == ("R2", "naast-een-band")
    )
    # The block that is hidden beside a band is told after all; a whole percentage is as good as a count.
    for told in ({"count": 20}, {"percentage": round_half(20, share.n)}):
        findings = audit([changed(found, "gemeente", "R2", place, band="", **told)])
        assert {(one.code, one.count) for one in findings} == {("R2", (0, 0))}
    # A level of few people.
    level = found.levels[0]
    few = replace(level, n=9, statements=tuple(replace(one, n=9, count=4) for one in level.statements))
    alone = replace(found, levels=(few, *found.levels[1:]), breakdowns=(), pairs=(), pairs_n=None)
    assert audit([alone]) == (Finding("", level.name, "", (9, 9), (0, 9)),)


def test_pairs_on_nearly_all_of_a_level_are_found(round):
    almost = list(anything(60, (1, 2, 3, 4), 1))
    few = results_for(round, tally=count(round, almost))
    found = results_for(round, tally=count(round, everybody(2, "M1", levels=(1,))))
    assert {pair.reason for pair in found.pairs if pair.first[0] == "M"} == {"scheelt-weinig"}
    findings = audit([replace(found, pairs=few.pairs, pairs_n=60)])
    assert {(one.code, one.size, one.count) for one in findings if one.code[0] == "M"} == {
        ("M1", (2, 2), (2, 2)),
        ("M2", (2, 2), (0, 0)),
    }


def round_half(count, n):
    return int(100 * count / n + 0.5)


def test_two_editions_are_read_together(round):
    """The second edition tells of all who live in Almere; the first hid that to protect those of Dronten."""
    found = planted(round)
    later = replace(found, responses=found.responses + 20)
    code, place = next(
        (share.code, place)
        for place, block in enumerate(found.breakdowns[0].blocks)
        for share in block.shares
        if share.band == "naast-een-band" and share.code == "R2"
    )
    exact = changed(later, "gemeente", code, place, count=20, percentage=50, band="")
    assert audit([found, later]) == ()
    assert audit([found, exact]) != ()


def test_what_nearly_all_of_the_rest_of_a_level_ticked_is_in_no_pair(round):
    """24 answered the first level only; that 6 of them live in Lelystad follows from the groups on both levels."""
    for code in ("GM0034", "GM0995"):
        factories.municipality(code)
    people, stay = [], [("GM0034", 18), ("GM0995", 6)]
    for place, number in stay:
        people += [
            (ticked, (1, 4), place, "") for ticked, _levels, _place, _role in anything(40, (1, 4), number)
        ]
        people += everybody(number // 2, "M1", levels=(1,), municipality=place)
        people += everybody(number // 2, "M1", "M2", levels=(1,), municipality=place)
    found = results_for(round, tally=count(round, people))
    assert [len(breakdown.blocks) for breakdown in found.breakdowns] == [2, 0]
    told = {pair.reason for pair in found.pairs if pair.first == "M2"}
    assert ({pair.reason for pair in found.pairs if pair.first == "M1"}, "" in told) == (
        {"scheelt-weinig"},
        True,
    )
    assert audit([found]) == ()


def test_what_was_not_decided_in_time_is_not_silence(round, monkeypatch):
    found = planted(round)
    with pytest.raises(NotDecided):
        audit([found], seconds=0)
    monkeypatch.setattr(publications, "AUDIT_SECONDS", 0)
    # Without groups and pairs there is nothing to decide: this stays as a way on.
    made = read(publications.freeze(making.close(round)).data)
    assert {one.reason for one in made.breakdowns} == {"controle"}
    assert (made.pairs_reason, made.levels) == ("controle", found.levels)
    store(round, everybody(30, "M1", "R1", levels=(1, 4), municipality="GM0034"))
    monkeypatch.setattr(auditor, "audit", not_decided)
    with pytest.raises(Refused, match="Het lukte niet op tijd"):
        publications.freeze(round)
    assert Publication.objects.count() == 1


def not_decided(*_args, **_options):
    raise NotDecided


def test_what_is_found_is_not_published(round, monkeypatch):
    store(round, everybody(40, "M1", "R1", levels=(1, 4)))
    finding = Finding("M1", "Maatschappelijk", "alle niveaus beantwoord", (1, 1), (1, 1))
    monkeypatch.setattr(auditor, "audit", lambda *_args, **_options: (finding,))
    with pytest.raises(Refused, match="Gevonden: M1: wie wel hoort bij") as refused:
        publications.freeze(making.close(round))
    assert "kleinste groep die wordt getoond hoger" in str(refused.value)
    assert not Publication.objects.exists()


def test_what_was_left_out_is_left_out_when_it_is_worked_out_again(round, monkeypatch):
    planted(round)
    monkeypatch.setattr(publications, "AUDIT_SECONDS", 0)
    made = publications.freeze(making.close(round))
    assert publications.rebuild(made) == made.data


def test_the_command_reads_what_is_published_and_else_what_would_be(round, capsys):
    planted(round)
    call_command("audit_results", "festival")
    assert capsys.readouterr().out.endswith("festival: niets gevonden\n")
    counted = tally.recount(round)
    made = publications.freeze(making.close(round))
    call_command("audit_results")
    assert capsys.readouterr().out == "festival: niets gevonden\n"
    publications.write(round, results_of_before(round, counted), published_on=None)
    made.delete()
    with pytest.raises(CommandError, match="Niet in orde: festival"):
        call_command("audit_results", "festival")
    assert "R2 bij ‘GM0171’ (24 mensen): 0." in capsys.readouterr().out
    with pytest.raises(CommandError, match="niet: nergens"):
        call_command("audit_results", "nergens")


def test_the_round_of_the_deck_has_nothing_to_find(capsys):
    for letter, most in (("M", 8), ("B", 10), ("P", 7), ("R", 9)):
        for one in range(1, most + 1):
            factories.bottleneck(f"{letter}{one}")
    deck.load()
    call_command("audit_results", "verbindingsfestival")
    assert capsys.readouterr().out == "verbindingsfestival: niets gevonden\n"


def people(rand, number):
    """Anybody: some skip levels, some stop, in places and roles of which some are small."""
    stops, skips = rand.choice([0, 0.02, 0.1, 0.2]), rand.choice([0, 0, 0.05])
    likes = {code: rand.choice([0.02, 0.1, 0.3, 0.5, 0.9, 0.98]) for code in CODES}
    places = rand.sample(["GM0034", "GM0171", "GM0184", "GM0995", "elders", "liever-niet", ""], 5)
    weights = [rand.choice([1, 5, 20, 40]) for _place in places]
    for _number in range(number):
        levels = []
        for level in range(1, 5):
            if rand.random() < stops:
                break
            if rand.random() >= skips:
                levels.append(level)
        ticked = [code for code in CODES if LEVEL_OF[code[0]] in levels and rand.random() < likes[code]]
        role = rand.choices(["inwoner", "overheid", "anders"], [70, 20, 10])[0]
        yield frozenset(ticked), tuple(levels), rand.choices(places, weights)[0], role


def test_nothing_is_found_in_random_rounds(round):
    """All editions of a round are the auditor's input; each edition adds so many people as it may."""
    for code in ("GM0034", "GM0171", "GM0184", "GM0995"):
        factories.municipality(code)
    making.close(round)
    done, started, slowest = Counter(), monotonic(), 0
    for seed in range(ROUNDS):
        rand = random.Random(seed)
        with transaction.atomic():
            for edition in range(rand.choice([1, 1, 2, 3])):
                store(round, list(people(rand, rand.choice([0, rand.randint(1, 40), rand.randint(10, 150)]))))
                before = monotonic()
                try:
                    made = read(publications.freeze(round).data)
                except Refused as refusal:
                    done[str(refusal)[:40]] += 1
                    continue
                slowest = max(slowest, monotonic() - before)
                done["fixed"] += 1
                is_left_out = made.pairs_reason == "controle" or any(
                    one.reason == "controle" for one in made.breakdowns
                )
                done["left out, first" if edition == 0 else "left out, later"] += is_left_out
                done["with pairs"] += made.pairs_n is not None
                done["with groups"] += any(one.blocks for one in made.breakdowns)
            editions = [read(one.data) for one in round.publications.order_by("edition")]
            assert audit(editions) == ()
            # The same with the rules of before: how often it is found there.
            if editions:
                done["rounds"] += 1
                done["found before"] += bool(audit([results_of_before(round, tally.recount(round))]))
            transaction.set_rollback(True)
    print(f"auditor: {dict(done)}, slowest {slowest:.1f} s, {monotonic() - started:.0f} s in all")
    assert min(done[what] for what in ("with pairs", "with groups", "found before")) > 0
