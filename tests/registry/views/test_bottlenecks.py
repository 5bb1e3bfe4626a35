import pytest

from registry.models import Bottleneck, Finding, Interaction, Link, Status, Wording
from tests import factories

pytestmark = pytest.mark.usefixtures("province")
Standing = Bottleneck.Status


def filled(number):
    """R1 with ``number`` of everything that its page shows."""
    bottleneck = factories.bottleneck("R1")
    for index in range(number):
        for role in Link.Role:
            initiative = factories.initiative(municipality=factories.municipality())
            factories.link(initiative, bottleneck, role)
        other = factories.bottleneck(f"M{index + 1}")
        Interaction.objects.create(
            from_bottleneck=bottleneck, to_bottleneck=other, explanation="Uitleg", source=factories.source()
        )
        finding = Finding.objects.create(slug=f"b{index}", text=f"Bevinding {index}", level=bottleneck.level)
        finding.bottlenecks.add(bottleneck)
        Finding.objects.create(slug=f"deel{index}", text="Deel", part_of=finding, level=bottleneck.level)
        factories.case(f"Casus {index}").bottlenecks.add(bottleneck)
    return bottleneck


@pytest.mark.parametrize("number", [1, 3])
def test_list_asks_the_same_for_one_and_for_three(client, django_assert_num_queries, number):
    filled(number)
    with django_assert_num_queries(11):
        client.get("/knelpunten/")


@pytest.mark.parametrize("number", [1, 3])
def test_detail_asks_the_same_for_one_and_for_three(client, django_assert_num_queries, number):
    filled(number)
    with django_assert_num_queries(18):
        client.get("/knelpunten/r1/")


def test_list_shows_active_ones_by_level_with_who_faces_and_who_tackles(client):
    bottleneck = factories.bottleneck("R1", statement="Luisteren")
    factories.bottleneck("R2", statement="Kandidaat", status=Standing.CANDIDATE)
    factories.bottleneck("R3", statement="Vervallen", status=Standing.RETIRED)
    factories.link(factories.initiative(), bottleneck)
    factories.link(factories.initiative(status=Status.SUBMITTED), bottleneck)
    factories.link(factories.initiative(status=Status.SUBMITTED), bottleneck, Link.Role.FACES)
    response = client.get("/knelpunten/")
    relational = response.context["levels"][3]
    assert [(one.code, one.tackle_count, one.face_count) for one in relational.bottlenecks.all()] == [
        ("R1", 1, 0)
    ]
    assert "Kandidaat" not in response.text
    assert "1 pakt dit aan" in response.text


def test_list_shows_what_people_say_by_level_and_about_flevoland(client):
    level = factories.level("relationeel")
    finding = Finding.objects.create(slug="a", text="Te veel vóór inwoners", level=level)
    Finding.objects.create(slug="b", text="Een onderdeel", level=level, part_of=finding)
    about = Finding.objects.create(slug="c", text="Hecht dorp", is_about_flevoland=True)
    about.municipalities.add(factories.municipality("GM0184"))
    text = client.get("/knelpunten/").text
    for shown in ["Te veel vóór inwoners", "Een onderdeel", "Hecht dorp"]:
        assert text.count(shown) == 1


def test_detail_shows_statement_provenance_and_wordings(client):
    bottleneck = factories.bottleneck("R1", statement="Eerst", origin=Bottleneck.Origin.LITERATURE)
    Wording.objects.create(bottleneck=bottleneck, text="Daarna", version=2)
    text = client.get("/knelpunten/r1/").text
    assert "Daarna</h1>" in text
    assert text.index("‘Daarna’") < text.index("‘Eerst’")
    assert "Uit de literatuur." in text


def test_detail_without_known_origin_says_so(client):
    factories.bottleneck("R1")
    assert "Niet bekend: uit de literatuur of uit de inspiratiesessie." in client.get("/knelpunten/r1/").text


def test_detail_shows_everything_that_hangs_on_it(client):
    filled(2)
    response = client.get("/knelpunten/r1/")
    assert (response.context["tackled"].total, response.context["faced"].total) == (2, 2)
    for shown in ["Bevinding 0", "Bevinding 1", "Casus 0", "Casus 1", "?knelpunt=R1&amp;rol=pakt-aan"]:
        assert shown in response.text


def test_detail_hides_what_hangs_on_it_but_is_not_public(client):
    bottleneck = factories.bottleneck("R1")
    factories.link(factories.initiative("Geheim", status=Status.SUBMITTED), bottleneck)
    factories.case("Geheim", status=Status.DRAFT).bottlenecks.add(bottleneck)
    candidate = factories.bottleneck("R2", statement="Geheim", status=Standing.CANDIDATE)
    Interaction.objects.create(from_bottleneck=candidate, to_bottleneck=bottleneck, explanation="Geheim")
    response = client.get("/knelpunten/r1/")
    assert response.context["tackled"].total == 0
    assert "Geheim" not in response.text


def test_detail_shows_interactions_of_its_level(client):
    factories.bottleneck("R1")
    Interaction.objects.create(
        from_level=factories.level("relationeel"),
        to_level=factories.level("bestuurlijk"),
        is_mutual=True,
        explanation="Hangt samen",
    )
    assert client.get("/knelpunten/r1/").text.count("Hangt samen") == 2


def test_detail_in_capitals_leads_to_the_one_address(client):
    factories.bottleneck("R1")
    response = client.get("/knelpunten/R1/")
    assert (response.status_code, response["Location"]) == (301, "/knelpunten/r1/")


def test_detail_of_a_merged_bottleneck_leads_to_the_one_that_is_left(client):
    left = factories.bottleneck("R1")
    factories.bottleneck("R2", status=Standing.MERGED, merged_into=left)
    response = client.get("/knelpunten/r2/")
    assert (response.status_code, response["Location"]) == (301, "/knelpunten/r1/")


def test_detail_of_a_retired_bottleneck_stays_readable(client):
    factories.bottleneck("R1", status=Standing.RETIRED)
    assert "Dit knelpunt is vervallen." in client.get("/knelpunten/r1/").text


@pytest.mark.parametrize("code", ["r2", "R2", "r9", "zomaar-iets"])
def test_detail_of_a_candidate_or_an_unknown_code_is_not_found(client, code):
    factories.bottleneck("R2", statement="Geheim", status=Standing.CANDIDATE)
    response = client.get(f"/knelpunten/{code}/")
    assert response.status_code == 404
    assert "Geheim" not in response.text


def test_detail_of_one_merged_into_a_candidate_is_not_found(client):
    candidate = factories.bottleneck("R2", status=Standing.CANDIDATE)
    factories.bottleneck("R1", status=Standing.MERGED, merged_into=candidate)
    assert client.get("/knelpunten/r1/").status_code == 404
