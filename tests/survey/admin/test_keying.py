import pytest
from django.urls import reverse

from registry.models import Role
from survey.models import PaperForm, Response
from tests import factories
from tests.survey import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def editor(client):
    client.force_login(factories.person(role=Role.EDITOR))


@pytest.fixture
def round():
    factories.municipality("GM0034")
    return making.round()


def page(name, *args):
    return reverse(f"admin:survey_round_{name}", args=args)


def key_in(client, round, number, codes, follow=True, **words):
    sent = {"number": number, "codes": codes} | {f"words-{key}": text for key, text in words.items()}
    return client.post(page("key_in", round.pk), sent, follow=follow)


def test_a_pile_is_typed_in_twice(client, round):
    for number in (1, 2):
        response = key_in(client, round, number, "m1 r0 g34", voorbeeld="HavenHart")
        assert response.context["form"].initial == {"number": number + 1}
    second = client.get(page("key_in", round.pk), {"keer": "2"})
    assert second.context["form"].initial == {"number": 1}
    assert ("HavenHart" in second.text, second.context["form"]["codes"].value()) == (False, None)
    response = key_in(client, round, 1, "G34 M1 R0", voorbeeld="HavenHart")
    assert "Formulier 1 is twee keer hetzelfde ingevoerd en opgeslagen." in response.text
    assert response.context["form"].initial == {"number": 2}
    assert (Response.objects.count(), Response.objects.get().municipality) == (1, "GM0034")


def test_a_slip_is_told_and_nothing_typed_is_lost(client, round):
    response = key_in(client, round, 5, "M1 Q9", voorbeeld="HavenHart")
    assert "De code ‘Q9’ staat niet op dit formulier" in response.text
    assert ('value="M1 Q9"' in response.text, 'value="HavenHart"' in response.text) == (True, True)
    assert PaperForm.objects.count() == 0


def test_an_empty_form_is_skipped(client, round):
    assert "Er is niets ingevuld" in key_in(client, round, 5, " ").text
    assert PaperForm.objects.count() == 0


def test_a_difference_is_put_side_by_side(client, round):
    key_in(client, round, 5, "M1", voorbeeld="HavenHart")
    response = key_in(client, round, 5, "M1", follow=False, voorbeeld="Haven Hart")
    assert response["Location"] == page("compare", round.pk, 5)
    compared = client.get(page("compare", round.pk, 5))
    shown, mark = compared.text, {"stand": compared.context["mark"]}
    assert ("HavenHart" in shown, "Haven Hart" in shown) == (True, True)
    assert "Kies bij elk verschil" in client.post(page("compare", round.pk, 5), mark, follow=True).text
    assert Response.objects.count() == 0
    client.post(page("compare", round.pk, 5), {"voorbeeld": "2"} | mark)
    assert Response.objects.get().open_answers.get().text == "Haven Hart"
    assert client.get(page("compare", round.pk, 5)).status_code == 404


def test_a_form_can_be_typed_in_anew(client, round):
    key_in(client, round, 5, "M1")
    key_in(client, round, 5, "M2")
    sent = {"doe": "opnieuw", "stand": client.get(page("compare", round.pk, 5)).context["mark"]}
    response = client.post(page("compare", round.pk, 5), sent, follow=True)
    assert (response.context["form"].initial, PaperForm.objects.count()) == ({"number": 5}, 0)


def test_a_round_in_two_languages_asks_which(client):
    round = making.round(questionnaire=making.questionnaire(languages=["nl", "en"]))
    for _time in range(2):
        client.post(page("key_in", round.pk), {"number": 1, "codes": "R1", "language": "en"})
    assert Response.objects.get().language == "en"


def test_the_screen_asks_the_database_as_often_for_a_large_pile(client, round, django_assert_num_queries):
    for number in (1, 2, 3):
        key_in(client, round, number, "R1")
        with django_assert_num_queries(8):
            client.get(page("key_in", round.pk))
