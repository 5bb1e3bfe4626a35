"""What is found, in which order, and what is told of it."""

import datetime
import random

import pytest

from registry.filters import InitiativeFilter
from registry.models import (
    Bottleneck,
    ContentStamp,
    Everyday,
    Finding,
    Initiative,
    Postcode,
    Status,
)
from registry.models.initiative import ORDER_MODULUS
from registry.search import excerpt, found_under_in, neutral, search
from registry.search.postings import ranking
from registry.search.understanding import understand
from tests import factories

pytestmark = pytest.mark.django_db


def tiers(query):
    """(parts, level, names) of what answers, best first; the neutral order within a tier does not show."""
    names = dict(Initiative.objects.values_list("pk", "name"))
    answer = ranking(understand(query), ContentStamp.versions())
    return [(tier.parts, tier.level, sorted(names[key] for key in tier.keys)) for tier in answer.tiers]


def found(query):
    return [name for _parts, _level, names in tiers(query) for name in names]


def whole(query):
    """What holds all of it."""
    names = dict(Initiative.objects.values_list("pk", "name"))
    return sorted(names[key] for key in ranking(understand(query), ContentStamp.versions()).whole)


def means(said, *words):
    return Everyday.objects.create(said=said, means="\n".join(words))


@pytest.mark.parametrize(
    "query", ["almere-haven", "Almere Haven", "almerehaven", "ALMERE‑HAVEN", "  almère   häven "]
)
def test_search_ignores_case_accents_and_hyphens(query):
    haven = factories.place()
    factories.initiative("Steigerfestival", summary="Feest in Almere-Haven")
    factories.initiative("Kade", summary="Feest in Almere Haven")
    factories.initiative("Groentesoep", place=haven, municipality=haven.municipality)
    factories.initiative("Elders", summary="Feest in Urk")
    assert whole(query) == ["Groentesoep", "Kade", "Steigerfestival"]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("moestuinen", "Een moestuin"),
        ("moestuin", "Twee moestuinen"),
        ("moestuin", "Een buurtmoestuin"),
        ("buurt moestuin", "Een buurtmoestuin"),
        ("buurtmoestuin", "Een moestuin in de buurt"),
        ("taal café", "Het taalcafé"),
        ("taalcafe", "Café voor taal"),
        ("speel-o-theek", "De speelotheek"),
        ("speel o theek", "De speelotheek"),
        ("rouwgroep", "Ruimte voor rouw"),
        ("jongerenwerk", "Voor jongeren"),
        ("mantelzrog", "Mantelzorg"),
        ("mantelzorgres", "Voor mantelzorgers"),
        ("waar kan ik wandelen", "Samen wandelen"),
        ("wat is er te doen voor ouderen?", "Voor oudere mensen"),
        ("Україна", "Разом: Україна"),
        ("komsu", "Komşu"),
        ("jorgen", "Jørgen"),
    ],
)
def test_a_word_is_found_in_all_its_forms(query, text):
    factories.initiative("A", summary=text)
    factories.initiative("B", summary="Iets heel anders")
    assert found(query) == ["A"]


@pytest.mark.parametrize("query", ["een", "de het", "samen"])
def test_little_words_count_when_there_are_no_others(query):
    factories.initiative("A", summary="Samen een huis: het staat in de straat")
    factories.initiative("B", summary="Tuinfeest")
    assert found(query) == ["A"]


def test_a_short_word_counts_as_a_whole_one_only():
    factories.initiative("Op de kade")
    factories.initiative("Opbouw")
    factories.initiative("Eten")
    factories.initiative("Thee")
    assert (found("op"), found("eet"), found("the")) == (["Op de kade"], ["Eten"], [])


def test_what_holds_more_of_it_stands_first_and_what_comes_close_after_it():
    factories.initiative("Eettafel", summary="Samen koken in Urk")
    factories.initiative("Kooklab", summary="Wekelijks koken")
    factories.initiative("Urkervaart", summary="Varen bij Urk")
    factories.initiative("Tuin")
    assert found("koken in Urk") == ["Eettafel", "Kooklab", "Urkervaart"]
    assert whole("koken in Urk") == ["Eettafel"]
    results = search("koken in Urk")
    assert [hit.is_close for hit in results.groups[0].hits] == [False, True, True]
    assert (results.groups[0].whole, results.groups[0].total) == (1, 3)


