import pytest
from django.http import QueryDict

from registry.filters import InitiativeFilter
from registry.models import Bottleneck, Status
from registry.search.options import facets_for, total_of
from tests import factories

pytestmark = pytest.mark.django_db


def facet(name, query=""):
    return next(one for one in facets_for(InitiativeFilter(QueryDict(query))) if one.name == name)


def counted(name, query=""):
    return {option.value: option.count for option in facet(name, query).options}


def in_place(name, **fields):
    place = factories.place(name, code=fields.pop("code", "GM0034"))
    return factories.initiative(place=place, municipality=place.municipality, **fields)


def test_facets_stand_in_order_with_dutch_labels():
    assert [(one.name, one.label) for one in facets_for(InitiativeFilter())] == [
        ("gemeente", "Gemeente"),
        ("kern", "Kern of wijk"),
        ("niveau", "Niveau"),
        ("knelpunt", "Knelpunt"),
        ("rol", "Rol"),
        ("soort", "Soort"),
        ("activiteit", "Activiteit"),
    ]


def test_options_stand_by_name_by_position_and_by_code():
    for code in ("GM0995", "GM0034"):
        factories.municipality(code)
    for code in ("R10", "R2", "M1"):
        factories.bottleneck(code, title="Titel")
    assert [option.label for option in facet("gemeente").options] == ["Almere", "Lelystad"]
    assert [option.value for option in facet("niveau").options] == ["maatschappelijk", "relationeel"]
    assert [option.label for option in facet("knelpunt").options] == ["M1 Titel", "R2 Titel", "R10 Titel"]


def test_options_without_initiatives_stay_and_the_chosen_one_is_marked():
    in_place("Almere Haven", kind="evenement")
    factories.municipality("GM0995")
    options = facet("gemeente", "gemeente=GM0995&soort=beleid").options
    assert [(option.value, option.count, option.is_selected) for option in options] == [
        ("GM0034", 0, False),
        ("GM0995", 0, True),
    ]


def test_kernen_are_those_of_the_chosen_municipality_else_those_with_initiatives():
    in_place("Almere Haven")
    factories.place("Almere Poort")
    factories.place("Urk", code="GM0184")
    assert counted("kern") == {"almere-haven": 1}
    assert counted("kern", "gemeente=GM0034") == {"almere-haven": 1, "almere-poort": 0}
    assert counted("kern", "kern=urk") == {"almere-haven": 1, "urk": 0}


def test_counts_hold_no_candidate_bottleneck_and_no_unpublished_initiative():
    one = factories.initiative()
    draft = factories.initiative(status=Status.DRAFT)
    for entry in (one, draft):
        factories.link(entry, factories.bottleneck(f"R{entry.pk % 90 + 1}"))
    factories.link(one, factories.bottleneck("M1", status=Bottleneck.Status.CANDIDATE))
    assert sum(counted("knelpunt").values()) == 1
    assert counted("niveau") == {"maatschappelijk": 0, "relationeel": 1}
    assert counted("rol") == {"ervaart": 0, "pakt-aan": 1}


def test_a_retired_bottleneck_is_offered_only_with_initiatives():
    factories.bottleneck("R1", status=Bottleneck.Status.RETIRED)
    used = factories.bottleneck("R2", status=Bottleneck.Status.RETIRED)
    factories.link(factories.initiative(), used)
    assert counted("knelpunt") == {"R2": 1}


@pytest.mark.parametrize("number", [1, 3])
def test_facets_are_counted_once_per_version_of_the_content(number, django_assert_num_queries):
    for _one in range(number):
        factories.link(in_place(f"Kern {_one}"), factories.bottleneck(f"R{_one + 1}"))
    query = QueryDict("gemeente=GM0034&knelpunt=R1&zoek=initiatief")
    with django_assert_num_queries(19):
        facets_for(InitiativeFilter(query))
    with django_assert_num_queries(1):
        filterset = InitiativeFilter(query)
        facets_for(filterset)
        assert total_of(filterset) == 1
    in_place("Kern 0", kind="beleid")
    assert counted("soort")["beleid"] == 1


def test_the_same_question_in_other_words_is_not_counted_again(django_assert_num_queries):
    facets_for(InitiativeFilter(QueryDict("soort=beleid&soort=evenement&zoek=Feest")))
    with django_assert_num_queries(1):
        facets_for(InitiativeFilter(QueryDict("zoek=feest+&soort=evenement&soort=beleid&pagina=2")))
