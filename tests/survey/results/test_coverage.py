from dataclasses import replace
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError

from registry.models import Bottleneck, Link, Status
from survey.results.coverage import coverage
from survey.rounds import publications
from survey.templatetags.survey import coverage_chart
from tests import factories
from tests.survey import making
from tests.survey.counting import everybody, store

pytestmark = pytest.mark.django_db


def link(code, role, number, **fields):
    for _number in range(number):
        factories.link(factories.initiative(**fields), Bottleneck.objects.get(pk=code), role)


@pytest.fixture
def _round():
    """R1 is recognised by 80 %, R2 by 60 %, R3 by 40 %; M1 was never asked."""
    round = making.round(questionnaire=making.questionnaire(["R1", "R2", "R3"]))
    people = everybody(16, "R1", "R2", "R3") + everybody(8, "R1", "R2") + everybody(8, "R1")
    store(round, people + everybody(8))
    publications.freeze(making.close(round))
    factories.bottleneck("M1")
    factories.bottleneck("M2")


@pytest.mark.usefixtures("_round")
def test_what_many_feel_and_few_tackle_stands_on_top():
    link("R1", Link.Role.TACKLES, 3)
    link("R2", Link.Role.TACKLES, 1)
    link("R2", Link.Role.FACES, 2)
    link("M1", Link.Role.TACKLES, 1)
    rounds, known, unknown = coverage()
    assert [round.slug for round in rounds] == ["festival"]
    assert [(row.bottleneck.code, row.share.percentage, row.faces, row.tackles) for row in known] == [
        ("R3", 40, 0, 0),
        ("R2", 60, 2, 1),
        ("R1", 80, 0, 3),
    ]
    assert [(row.bottleneck.code, row.share, row.tackles) for row in unknown] == [
        ("M2", None, 0),
        ("M1", None, 1),
    ]


@pytest.mark.usefixtures("_round")
def test_only_published_initiatives_count(client):
    link("R1", Link.Role.TACKLES, 2, status=Status.SUBMITTED)
    assert {row.tackles for row in coverage()[1]} == {0}
    page = client.get("/resultaten/dekking/").content.decode()
    assert page.index("knelpunten/r1/") < page.index("knelpunten/r2/") < page.index("knelpunten/m1/")
    assert ("Aandeel niet bekend" in page, "Verzonnen voorbeelden" in page) == (True, False)


def test_without_a_round_all_shares_are_unknown(client):
    factories.bottleneck("R1")
    page = client.get("/resultaten/dekking/").content.decode()
    assert ("Er zijn nog geen resultaten van een meting." in page, "In beeld" in page) == (True, False)


@pytest.mark.usefixtures("_round")
@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_the_same_for_one_and_for_three(client, django_assert_num_queries, number):
    link("R1", Link.Role.TACKLES, number)
    client.get("/resultaten/dekking/")
    # The editions, the links, the bottlenecks, and whether there are examples.
    with django_assert_num_queries(4):
        client.get("/resultaten/dekking/")


def test_a_round_does_not_take_the_address_of_a_page():
    round = making.round()
    for slug in ("dekking", "codeboek"):
        round.slug = slug
        with pytest.raises(ValidationError, match="adres van de site zelf"):
            round.full_clean()


@pytest.mark.usefixtures("_round")
def test_a_dot_stands_in_the_column_of_its_number_and_covers_no_other():
    link("R1", Link.Role.TACKLES, 7)
    link("R2", Link.Role.TACKLES, 3)
    _round, known, _unknown = coverage()
    alike = [replace(row, tackles=0, share=replace(row.share, percentage=40)) for row in known]
    drawn = coverage_chart([*known, *alike, *alike[:1]])
    edges = [column["edge"] for column in drawn["along"]] + [drawn["right"]]
    columns = [sum(dot["x"] > edge for edge in edges) - 1 for dot in drawn["dots"]]
    assert columns == [{"R1": 4, "R2": 3, "R3": 0}[row.bottleneck.code] for row in known] + [0] * 4
    heights = {dot["y"] for dot in drawn["dots"][3:]}
    across = sorted(dot["x"] for dot in drawn["dots"] if dot["y"] in heights and dot["x"] < edges[1])
    assert (len(heights), all(b - a >= 31 for a, b in pairwise(across))) == (1, True)
