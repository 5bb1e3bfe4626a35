import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.filters import InitiativeFilter
from registry.models import Bottleneck, Initiative, Link, Status
from registry.search.options import facets_for, total_of
from tests import factories

pytestmark = pytest.mark.django_db

VALUES = {
    "gemeente": ["GM0034", "GM0184", "GM0995"],
    "kern": ["almere-haven", "almere-poort", "urk"],
    "niveau": factories.LEVELS,
    "knelpunt": ["R1", "r2", "B1", "M1"],
    "soort": ["evenement", "ontmoetingsplek", "beleid"],
    "activiteit": ["actief", "gestopt"],
}
ROLES = ["ervaart", "pakt-aan"]
WORDS = ["feest", "samen feest", "almere"]


def filtered(query):
    return InitiativeFilter(QueryDict(query))


def names(query):
    filterset = filtered(query)
    assert filterset.errors == {}
    return sorted(row.name for row in filterset.qs)


@pytest.fixture
def mixed():
    """Initiatives with all kinds of values, some of them missing, and some that are not public."""
    places = [
        factories.place("Almere Haven"),
        factories.place("Almere Poort"),
        factories.place("Urk", code="GM0184"),
    ]
    for slug in factories.LEVELS:
        factories.level(slug)
    where = [
        *[(one.municipality, one) for one in places],
        (factories.municipality("GM0995"), None),
        (None, None),
    ]
    bottlenecks = [factories.bottleneck(code) for code in ("R1", "R2", "B1", "M1")]
    bottlenecks.append(factories.bottleneck("M2", status=Bottleneck.Status.CANDIDATE))
    for number in range(40):
        municipality, place = where[number % 5]
        one = factories.initiative(
            f"{number}",
            municipality=municipality,
            place=place,
            kind=[*VALUES["soort"], ""][number % 4],
            activity=[*VALUES["activiteit"], ""][number % 3],
            summary=["Samen feest", "Samen", "Almere"][number % 7 % 3],
            status=Status.DRAFT if number % 11 == 10 else Status.PUBLISHED,
        )
        for offset in range(number % 4):
            factories.link(one, bottlenecks[(number * 3 + offset) % 5], ROLES[(number + offset) % 2])
    everything = Initiative.objects.select_related("municipality", "place")
    return list(everything.prefetch_related("links__bottleneck"))


def recomputed(rows, values):
    """What the filters promise, in plain Python over all rows."""
    given = {name: value for name, value in values.items() if value}
    found = set()
    for row in rows:
        text = f"{row.search_title} {row.search_text} {row.municipality or ''} {row.place or ''}".lower()
        links = [
            link
            for link in row.links.all()
            if link.bottleneck.status == "actief"
            and link.bottleneck.level_id in given.get("niveau", [link.bottleneck.level_id])
            and link.bottleneck_id in [code.upper() for code in given.get("knelpunt", [link.bottleneck_id])]
            and link.role == given.get("rol", link.role)
        ]
        if (
            row.status == "gepubliceerd"
            and row.municipality_id in given.get("gemeente", [row.municipality_id])
            and (row.place and row.place.slug) in given.get("kern", [row.place and row.place.slug])
            and row.kind in given.get("soort", [row.kind])
            and row.activity in given.get("activiteit", [row.activity])
            and (links or not {"niveau", "knelpunt", "rol"} & set(given))
            and all(word in text for word in given.get("zoek", "").split())
        ):
            found.add(row.name)
    return found


CHOSEN = st.fixed_dictionaries(
    {},
    optional={name: st.lists(st.sampled_from(values), max_size=2) for name, values in VALUES.items()}
    | {"rol": st.sampled_from(["", *ROLES]), "zoek": st.sampled_from(["", *WORDS])},
)


def query_of(values):
    query = QueryDict(mutable=True)
    for name, value in values.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def test_filter_gives_what_plain_python_gives(mixed):
    @settings(max_examples=80)
    @given(CHOSEN)
    def check(values):
        filterset = InitiativeFilter(query_of(values))
        assert filterset.errors == {}
        expected = recomputed(mixed, values)
        assert sorted(row.name for row in filterset.qs) == sorted(expected)
        assert total_of(filterset) == len(expected)

    check()


