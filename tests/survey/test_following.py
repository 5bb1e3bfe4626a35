"""Somebody who wants to hear of the results of a round."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from registry.models import Role
from registry.personal_data import forget, kept_about, retention
from survey.models import FollowedRound
from survey.rounds import publications
from tests import factories
from tests.survey import making
from tests.survey.counting import anybody, store

pytestmark = pytest.mark.django_db
READER = "lezer@voorbeeld.nl"


@pytest.fixture
def round():
    made = making.round()
    store(made, anybody(["M1", "M2", "B1", "R1", "R2", "R3"], 60, seed=1))
    return made


def ask(round, email=READER, client=None):
    address = reverse("survey:follow", args=[round.slug])
    return (client or Client()).post(address, factories.typed(email=email), follow=True)


def mailed():
    return re.search(r"http://[^/]+(/bevestigen/meting/\S+/)", Email.objects.latest("pk").message)[1]


def followed(round, email=READER):
    return FollowedRound.objects.create(round=round, email=email, confirmed_at=timezone.now())


def test_it_is_confirmed_by_mail_and_looking_confirms_nothing(client, round):
    page = client.get(reverse("survey:results", args=[round.slug]))
    assert reverse("survey:follow", args=[round.slug]) in page.text
    assert "Kijk in uw e-mail" in ask(round).text
    address = mailed()
    assert READER in client.get(address).text
    assert FollowedRound.objects.get().confirmed_at is None
    assert client.post(address).status_code == 200
    assert FollowedRound.objects.get().confirmed_at is not None


def test_asking_again_sends_no_second_letter_to_who_follows_and_says_the_same(round):
    pages = [ask(round).redirect_chain, ask(round).redirect_chain]
    assert Email.objects.count() == 2
    FollowedRound.objects.update(confirmed_at=timezone.now())
    assert ask(round, READER.upper()).redirect_chain == pages[0] == pages[1]
    assert (Email.objects.count(), FollowedRound.objects.count()) == (2, 1)


def test_a_link_that_is_old_or_made_up_leads_on(client, round, settings):
    ask(round)
    address = mailed()
    settings.PROOF_DAYS = settings.PROOF_DAYS | {"volgen": -1}
    for path in (address, address[:-4] + "abc/"):
        page = client.post(path)
        assert (page.status_code, "Vraag een nieuwe link" in page.text) == (410, True)
    assert FollowedRound.objects.get().confirmed_at is None


@pytest.mark.parametrize("fields", [{"is_open": False}, {"is_sample": True}])
def test_what_is_not_there_yet_or_made_up_is_not_followed(client, fields):
    made = making.round(**fields)
    assert client.get(reverse("survey:follow", args=[made.slug])).status_code == 404
    assert ask(made).status_code == 404


def test_who_confirmed_hears_of_the_results_once_and_of_what_became_of_them(round):
    followed(round)
    FollowedRound.objects.create(round=round, email="onbevestigd@voorbeeld.nl")
    followed(making.round("ander", questionnaire=round.questionnaire), "ander@voorbeeld.nl")
    made = publications.freeze(making.close(round))
    staff = Client()
    staff.force_login(factories.person(role=Role.EDITOR))
    page = reverse("admin:survey_publication_change", args=[made.pk])
    given = {
        "errata-TOTAL_FORMS": 1, "errata-INITIAL_FORMS": 0, "errata-0-noted_on": "2026-11-01",
        "errata-0-text": "De stand telde dubbel.", "errata-0-publication": made.pk,
    }  # fmt: skip
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', staff.get(page).text)
    assert staff.post(page, dict(hidden) | given).status_code == 302
    publications.withdraw(made, "Alles was dubbel.")
    letters = list(Email.objects.order_by("pk"))
    assert [letter.to for letter in letters] == [[READER]] * 3
    assert [letter.subject for letter in letters] == [
        "Er zijn resultaten van Meting festival",
        "Er klopte iets niet in de resultaten van Meting festival",
        "Resultaten van Meting festival zijn ingetrokken",
    ]
    assert "De stand telde dubbel." in letters[1].message
    assert "Alles was dubbel." in letters[2].message
    for letter in letters:
        address = re.search(r"http://[^/]+(/resultaten/\S+)", letter.message)[1]
        assert Client().get(address).status_code == 200


def test_what_is_kept_of_a_follower_is_told_forgotten_and_thrown_away(round):
    user = factories.person(READER)
    followed(round)
    FollowedRound.objects.create(round=round, email="onbevestigd@voorbeeld.nl")
    assert kept_about(user)["gevolgde metingen"] == ["Meting festival"]
    retention.apply(now=timezone.now() + timedelta(days=400))
    assert FollowedRound.objects.get().email == READER
    forget(user)
    assert not FollowedRound.objects.exists()
