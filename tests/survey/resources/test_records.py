import csv
import io
import re

import pytest

from survey import resources
from survey.models import OpenAnswer
from tests import factories
from tests.survey import making
from tests.survey.counting import everybody, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    for code in ("GM0034", "GM0995", "GM0184"):
        factories.municipality(code)
    made = making.round(questionnaire=making.questionnaire(["M1", "R1"]))
    store(
        made,
        everybody(20, "R1", levels=(1, 4), municipality="GM0034", role="inwoner")
        + everybody(12, "M1", levels=(1,), municipality="GM0995", role="overheid")
        + everybody(12, "M1", levels=(1, 4), municipality="GM0995", role="overheid")
        + everybody(3, "M1", levels=(1, 4), municipality="GM0184", role="inwoner"),
    )
    return made


def read(round):
    content = b"".join(resources.record_rows(round)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content), delimiter=";"))


def test_each_respondent_is_a_row_and_a_skipped_level_is_no_no(round):
    rows = read(round)
    assert len(rows) == 47
    assert sorted({(row["M1"], row["R1"]) for row in rows}) == [("0", "1"), ("1", ""), ("1", "0")]


def test_rows_are_in_the_order_of_their_keys_and_say_none_of_them(round):
    rows = read(round)
    keys = list(round.responses.order_by("pk").values_list("pk", "ticks"))
    assert [row["M1"] for row in rows] == [str(ticks & 1) for _key, ticks in keys]
    assert [row["volgnummer"] for row in rows] == [str(one) for one in range(1, 48)]
    content = b"".join(resources.record_rows(round)).decode()
    assert [str(key) for key, _ticks in keys if str(key) in content] == []
    assert re.findall(r"\d{4}-\d\d-\d\d", content) == []


def test_a_small_group_is_told_as_the_breakdown_tells_it(round):
    told = {row["gemeente"] for row in read(round)}
    assert told == {"Almere", "Overige groepen samen"} or told == {"Lelystad", "Overige groepen samen"}
    assert "Urk" not in b"".join(resources.record_rows(round)).decode()


def test_of_words_only_what_was_screened_as_public_goes_along(round):
    question = round.questionnaire.open_questions.get(key="knelpunt")
    for response, screening in zip(round.responses.all(), OpenAnswer.Screening.values, strict=False):
        OpenAnswer.objects.create(
            response=response,
            question=question,
            text="ruw",
            quote=f"=citaat {screening}",
            screening=screening,
        )
    assert {row["knelpunt"] for row in read(round)} == {"", "'=citaat openbaar"}
    assert b"ruw" not in b"".join(resources.record_rows(round))


def test_the_syntax_declares_the_columns_of_the_file(round):
    header = next(iter(resources.record_rows(round))).decode("utf-8-sig").strip()
    declared = re.search(r"/VARIABLES=\n(.*?)\n  \.", resources.records_syntax(round), re.DOTALL)[1]
    assert [line.split()[0] for line in declared.splitlines()] == header.replace('"', "").split(";")
    assert "0 'Niet aangekruist'" in resources.records_syntax(round)


def test_a_long_file_comes_in_pieces_and_counts_on(round, monkeypatch):
    monkeypatch.setattr(resources.records, "CHUNK", 10)
    assert [row["volgnummer"] for row in read(round)] == [str(one) for one in range(1, 48)]