def test_facets_give_what_choosing_would_give(mixed):
    @settings(max_examples=60)
    @given(CHOSEN)
    def check(values):
        filterset = InitiativeFilter(query_of(values))
        for facet in facets_for(filterset):
            for option in facet.options:
                value = option.value if facet.name == "rol" else [option.value]
                expected = recomputed(mixed, {**values, facet.name: value})
                assert (facet.name, option.value, option.count) == (facet.name, option.value, len(expected))

    check()


def test_filter_survives_any_query_string(mixed):
    text = st.one_of(
        st.text(max_size=40), st.sampled_from(["\x00", "x" * 10_000, "🎉", "1e999", "[]", "GM0034"])
    )
    names = st.sampled_from([*VALUES, "rol", "zoek", "pagina", "anders"])

    @settings(max_examples=150)
    @given(st.lists(st.tuples(names, text), max_size=5))
    def check(pairs):
        query = QueryDict(mutable=True)
        for name, value in pairs:
            query.appendlist(name, value)
        filterset = InitiativeFilter(query)
        rows = list(filterset.qs)
        facets_for(filterset)
        assert total_of(filterset) == len(rows)
        if filterset.errors:
            assert rows == []

    check()


@pytest.mark.parametrize("data", [{"gemeente": "GM0034"}, {"gemeente": ["GM0034"]}, {"gemeente": None}, {}])
def test_filter_takes_plain_values_too(mixed, data):
    filterset = InitiativeFilter(data)
    assert (filterset.errors, total_of(filterset)) == ({}, filterset.qs.count())


def test_filter_is_about_one_link():
    one = factories.initiative("Een")
    factories.link(one, factories.bottleneck("R1"), Link.Role.FACES)
    factories.link(one, factories.bottleneck("B1"), Link.Role.TACKLES)
    assert (names("knelpunt=r1&rol=ervaart"), names("knelpunt=r1&rol=pakt-aan")) == (["Een"], [])
    assert (names("niveau=bestuurlijk&rol=pakt-aan"), names("niveau=bestuurlijk&knelpunt=R1")) == (
        ["Een"],
        [],
    )


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("gemeente=GM9999", "gemeente", "De gemeente ‘GM9999’ bestaat niet. Kies een gemeente uit de lijst."),
        ("kern=nergens", "kern", "De kern ‘nergens’ bestaat niet. Kies een kern uit de lijst."),
        ("niveau=x", "niveau", "Het niveau ‘x’ bestaat niet. Kies een niveau uit de lijst."),
        (
            "knelpunt=m2",
            "knelpunt",
            "Het knelpunt ‘M2’ bestaat niet. Kies een knelpunt uit de lijst, zoals R1.",
        ),
        ("rol=x", "rol", "De rol ‘x’ bestaat niet. Kies ‘ervaart’ of ‘pakt-aan’."),
        ("soort=x", "soort", "De soort ‘x’ bestaat niet. Kies een soort uit de lijst."),
        ("activiteit=x", "activiteit", "De activiteit ‘x’ bestaat niet. Kies een activiteit uit de lijst."),
        ("zoek=a%00b", "zoek", "Haal het onleesbare teken uit de zoekvraag."),
        (
            "zoek=" + "x" * 201,
            "zoek",
            "Gebruik bij zoeken hoogstens 200 tekens. Maak de zoekvraag korter.",
        ),
    ],
)
def test_filter_says_in_dutch_what_is_wrong_and_shows_nothing(mixed, query, field, message):
    filterset = filtered(query)
    assert (filterset.errors, list(filterset.qs), total_of(filterset)) == ({field: [message]}, [], 0)
    assert {option.count for facet in facets_for(filterset) for option in facet.options} == {0}


def test_filter_without_a_choice_gives_all_in_neutral_order(mixed):
    everything = list(Initiative.objects.published().in_neutral_order())
    assert list(InitiativeFilter().qs) == everything
    assert list(filtered("gemeente=&rol=&zoek=&pagina=2&anders=x").qs) == everything


def test_filter_ranks_a_search():
    factories.initiative("Tuin", summary="feest")
    factories.initiative("Buurtfeest")
    factories.initiative("Feest")
    assert [row.name for row in filtered("zoek=feest").qs] == ["Feest", "Buurtfeest", "Tuin"]
