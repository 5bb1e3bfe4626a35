import csv
import io

import pytest

from registry.foundation.errors import Refused
from survey import resources
from survey.coding import double_coding
from survey.models import OpenAnswer
from survey.statistics import agreement
from tests.survey import coded, making

pytestmark = pytest.mark.django_db


def rows(round):
    return list(csv.DictReader(io.StringIO(resources.unit_rows(round).decode("utf-8-sig")), delimiter=";"))


def test_kappa_can_be_worked_out_again_from_the_file():
    round = making.round()
    coded.answers(round, *coded.SAID)
    coded.read(round)
    OpenAnswer.objects.filter(text="Niemand luistert").update(screening="besloten")
    coded.planned(round)
    double_coding.add_code(round, "bus", "Vervoer")
    first = dict(zip(coded.SAID, ["bus", "R1", "bus", "geen"], strict=True))
    coded.code_all(round, first=first, second={"Niemand luistert": "R2"})
    with pytest.raises(Refused, match="Stel eerst het coderen vast"):
        resources.unit_rows(round)
    double_coding.compare(round)
    double_coding.give(double_coding.units_of(round).get(text="Niemand luistert"), "R2", coder=3)
    double_coding.freeze(making.close(round))
    found = rows(round)
    for one in double_coding.agreement_of(round):
        said = [(row["codeur_1"] == one.code.key, row["codeur_2"] == one.code.key) for row in found]
        cells = [said.count(cell) for cell in ((True, True), (True, False), (False, True), (False, False))]
        assert agreement(*cells) == (one.share, one.kappa)
    settled = next(row for row in found if "luistert" in row["tekst"])
    assert (settled["tekst"], settled["samen"], settled["telt_voor"]) == (
        "[alleen voor onderzoek] Niemand luistert",
        "R2",
        "R2",
    )
    content = resources.unit_rows(round).decode()
    keys = OpenAnswer.objects.values_list("pk", "response")
    assert [key for row in keys for key in row if str(key) in content] == []


def test_wiped_words_are_in_no_row_and_their_codes_are():
    round = coded.frozen("De bus", "Geen bus")
    OpenAnswer.objects.filter(text="De bus").update(screening="gewist")
    assert sorted((row["tekst"], row["telt_voor"]) for row in rows(round)) == [
        ("", "bus"),
        ("Geen bus", "bus"),
    ]