@pytest.mark.parametrize(
    "query", ["opbouwwerker", "buurtverbinder", "Buurt-verbinders", "community builders"]
)
def test_search_takes_equal_words_both_ways(query):
    factories.term(equal=["buurtverbinder", "community builder"])
    factories.initiative("A", summary="Met een opbouwwerker.")
    factories.initiative("B", summary="Met een buurtverbinder.")
    factories.initiative("C", summary="Met community-builders.")
    factories.initiative("D", summary="Met een bouwer.")
    assert whole(query) == ["A", "B", "C"]


def test_search_does_not_take_related_words():
    factories.term(related_words="jongerenwerker")
    factories.initiative("A", summary="Met een jongerenwerker.")
    assert whole("opbouwwerker") == []


def test_search_takes_equal_words_of_each_term_that_holds_the_word():
    factories.term("opbouwwerk", equal=["verbinden"])
    factories.term("buurtverbinden", equal=["verbinden"])
    factories.initiative("A", summary="opbouwwerk")
    factories.initiative("B", summary="buurtverbinden")
    assert whole("verbinden") == ["A", "B"]


def test_search_finds_a_phrase_among_other_words():
    factories.term("opbouwwerker", equal=["sociaal makelaar"])
    factories.initiative("A", summary="Een sociaal makelaar in Urk")
    factories.initiative("B", summary="Een opbouwwerker in Urk")
    factories.initiative("C", summary="Een opbouwwerker in Lelystad")
    factories.initiative("D", summary="Sociaal werk in Urk, een makelaar helpt")
    assert found("sociaal makelaar urk") == ["A", "D", "B", "C"]


def test_everyday_words_lead_one_way_to_what_people_mean():
    means("eenzaam\niemand om mee te praten", "maatje", "een praatje maken")
    factories.initiative("A", summary="Een maatje voor jou")
    factories.initiative("B", summary="Kom een praatje maken")
    factories.initiative("C", summary="Een praatje over iets")
    factories.initiative("D", summary="Tegen eenzame avonden: eenzaam hoeft niet")
    assert found("eenzaam") == ["D", "A", "B"]
    assert found("ik heb iemand om mee te praten nodig") == ["A", "B"]
    assert found("maatje") == ["A"]
    assert [hit.found_under for hit in search("eenzaam").groups[0].hits] in (
        ["", "maatje", "een praatje maken"],
        ["", "een praatje maken", "maatje"],
    )


def test_everyday_words_of_staff_count_at_once():
    factories.initiative("A", summary="Een maatje voor jou")
    assert found("zielig") == []
    means("zielig", "maatje")
    assert found("zielig") == ["A"]


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


def test_search_finds_by_place_municipality_and_organisation():
    urk = factories.municipality("GM0184")
    factories.initiative("Eettafel", municipality=urk)
    factories.initiative("Kade", organisation=factories.organisation(name="Stichting Urk-Samen"))
    factories.initiative("Elders", municipality=factories.municipality("GM0995"))
    assert (found("urk"), found("urksamen")) == (["Eettafel", "Kade"], ["Kade"])
    assert [hit.found_under for hit in search("urk").groups[0].hits] == ["", ""]


@pytest.mark.parametrize("query", ["8321", "8321AB", "8321 ab", "koffie 8321 AB", "Ürk"])
def test_a_place_is_found_by_its_postcode_and_with_a_slip_of_the_hand(query):
    urk = factories.place("Urk", code="GM0184")
    Postcode.objects.create(
        digits="8321", place=urk, municipality=urk.municipality, longitude="5.6", latitude="52.6"
    )
    factories.initiative("Koffie", place=urk, municipality=urk.municipality)
    factories.initiative("Thee", place=urk, municipality=urk.municipality)
    factories.initiative("Soep", place=factories.place("Creil", code="GM0171"))
    assert found(query) == (["Koffie", "Thee"])


def test_a_place_in_the_query_brings_its_municipality_close():
    creil, ens = (factories.place(name, code="GM0171") for name in ("Creil", "Ens"))
    factories.initiative("A", place=creil, municipality=creil.municipality)
    factories.initiative("B", place=ens, municipality=ens.municipality)
    assert (found("Creil"), whole("Creil")) == (["A", "B"], ["A"])


