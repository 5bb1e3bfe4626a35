import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from registry.models import Role
from survey.coding import double_coding
from survey.models import Erratum, Publication
from survey.results import tally
from survey.results.audit import auditor
from survey.rounds import publications
from tests import factories
from tests.survey import making
from tests.survey.counting import anybody, everybody, store

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CODES = ["M1", "M2", "B1", "R1", "R2", "R3"]
DOORS = {
    "tussenstand/": "view_publication",
    "vaststellen/": "publish_round",
    "inzendingen.csv": "download_records",
    "inzendingen.sps": "download_records",
    "inzendingen.sav": "download_records",
    "eenheden.csv": "download_records",
}


@pytest.fixture
def round():
    made = making.round()
    store(made, anybody(CODES, 60, 1))
    return made


def staff(*permissions):
    person = factories.person(is_staff=True)
    person.user_permissions.set(
        Permission.objects.filter(content_type__app_label="survey", codename__in=permissions)
    )
    return person


def publish(client, round, **options):
    """As the page does: what was seen of what is left out goes along."""
    shown = client.get(url(round, "vaststellen/"))
    return client.post(
        url(round, "vaststellen/"), {"stand": shown.context["mark"], "gezien": "on"}, **options
    )


def url(round, door):
    return f"/beheer/survey/publication/meting/{round.pk}/{door}"


@pytest.mark.parametrize("held", ["", *sorted(set(DOORS.values()))])
def test_each_page_asks_its_own_permission(client, round, held):
    client.force_login(staff(held))
    double_coding.plan_of(round)
    double_coding.freeze(making.close(round))
    found = {door: client.get(url(round, door)).status_code for door in DOORS}
    assert found == {door: 200 if needed == held else 403 for door, needed in DOORS.items()}


def test_somebody_from_outside_is_asked_to_log_in(client, round):
    assert {client.get(url(round, door)).status_code for door in DOORS} == {302}


def test_the_live_page_has_the_figures_of_now_and_says_that_they_are_not_public(client, round):
    client.force_login(staff("view_publication"))
    page = client.get(url(round, "tussenstand/")).content.decode()
    counted = tally.recount(round)
    assert ("Live, niet openbaar." in page, "60 inzendingen" in page) == (True, True)
    assert f"{counted.item(0)} van {counted.level(0)} (" in page
    assert ("Download" in page, "sha256" in page) == (False, False)
    store(round, everybody(5, "M1"))
    assert "65 inzendingen" in client.get(url(round, "tussenstand/")).content.decode()


def test_a_round_without_answers_has_a_live_page_too(client):
    client.force_login(staff("view_publication"))
    empty = making.round("leeg")
    page = client.get(url(empty, "tussenstand/")).content.decode()
    assert "Niet getoond: te weinig mensen." in page


def test_results_are_fixed_after_a_confirmation(client, round):
    client.force_login(staff("publish_round", "view_publication"))
    assert "nog niet gesloten" in client.get(url(round, "vaststellen/")).content.decode()
    page = publish(client, round).content.decode()
    assert ("De meting is nog niet gesloten. Sluit haar eerst." in page, Publication.objects.count()) == (
        True,
        0,
    )
    making.close(round)
    assert "Stel de resultaten vast" in client.get(url(round, "vaststellen/")).content.decode()
    assert Publication.objects.count() == 0
    response = publish(client, round, follow=True)
    assert "staan vast: uitgave 1." in response.content.decode()
    assert Publication.objects.get().round == round
    assert "Er is niets veranderd" in publish(client, round).content.decode()


def test_staff_are_told_what_was_left_out(client, round, monkeypatch):
    def finds_pairs(editions, **_options):
        return ("found",) if editions[-1].pairs_n else ()

    monkeypatch.setattr(auditor, "audit", finds_pairs)
    client.force_login(staff("publish_round", "view_publication"))
    making.close(round)
    round.responses.all().delete()
    store(round, everybody(40, "R1") + everybody(40, "M1"))
    page = publish(client, round, follow=True).content.decode()
    assert "Daarom staat er niet bij: samenhang." in page
    page = client.get(round.get_absolute_url()).content.decode()
    assert "naast de andere getallen zou te berekenen zijn wat een paar mensen antwoordden" in page


def test_a_publication_takes_errata_and_nothing_else(client, round):
    made = publications.freeze(making.close(round))
    client.force_login(staff("view_publication", "change_publication", "view_erratum", "add_erratum"))
    address = f"/beheer/survey/publication/{made.pk}/change/"
    typed = {
        "edition": "9",
        "data": "{}",
        "errata-TOTAL_FORMS": "1",
        "errata-INITIAL_FORMS": "0",
        "errata-0-noted_on": "2026-11-02",
        "errata-0-text": "De stand stond fout.",
    }
    assert client.post(address, typed).status_code == 302
    assert Erratum.objects.get().text == "De stand stond fout."
    made.refresh_from_db()
    assert (made.edition, made.data) == (1, Publication.objects.get().data)
    assert client.post(f"/beheer/survey/publication/{made.pk}/delete/").status_code == 403
    assert client.get("/beheer/survey/publication/add/").status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_for_one_and_for_three(client, django_assert_num_queries, number):
    for one in range(number):
        made = making.round(f"meting-{one}", questionnaire=making.questionnaire(CODES, slug=f"lijst-{one}"))
        store(made, anybody(CODES, 40, one))
        publications.freeze(making.close(made))
    client.force_login(staff("view_publication"))
    client.get("/beheer/survey/publication/")
    with django_assert_num_queries(6):
        client.get("/beheer/survey/publication/")


@pytest.mark.parametrize("has_responses", [True, False])
def test_withdrawing_promises_a_next_edition_only_where_there_can_be_one(client, has_responses):
    client.force_login(factories.person(role=Role.MANAGER))
    round = making.round()
    if has_responses:
        making.response(round, "R1")
    edition = making.publish(making.close(round))
    text = client.get(reverse("admin:survey_publication_withdraw", args=[edition.pk])).text
    promised = ("U kunt daarna een nieuwe uitgave maken" in text, "geen nieuwe uitgave komen" in text)
    assert promised == (has_responses, not has_responses)
