import pytest

from registry.models import Bottleneck, Status
from tests import factories

pytestmark = pytest.mark.usefixtures("province")


def full_case(title=None, **fields):
    case = factories.case(
        title,
        initiative=factories.initiative(municipality=factories.municipality()),
        source=factories.source(),
        **fields,
    )
    case.bottlenecks.add(Bottleneck.objects.filter(pk="R1").first() or factories.bottleneck("R1"))
    return case


@pytest.mark.parametrize("number", [1, 3])
def test_cases_ask_the_same_for_one_and_for_three(client, django_assert_num_queries, number):
    for _ in range(number):
        full_case()
    with django_assert_num_queries(3):
        assert len(client.get("/casussen/").context["cases"]) == number


def test_cases_show_only_what_is_public(client):
    full_case("Open")
    factories.case("Geheim", status=Status.DRAFT)
    factories.case("Geheim", initiative=factories.initiative(status=Status.SUBMITTED))
    assert "Geheim" not in client.get("/casussen/").text


def test_case_tells_its_story(client):
    case = full_case("Open", situation="Niemand kwam.", approach="Zij gingen langs.", lessons="Blijf vragen.")
    text = client.get(case.get_absolute_url()).text
    for shown in [
        "Niemand kwam.",
        "Zij gingen langs.",
        "Blijf vragen.",
        "/knelpunten/r1/",
        "McLeroy et al., 1988",
    ]:
        assert shown in text
    assert "Wat leverde het op?" not in text


@pytest.mark.parametrize(
    "hidden",
    [
        lambda: factories.case("Geheim", status=Status.SUBMITTED),
        lambda: factories.case("Geheim", initiative=factories.initiative(status=Status.WITHDRAWN)),
    ],
)
def test_case_that_is_not_public_is_not_found(client, hidden):
    assert client.get(hidden().get_absolute_url()).status_code == 404


def test_case_does_not_name_a_candidate(client):
    case = full_case("Open")
    case.bottlenecks.add(
        factories.bottleneck("R2", statement="Kandidaat", status=Bottleneck.Status.CANDIDATE)
    )
    assert "Kandidaat" not in client.get(case.get_absolute_url()).text


@pytest.mark.parametrize("number", [1, 3])
def test_terms_ask_one_query(client, django_assert_num_queries, number):
    for index in range(number):
        factories.term(f"woord {index}")
    with django_assert_num_queries(1):
        client.get("/begrippen/")


def test_terms_stand_equal_with_their_caution(client):
    factories.term(
        "opbouwwerker",
        equal=["buurtverbinder"],
        related_words="wijkcoach",
        caution="Let op.",
        is_contested=True,
    )
    text = client.get("/begrippen/").text
    for shown in ['id="opbouwwerker"', "<li>buurtverbinder</li>", "wijkcoach", "Let op."]:
        assert shown in text
    assert "officieel" not in text.lower()


def test_sources_say_how_many_were_read_and_how_many_are_named(client):
    factories.source(doi="10.1177/109019818801500401", year=1988, title="An ecological perspective")
    text = client.get("/bronnen/").text
    assert "45 bronnen" in text
    assert "noemt er vier met naam" in text
    assert 'href="https://doi.org/10.1177/109019818801500401"' in text
    assert "1.988" not in text
