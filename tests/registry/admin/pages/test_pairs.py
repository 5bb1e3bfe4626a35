import pytest
from django.urls import reverse
from post_office.models import Email

from registry.models import Exchange, Initiative, Introduction, NotDuplicate, Notice, Role, Status
from registry.proposals.proposals import propose
from tests import factories
from tests.reading import read_pair

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:registry_initiative_pairs")


@pytest.fixture
def editor(client):
    user = factories.person(role=Role.EDITOR)
    client.force_login(user)
    return user


@pytest.fixture
def pair():
    """Two that are alike, each with something of its own."""
    where = factories.municipality()
    kept = factories.initiative("Buurttuin", slug="tuin", municipality=where)
    double = factories.initiative("Buurt-tuin", slug="dubbel", municipality=where)
    for one in (kept, double):
        factories.owner(one, f"{one.slug}@voorbeeld.nl")
    return kept, double


def post(client, pair, act, **more):
    given = {"eerste": pair[0].pk, "tweede": pair[1].pk, "doe": act} | read_pair(*pair) | more
    return client.post(PAGE, given, follow=True)


def test_a_likely_pair_stands_side_by_side(client, editor, pair):
    page = client.get(PAGE)
    [found] = page.context["pairs"]
    assert (found.first, found.second) == pair
    assert found.reasons == ("zelfde naam", "zelfde gemeente")
    Initiative.objects.filter(pk=pair[0].pk).update(summary="Anders")
    assert client.get(PAGE).text.count('class="verschilt"') == page.text.count('class="verschilt"') + 1


def test_merging_keeps_all_that_hung_on_both(client, editor, pair):
    kept, double = pair
    for one, code in ((kept, "R1"), (double, "R2")):
        factories.link(one, factories.bottleneck(code))
        one.mentions.create(event="Festival", count=2)
    Exchange.objects.create(initiative=double, direction="vraagt", text="Een schop")
    case = factories.case(initiative=double)
    Notice.objects.create(kind="overnemen", page="/", text="Van mij", initiative=double)
    waiting = propose(double, {"summary": "Anders"}, by=None)
    before = double.history.count()

    post(client, pair, "houd-eerste", reden="Dezelfde")

    kept, double = Initiative.objects.get(pk=kept.pk), Initiative.objects.get(pk=double.pk)
    assert (double.status, double.merged_into) == (Status.MERGED, kept)
    assert list(kept.links.values_list("bottleneck", flat=True)) == ["R1", "R2"]
    assert kept.mentions.get().count == 4
    assert kept.exchanges.get().text == "Een schop"
    assert kept.cases.get() == case
    assert kept.ownerships.count() == 2
    assert kept.aliases == ["Buurt-tuin"]
    assert kept.notices.get().text == "Van mij"
    assert double.history.count() > before
    waiting.refresh_from_db()
    assert (waiting.decided_by, waiting.changes.get().outcome) == (editor, "vervangen")
    assert [(step.by, step.reason) for step in double.decisions.all()] == [(editor, "Dezelfde")]
    old = client.get("/initiatieven/dubbel/")
    assert (old.status_code, old["Location"]) == (301, "/initiatieven/tuin/")


def test_the_second_can_be_the_one_that_stays(client, editor, pair):
    post(client, pair, "houd-tweede")
    assert client.get("/initiatieven/tuin/")["Location"] == "/initiatieven/dubbel/"


def test_what_is_public_is_not_merged_into_what_is_not(client, editor, pair):
    kept, _double = pair
    Initiative.objects.filter(pk=kept.pk).update(status=Status.SUBMITTED)
    assert "Houd het initiatief dat op de site staat" in post(client, pair, "houd-eerste").text
    assert client.get("/initiatieven/dubbel/").status_code == 200


def test_no_double_is_remembered(client, editor, pair):
    post(client, pair, "geen-dubbel")
    assert NotDuplicate.objects.get().by == editor
    assert client.get(PAGE).context["pairs"] == []
    post(client, pair[::-1], "geen-dubbel")
    assert NotDuplicate.objects.count() == 1


def test_both_are_asked_whether_they_want_to_meet(client, editor, pair):
    post(client, pair, "samen", reden="Jullie doen hetzelfde")
    assert Introduction.objects.get().why == "Jullie doen hetzelfde"
    letters = {email.to[0]: email.message for email in Email.objects.all()}
    assert set(letters) == {"tuin@voorbeeld.nl", "dubbel@voorbeeld.nl"}
    assert ["@voorbeeld.nl" in text for text in letters.values()] == [False, False]
    assert client.get(PAGE).context["pairs"] == []


def test_what_is_not_public_is_not_told_to_another(client, editor, pair):
    Initiative.objects.filter(pk=pair[1].pk).update(status=Status.SUBMITTED)
    assert "op de site staan" in post(client, pair, "samen").text
    assert not Email.objects.exists()


@pytest.mark.parametrize("given", [{}, {"eerste": "x"}, {"eerste": "1" * 40, "tweede": "²"}])
def test_a_pair_that_is_none_is_not_found(client, editor, given):
    assert client.post(PAGE, given).status_code == 404


def test_a_researcher_decides_nothing(client, pair):
    client.force_login(factories.person(role=Role.RESEARCHER))
    assert client.get(PAGE).status_code == 403
    assert post(client, pair, "houd-eerste").status_code == 403


def test_the_page_costs_the_same_for_one_and_three_pairs(client, editor, django_assert_num_queries):
    where = factories.municipality()
    for number in (1, 3):
        while len(client.get(PAGE).context["pairs"]) < number:
            for name in (f"Tuin {number}{Initiative.objects.count()}",) * 2:
                factories.initiative(name, municipality=where)
        with django_assert_num_queries(20):
            client.get(PAGE)
