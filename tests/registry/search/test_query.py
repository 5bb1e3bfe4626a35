import datetime
import random
import threading

import pytest
from django.core.cache import caches
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.filters import InitiativeFilter
from registry.models import Bottleneck, Finding, Initiative, SearchMiss, Status
from registry.models.initiative import ORDER_MODULUS
from registry.search import best_first, excerpt, found_under, narrow, record_miss, search
from registry.search import query as answers
from registry.search.index import Document
from registry.search.synonyms import understand
from tests import factories

pytestmark = pytest.mark.django_db


def found(query):
    """The names of what is found, best first; the neutral order within a rank does not show."""
    rows = narrow(Initiative.objects.published(), query)
    return [row.name for row in sorted(rows, key=lambda row: (row.rank, row.name))]


@pytest.mark.parametrize(
    "query", ["almere-haven", "Almere Haven", "almerehaven", "ALMERE‑HAVEN", "  almère   häven "]
)
def test_search_ignores_case_accents_and_hyphens(query):
    factories.initiative("Steigerfestival", summary="Feest in Almere-Haven")
    factories.initiative("Kade", summary="Feest in Almere Haven")
    factories.initiative(
        "Groentesoep", place=factories.place(), municipality=factories.municipality("GM0034")
    )
    factories.initiative("Binnenhaven", summary="Feest in Almere")
    factories.initiative("Elders", summary="Feest in Almere")
    factories.place()
    assert found(query) == ["Binnenhaven", "Groentesoep", "Kade", "Steigerfestival"]


def test_search_finds_inside_long_words_and_only_whole_short_ones():
    factories.initiative("Groentesoepfestival")
    factories.initiative("Op de kade")
    factories.initiative("Opbouw")
    assert (found("festival"), found("op"), found("fest soep")) == (
        ["Groentesoepfestival"],
        ["Op de kade"],
        ["Groentesoepfestival"],
    )


def test_search_wants_every_word():
    factories.initiative("Eettafel", summary="Samen koken in Urk")
    factories.initiative("Kooklab", summary="Samen bakken")
    assert found("samen koken") == ["Eettafel"]


@pytest.mark.parametrize(
    "query", ["opbouwwerker", "buurtverbinder", "Buurt-verbinders", "community builders"]
)
def test_search_takes_equal_words_both_ways(query):
    factories.term(equal=["buurtverbinder", "community builder"])
    factories.initiative("A", summary="Met een opbouwwerker.")
    factories.initiative("B", summary="Met een buurtverbinder.")
    factories.initiative("C", summary="Met community-builders.")
    factories.initiative("D", summary="Met een bouwer.")
    assert sorted(found(query)) == ["A", "B", "C"]


def test_search_does_not_take_related_words():
    factories.term(related_words="jongerenwerker")
    factories.initiative("A", summary="Met een jongerenwerker.")
    assert found("opbouwwerker") == []


def test_search_takes_equal_words_of_each_term_that_holds_the_word():
    factories.term("opbouwwerk", equal=["verbinden"])
    factories.term("buurtverbinden", equal=["verbinden"])
    factories.initiative("A", summary="opbouwwerk")
    factories.initiative("B", summary="buurtverbinden")
    assert found("verbinden") == ["B", "A"]


def test_search_finds_a_phrase_among_other_words():
    factories.term("opbouwwerker", equal=["sociaal makelaar"])
    factories.initiative("A", summary="Een sociaal makelaar in Urk")
    factories.initiative("B", summary="Een opbouwwerker in Urk")
    factories.initiative("C", summary="Een opbouwwerker in Lelystad")
    factories.initiative("D", summary="Sociaal werk in Urk, een makelaar helpt")
    assert found("sociaal makelaar urk") == ["A", "D", "B"]


def test_search_ranks_title_over_text_and_own_word_over_other():
    factories.term()
    factories.initiative("6", summary="buurtverbinder")
    factories.initiative("5", summary="opbouwwerker")
    factories.initiative("4 buurtverbinder")
    factories.initiative("3 opbouwwerker")
    factories.initiative("Opbouwwerkers 2")
    factories.initiative("Opbouwwerker")
    assert found("opbouwwerker") == [
        "Opbouwwerker",
        "Opbouwwerkers 2",
        "3 opbouwwerker",
        "4 buurtverbinder",
        "5",
        "6",
    ]


def test_search_ranks_by_the_word_that_does_worst():
    factories.initiative("Samen in de tuin", summary="koken")
    factories.initiative("Samen dan koken")
    assert found("samen koken") == ["Samen dan koken", "Samen in de tuin"]


def test_search_finds_by_place_municipality_and_organisation():
    urk = factories.municipality("GM0184")
    factories.initiative("Eettafel", municipality=urk)
    factories.initiative("Kade", organisation=factories.organisation(name="Stichting Urk-Samen"))
    factories.initiative("Elders", municipality=factories.municipality("GM0995"))
    assert (found("urk"), found("urksamen")) == (["Eettafel", "Kade"], ["Kade"])


