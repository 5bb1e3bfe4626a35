import pytest
from django.urls import reverse

from registry.models import Role
from survey import worklist
from survey.fieldwork import double_entry
from tests import factories
from tests.survey import coded, making

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    made = making.round()
    coded.answers(made, "De bus", "Niemand")
    double_entry.key_in(made, 1, ["R1"], {})
    return making.close(made)


def waiting(role):
    user = factories.person(role=role, municipality=factories.municipality())
    return [(one.count, one.label, one.address) for one in worklist.for_user(user)]


def test_each_sees_what_waits_for_them(round):
    pages = [
        reverse(f"admin:survey_round_{name}", args=[round.pk]) for name in ("screen", "key_in", "change")
    ]
    labels = [
        "antwoorden te lezen",
        "papieren formulier nog niet klaar",
        "meting gesloten, resultaten nog niet vastgesteld",
    ]
    expected = list(zip([2, 1, 1], labels, pages, strict=True))
    assert waiting(Role.EDITOR) == expected
    assert waiting(Role.RESEARCHER) == expected[:1]
    assert waiting(Role.MUNICIPALITY_EDITOR) == []


def test_nothing_waits_when_all_is_done(round):
    coded.read(round)
    double_entry.key_in(round, 1, ["R1"], {})
    making.publish(round)
    assert waiting(Role.EDITOR) == []


def test_made_up_answers_wait_for_nobody(round):
    round.is_sample = True
    round.save()
    assert [count for count, label, _address in waiting(Role.RESEARCHER) if "lezen" in label] == []


def test_it_stands_on_the_staff_home(client, round):
    client.force_login(factories.person(role=Role.RESEARCHER))
    page = client.get(reverse("admin:index")).text
    assert f'<a href="{reverse("admin:survey_round_screen", args=[round.pk])}"><strong>2</strong>' in page


def test_the_periods_stand_on_the_privacy_page(client, round):
    def periods():
        page = client.get(reverse("registry:privacy")).text
        return [f"hoogstens {days} dagen na het sluiten" in page for days in ("365", "1.825", "42", "700")]

    assert periods() == [True, True, False, False]
    round.keep_answers_days, round.keep_responses_days = 42, 700
    round.save()
    assert periods() == [False, False, True, True]
