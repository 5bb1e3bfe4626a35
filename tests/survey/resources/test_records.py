import csv
import io
import random
import re
from collections import Counter
from itertools import product

import pytest

from survey import resources, results
from survey.models import OpenAnswer
from survey.results.audit import auditor
from survey.rounds import publications
from tests import factories
from tests.seeds import seeds
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


PLACES, ROLES = ("GM0034", "GM0995", "GM0184", "liever-niet", ""), ("inwoner", "overheid", "anders", "")


@pytest.mark.parametrize("is_published", [False, True])
@seeds(range(12), everywhere=3)
def test_no_few_people_stand_alone_by_gemeente_and_rol(seed, is_published):
    """Any round, published or not: nobody is in a group of fewer than ten, nor of one in the other."""
    rand, made = random.Random(seed), anyone(seed)
    if is_published:
        publications.freeze(making.close(made))
        made.responses.filter(municipality="GM0184").update(municipality="GM0034")
        store(made, everybody(rand.choice((0, 3)), "M1", levels=(1, 4), municipality="GM9999", role="vreemd"))
    rows = read(made)
    for columns in (("gemeente",), ("rol",), ("gemeente", "rol")):
        groups = Counter(tuple(row[column] for column in columns) for row in rows)
        blocks = [sorted({group[place] for group in groups}) for place in range(len(columns))]
        assert all(groups[group] >= 10 for group in product(*blocks)), groups


def anyone(seed):
    """Of every other such round the groups are large enough to stand beside each other."""
    for code in ("GM0034", "GM0995", "GM0184"):
        factories.municipality(code)
    rand, made = random.Random(seed), making.round(questionnaire=making.questionnaire(["M1", "R1"]))
    for _time in range(14):
        few, place, role = rand.choice((3, 8, 20, 40)), rand.choice(PLACES), rand.choice(ROLES)
        store(made, everybody(few, rand.choice(("M1", "R1")), levels=(1, 4), municipality=place, role=role))
    if seed % 2:
        for place, role in product(("GM0034", "GM0995", "GM0184"), ("inwoner", "overheid", "anders")):
            store(made, everybody(30, "M1", levels=(1, 4), municipality=place, role=role))
    return made


def test_both_stand_there_when_each_is_large_enough_in_the_other():
    made = making.round(questionnaire=making.questionnaire(["M1"]))
    for code in ("GM0034", "GM0995"):
        factories.municipality(code)
    cells = list(product(("GM0034", "GM0995"), ("inwoner", "overheid")))
    for place, role in cells:
        store(made, everybody(12, "M1", levels=(1,), municipality=place, role=role))
    both = {(row["gemeente"], row["rol"]) for row in read(made)}
    assert (len(both), "Zoals de gepubliceerde uitsplitsing" in resources.records_syntax(made)) == (4, True)
    for role in ("anders", "professional"):
        store(made, everybody(12, "M1", levels=(1,), municipality="GM0034", role=role))
        store(made, everybody(9, "M1", levels=(1,), municipality="GM0995", role=role))
    assert {row["rol"] for row in read(made)} == {""}
    assert len({row["gemeente"] for row in read(made)}) == 2
    assert "rol 'Niet getoond: naast de andere uitsplitsing" in resources.records_syntax(made)


@pytest.mark.parametrize("left_out", [("rol",), ("rol", "gemeente")])
def test_what_the_publication_leaves_out_is_not_in_the_file(round, left_out):
    assert {bool(row["gemeente"]) for row in read(round)} == {True}
    found = results.results_for(round, without=frozenset(left_out))
    publications.write(round, found, published_on=None)
    for grouping in left_out:
        assert {row[grouping] for row in read(round)} == {""}
        assert f"{grouping} 'Niet getoond: naast de andere getallen" in resources.records_syntax(round)


def test_nothing_of_groups_is_in_the_file_when_nothing_may_be_published(round, monkeypatch):
    monkeypatch.setattr(auditor, "audit", lambda *_args, **_options: ("found",))
    assert {(row["gemeente"], row["rol"]) for row in read(round)} == {("", "")}


def test_of_words_what_was_read_goes_along_and_what_is_for_research_alone_says_so(round):
    question = round.questionnaire.open_questions.get(key="knelpunt")
    for response, screening in zip(round.responses.all(), OpenAnswer.Screening.values, strict=False):
        OpenAnswer.objects.create(
            response=response,
            question=question,
            text="ruw",
            quote=f"=citaat {screening}",
            screening=screening,
        )
    assert {row["knelpunt"] for row in read(round)} == {
        "",
        "'=citaat openbaar",
        "[alleen voor onderzoek] =citaat besloten",
    }
    assert b"ruw" not in b"".join(resources.record_rows(round))


def test_the_syntax_declares_the_columns_of_the_file(round):
    header = next(iter(resources.record_rows(round))).decode("utf-8-sig").strip()
    declared = re.search(r"/VARIABLES=\n(.*?)\n  \.", resources.records_syntax(round), re.DOTALL)[1]
    assert [line.split()[0] for line in declared.splitlines()] == header.replace('"', "").split(";")
    assert "0 'Niet aangekruist'" in resources.records_syntax(round)


def test_a_long_file_comes_in_pieces_and_counts_on(round, monkeypatch):
    monkeypatch.setattr(resources.records, "CHUNK", 10)
    assert [row["volgnummer"] for row in read(round)] == [str(one) for one in range(1, 48)]
