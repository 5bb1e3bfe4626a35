"""What is known stays known: no publication takes a share away that another one shows."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from survey.models import Questionnaire, Round
from survey.results import shares
from survey.results.coverage import coverage
from survey.rounds import publications
from tests.survey import making
from tests.survey.counting import everybody, store
from tests.survey.sending import address, sent

pytestmark = pytest.mark.django_db
PAGES = ["/knelpunten/", "/knelpunten/r1/", "/resultaten/dekking/"]


def published(slug, *people, days=0, **fields):
    """A round that opened so many days ago, with these answers, and its publication."""
    questionnaire = Questionnaire.objects.filter(slug="lijst").first()
    questionnaire = questionnaire or making.questionnaire(["M1", "R1", "R2"], slug="lijst")
    opened = timezone.now() - timedelta(days=days)
    round = making.round(slug, questionnaire=questionnaire, opens_at=opened, **fields)
    for some in people:
        store(round, some)
    return publications.freeze(making.close(round))


def test_a_small_round_takes_no_share_of_the_deck_away(client):
    call_command("load_deck", verbosity=0)
    call_command("load_deck_round", verbosity=0)
    before = {code: one.statement for code, one in shares.known_shares().items()}
    assert sum(one.percentage is not None for one in before.values()) == 9
    round = making.round("klein")
    for code in ("R1", "R2"):
        making.response(round, code)
    small = publications.freeze(making.close(round))
    found = shares.known_shares()
    assert {code: one.statement for code, one in found.items() if before[code].percentage} == {
        code: one for code, one in before.items() if one.percentage
    }
    assert (found["R1"].round.slug, found["R1"].when) == ("verbindingsfestival", "datum niet bekend")
    assert [len(part) for part in coverage()[1:]] == [9, 25]
    page = client.get("/knelpunten/r1/").text
    told = "69 % herkent dit</strong> (53 van 77)"
    assert (told in page, "Verbindingsfestival" in page) == (True, True)
    making.round("nu", questionnaire=making.questionnaire(["R1", "M1"], slug="nu"))
    assert "eerder: 69 % (53 van 77)" in client.post(address(slug="nu"), sent()).text
    publications.withdraw(small, "Te klein")
    assert shares.known_shares().keys() == before.keys()


def test_each_share_is_of_the_newest_that_shows_it_with_date_and_base(client):
    published("eerst", everybody(40, "R1"), everybody(10), days=9, held_on=date(2025, 5, 12))
    # Nobody answers the level of R1; then too few do.
    published("tweede", everybody(30, "M1", levels=(1,)), everybody(20, levels=(1,)), days=6)
    published("derde", everybody(9, "R1"), days=3)
    found = shares.known_shares()
    assert {code: (one.round.slug, one.statement.percentage) for code, one in found.items()} == {
        "R1": ("eerst", 80),
        "R2": ("eerst", 0),
        "M1": ("tweede", 60),
    }
    for path in PAGES:
        page = " ".join(client.get(path).text.split())
        assert ("40 van 50" in page, "Meting eerst" in page, "12 mei 2025" in page) == (True, True, True)
    making.round("nu", questionnaire=making.questionnaire(["R1", "M1"], slug="nu"))
    thanks = client.post(
        address(slug="nu"), sent(**{"niveau-maatschappelijk": "M1", "niveau-relationeel": "R1"})
    ).text
    assert ("eerder: 80 % (40 van 50)" in thanks, "eerder: 60 % (30 van 50)" in thanks) == (True, True)
    newest = published("vierde", everybody(30, "R1", "R2"), everybody(30))
    assert shares.known_shares()["R1"].statement.percentage == 50
    publications.withdraw(newest, "Verkeerd geteld")
    assert shares.known_shares()["R1"].statement.percentage == 80


def test_a_publication_is_worked_out_again_beside_the_edition_that_it_was_compared_with():
    questionnaire = making.questionnaire(["M1", "R1", "R2"], slug="lijst")
    earlier = making.round("eerst", questionnaire=questionnaire)
    store(earlier, everybody(40, "R1"))
    publications.freeze(making.close(earlier))
    round = making.round("later", questionnaire=questionnaire, previous=earlier)
    store(round, everybody(50, "R2"))
    made = publications.freeze(making.close(round))
    store(earlier, everybody(40, "R2"))
    again = publications.freeze(earlier)
    assert publications.rebuild(made) == made.data
    publications.withdraw(again, "Dubbel")
    assert publications.rebuild(made) == made.data


def test_a_range_is_told_where_no_share_is_and_never_instead_of_one():
    few = everybody(19, "M1"), everybody(1, "R1")
    published("klein", *few, days=5)
    assert shares.known_shares()["R1"].statement.reason == "hoogstens-2"
    published("groot", everybody(40, "R1"), days=9)
    assert shares.known_shares()["R1"].statement.percentage == 100
    Round.objects.filter(slug="groot").update(is_sample=True)
    assert shares.known_shares()["R1"].statement.reason == "hoogstens-2"