@pytest.mark.parametrize(
    "status", [status for status in Status if status not in {"gepubliceerd", "samengevoegd"}]
)
def test_search_shows_published_only(status):
    factories.initiative("Geheim feest", status=status)
    factories.case("Geheime casus", status=status)
    factories.case("Geheim van een ander", initiative=factories.initiative("Stil", status=status))
    factories.bottleneck("R9", statement="Geheim knelpunt", status=Bottleneck.Status.CANDIDATE)
    assert search("geheim").total == 0


def test_search_gives_groups_over_everything():
    factories.term(explanation="Werkt in de buurt")
    code = factories.bottleneck("R1", statement="Een opbouwwerker heeft geen tijd.")
    factories.case("Lang volhouden", situation="De buurtverbinder bleef.")
    bij = Finding.objects.create(slug="f1", text="Opbouwwerkers zijn er te weinig.")
    bij.bottlenecks.add(code)
    Finding.objects.create(slug="f2", text="De opbouwwerker is moe.")
    Finding.objects.create(slug="f3", text="Opbouwwerkers luisteren.", level=code.level)
    for number in range(12):
        factories.initiative(f"Opbouwwerker {number}")
    results = search("opbouwwerker")
    assert [(group.kind, group.total, len(group.hits)) for group in results.groups] == [
        ("initiatief", 12, 10),
        ("knelpunt", 1, 1),
        ("casus", 1, 1),
        ("begrip", 1, 1),
        ("bevinding", 3, 3),
    ]
    assert results.total == 18
    assert [hit.found_under for group in results.groups[1:] for hit in group.hits] == [
        "",
        "buurtverbinder",
        "",
        "",
        "",
        "",
    ]
    assert [hit.url for hit in results.groups[4].hits] == [
        "/knelpunten/#relationeel",
        "/knelpunten/r1/",
        "/knelpunten/",
    ]


@pytest.mark.parametrize("query", ["", "   ", "🎉", "%", "_", "\x00", "-", "صديق"])
def test_search_without_words_finds_nothing(query):
    factories.initiative("Eettafel")
    assert search(query).total == 0


def test_narrow_leaves_all_for_a_blank_query_and_none_for_signs():
    factories.initiative("Eettafel")
    assert (found(" "), found("%")) == (["Eettafel"], [])


def test_search_reads_eight_words_and_two_hundred_characters():
    factories.initiative("een twee drie vier vijf zes zeven acht")
    assert found("een twee drie vier vijf zes zeven acht negen") == found("acht" + " " * 200 + "tien")
    assert len(found("acht" + " " * 200 + "tien")) == 1


def test_search_stands_in_neutral_order_within_a_rank():
    day = datetime.date(2026, 3, 1)
    multiplier = random.Random(day.toordinal()).randrange(1, ORDER_MODULUS)
    positions = [1, 2, 3, 1_000_000_000, ORDER_MODULUS - 1]
    for position in positions:
        factories.initiative(f"Feest {position}", position=position)
    factories.initiative("Tuin", summary="feest", position=4)
    found = narrow(Initiative.objects.published(), "feest")
    expected = sorted(positions, key=lambda position: position * multiplier % ORDER_MODULUS)
    assert expected != positions
    ordered = [row.name for row in found.in_neutral_order(day, after=["rank"])]
    assert ordered == [*(f"Feest {position}" for position in expected), "Tuin"]
    assert [row.rank for row in best_first(found)] == [1, 1, 1, 1, 1, 4]


def test_found_under_says_the_other_word():
    factories.term(equal=["Buurtverbinder", "community builder"])
    other = factories.initiative("A", summary="De buurtverbinders")
    own = factories.initiative("B", summary="De buurtverbinder en de opbouwwerker")
    assert [found_under(row, "opbouwwerker") for row in (other, own)] == ["Buurtverbinder", ""]
    assert found_under(own, "community builder") == "opbouwwerker"


def test_found_under_costs_nothing_per_row(django_assert_num_queries):
    factories.term()
    rows = [factories.initiative(summary="buurtverbinder") for _number in range(3)]
    asked = understand("opbouwwerker")
    with django_assert_num_queries(0):
        assert [found_under(row, asked) for row in rows] == ["buurtverbinder"] * 3


@pytest.mark.parametrize("number", [1, 3])
def test_search_asks_the_database_equally_often(number, django_assert_num_queries):
    for _one in range(number):
        place = factories.place()
        factories.initiative("Feest", place=place, municipality=place.municipality)
        factories.case("Feest", initiative=factories.initiative())
    search("warm")
    with django_assert_num_queries(3):
        assert search("feest").total == 2 * number
    with django_assert_num_queries(2):
        search("feest")


def test_search_gives_the_same_for_few_hits_and_for_many(monkeypatch):
    for number in range(12):
        factories.initiative(f"{number}", summary="feest" if number < 11 else "")
    few = search("feest")
    caches["figures"].clear()
    monkeypatch.setattr(answers, "FEW", 3)
    assert (search("feest"), few.total, len(few.groups[0].hits)) == (few, 11, 10)