def test_a_slip_of_the_hand_is_told_and_a_word_that_stands_somewhere_is_none():
    factories.initiative("A", summary="mantelzorg")
    factories.initiative("B", summary="wand")
    assert search("mantelzrog").corrections == (("mantelzrog", "mantelzorg"),)
    assert (search("mantelzorg").corrections, search("want").corrections, search("zand").total) == ((), (), 0)


def test_no_word_of_what_is_not_public_is_told():
    page = factories.initiative("A", summary="geheimschrift")
    assert search("geheimschrfit").corrections == (("geheimschrfit", "geheimschrift"),)
    Initiative.objects.filter(pk=page.pk).update(status=Status.WITHDRAWN)
    assert (search("geheimschrfit").corrections, search("geheimschrift").total) == ((), 0)


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
        ("initiatief", 12, 12),
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


def test_search_reads_sixteen_words_and_two_hundred_characters():
    factories.initiative("acht", summary="zestien")
    factories.initiative("zeventien")
    words = "b c d e f g h acht i j k l m n o zestien"
    assert (found(words), found(f"{words} zeventien")) == (["acht"], ["acht"])
    assert found("acht" + " " * 200 + "zeventien") == ["acht"]


def test_search_stands_in_neutral_order_within_a_tier(monkeypatch):
    day = datetime.date(2026, 3, 1)
    multiplier = random.Random(day.toordinal()).randrange(1, ORDER_MODULUS)
    monkeypatch.setattr(neutral, "multiplier_of", lambda: multiplier)
    positions = [1, 2, 3, 1_000_000_000, ORDER_MODULUS - 1]
    for position in positions:
        factories.initiative(f"Feest {position}", position=position)
    factories.initiative("Tuin", summary="feest", position=4)
    expected = sorted(positions, key=lambda position: position * multiplier % ORDER_MODULUS)
    assert expected != positions
    names = dict(Initiative.objects.values_list("pk", "name"))
    filterset = InitiativeFilter({"zoek": "feest"})
    ordered = [*(f"Feest {position}" for position in expected), "Tuin"]
    for start in range(6):
        for end in range(start, 8):
            assert [names[key] for key in filterset.keys_in_order(start, end)] == ordered[start:end]


def test_found_under_says_the_other_word():
    factories.term(equal=["Buurtverbinder", "community builder"])
    other = factories.initiative("A", summary="De buurtverbinders")
    own = factories.initiative("B", summary="De buurtverbinder en de opbouwwerker")
    assert [found_under_in(row, "opbouwwerker") for row in (other, own)] == ["Buurtverbinder", ""]
    assert found_under_in(own, "community builder") == "opbouwwerker"


def test_found_under_costs_nothing_per_row(django_assert_num_queries):
    factories.term()
    rows = [factories.initiative(summary="buurtverbinder") for _number in range(3)]
    query = understand("opbouwwerker")
    with django_assert_num_queries(0):
        assert [found_under_in(row, query) for row in rows] == ["buurtverbinder"] * 3


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


def test_excerpt_shows_the_words_around_what_was_found():
    text = " ".join(f"woord{number}" for number in range(100))
    factories.initiative(description=text)
    shown = excerpt(text, understand("woord50")).split()
    assert (shown[0], shown[1], "woord50" in shown, len(shown), shown[-1]) == ("…", "woord41", True, 30, "…")
    assert excerpt("kort maar krachtig", understand("iets anders")) == "kort maar krachtig"


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
    for name, summary in rows:
        factories.initiative(name, summary=summary, place=haven if name == "Erf" else None)
    assert tiers("Ontmoetings-plek") == [
        (2, 13, ["Ontmoetingsplek De Brug"]),
        (2, 11, ["Café 't Buurthuis"]),
        (2, 9, ["Tuin"]),
        (2, 7, ["100%_Samen", "De Wijkhuiskamer"]),
    ]
    assert found("100%") == found("100_") == ["100%_Samen"]
    assert tiers("almerehaven") == [(2, 11, ["Erf"]), (2, 9, ["Tuin"])]


def test_search_knows_a_change_at_once():
    page = factories.initiative("A", summary="Met een buurtverbinder")
    assert InitiativeFilter({"zoek": "opbouwwerker"}).qs.count() == 0
    factories.term()
    assert list(InitiativeFilter({"zoek": "opbouwwerker"}).qs) == [page]
    Initiative.objects.update(status=Status.WITHDRAWN)
    assert InitiativeFilter({"zoek": "opbouwwerker"}).qs.count() == 0