def test_excerpt_shows_the_words_around_what_was_found():
    text = " ".join(f"woord{number}" for number in range(100))
    shown = excerpt(text, understand("woord50")).split()
    assert (shown[0], shown[1], "woord50" in shown, len(shown), shown[-1]) == ("…", "woord41", True, 30, "…")
    assert excerpt("kort maar krachtig", understand("iets anders")) == "kort maar krachtig"


def test_record_miss_counts_and_says_nothing_about_the_visitor():
    for query in ("Zwembad Urk", "zwembad-urk", "piet@voorbeeld.nl", "06 12 34 56 78", "8232 AB", "", "%"):
        record_miss(query)
    assert list(SearchMiss.objects.values_list("words", "count", "last_on")) == [
        ("zwembad urk", 2, timezone.localdate())
    ]


def test_record_miss_stops_at_its_limit_but_still_counts_what_it_knows(monkeypatch):
    monkeypatch.setattr("registry.search.misses.ROWS", 2)
    for query in ("een", "twee", "drie", "een"):
        record_miss(query)
    assert list(SearchMiss.objects.values_list("words", "count")) == [("een", 2), ("twee", 1)]


def test_record_miss_cuts_long_words():
    record_miss("a" * 200)
    assert SearchMiss.objects.get().words == "a" * 60


def test_search_gives_exactly_this_on_every_database():
    factories.term("ontmoetingsplek", equal=["buurthuis", "huiskamer van de wijk"])
    haven = factories.place()
    rows = [
        ("De Wijkhuiskamer", "Een huiskamer van de wijk, met één buurt-huis erbij."),
        ("Ontmoetingsplek De Brug", "Open op dinsdag"),
        ("Café 't Buurthuis", "Koffie"),
        ("100%_Samen", "Bij het buurthuis"),
        ("Tuin", "Ontmoetingsplek & moestuin in Almere‑Haven"),
        ("Erf", "Boerderij"),
    ]
    for position, (name, summary) in enumerate(rows):
        factories.initiative(
            name, summary=summary, position=position * 1000 + 1, place=haven if name == "Erf" else None
        )
    day = datetime.date(2026, 11, 23)

    def ordered(query):
        found = narrow(Initiative.objects.published(), query).in_neutral_order(day, after=["rank"])
        return [(row.rank, row.name) for row in found]

    assert ordered("Ontmoetings-plek") == [
        (1, "Ontmoetingsplek De Brug"),
        (3, "Café 't Buurthuis"),
        (4, "Tuin"),
        (5, "De Wijkhuiskamer"),
        (5, "100%_Samen"),
    ]
    assert ordered("buurthuizen") == []
    assert ordered("100%") == ordered("100_") == [(1, "100%_Samen")]
    assert ordered("almerehaven") == [(4, "Erf"), (4, "Tuin")]


@pytest.mark.django_db(transaction=True)
def test_record_miss_counts_everyone_who_looks_at_the_same_time():
    together = threading.Barrier(6)

    def look():
        together.wait()
        record_miss("zwembad")
        connection.close()

    visitors = [threading.Thread(target=look) for _visitor in range(6)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert list(SearchMiss.objects.values_list("words", "count")) == [("zwembad", 6)]


def test_search_knows_a_change_at_once():
    one = factories.initiative("A", summary="Met een buurtverbinder")
    assert InitiativeFilter({"zoek": "opbouwwerker"}).qs.count() == 0
    factories.term()
    assert list(InitiativeFilter({"zoek": "opbouwwerker"}).qs) == [one]
    Initiative.objects.update(status=Status.WITHDRAWN)
    assert InitiativeFilter({"zoek": "opbouwwerker"}).qs.count() == 0


def test_search_ranks_rows_in_sql_as_texts_in_python():
    """One rule, two ways to work it out: they may never differ."""
    words = [
        "opbouwwerker",
        "buurt-verbinder",
        "sociaal makelaar",
        "sociaal",
        "makelaar",
        "op",
        "bouw",
        "werkers",
    ]
    factories.term(equal=["buurtverbinder", "sociaal makelaar"])
    factories.term("makelaar", equal=["bemiddelaar", "op"])
    some = st.lists(st.sampled_from([*words, "bemiddelaar", "kaas"]), min_size=1, max_size=3).map(" ".join)

    @settings(max_examples=60)
    @given(st.lists(st.tuples(some, some), min_size=1, max_size=4), some)
    def check(texts, query):
        Initiative.objects.all().delete()
        rows = [factories.initiative(name, summary=summary) for name, summary in texts]
        asked = understand(query)
        documents = {row.pk: Document("", "", "", "", "", row.search_title, row.search_text) for row in rows}
        expected = {key: one.rank(asked) for key, one in documents.items() if one.rank(asked) is not None}
        assert dict(narrow(Initiative.objects.all(), asked).values_list("pk", "rank")) == expected

    check()
