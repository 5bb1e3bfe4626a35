"""One door to stop all that comes again and again."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from post_office.models import Email

from registry import worklist
from registry.community import reminders, saved_searches
from registry.mail import unsubscribe
from registry.models import Initiative, Notice, Ownership, Proof, Role, SavedSearch, User
from survey import following as rounds_followed
from survey.models import FollowedRound
from tests import factories
from tests.survey import making

pytestmark = pytest.mark.django_db
DAY = date(2027, 6, 1)
READER = "lezer@voorbeeld.nl"


def _filter():
    saved_searches.follow(READER, "", "alles")
    saved_searches.confirm(Proof.objects.get())
    SavedSearch.objects.update(sent_on=DAY - timedelta(days=7))
    factories.initiative(published_at=timezone.make_aware(timezone.datetime(2027, 5, 31, 12)))


def _send_filter():
    SavedSearch.objects.update(sent_on=DAY - timedelta(days=7))
    saved_searches.send_digests(lambda query: Initiative.objects.published(), DAY)


def _staff():
    factories.person(READER, role=Role.EDITOR)
    Notice.objects.create(kind="melding", page="/", text="x")


def _send_staff():
    User.objects.update(digested_on=None)
    worklist.send_digests(DAY)


def _owner():
    made = factories.initiative(published_at=timezone.make_aware(timezone.datetime(2026, 1, 1)))
    factories.owner(made, READER)


def _send_owner():
    Initiative.objects.update(reminded_on=None)
    reminders.send(limit=5, day=DAY)


def _round():
    round = making.round(is_open=True)
    FollowedRound.objects.create(round=round, email=READER, confirmed_at=timezone.now())
    making.publish(making.close(round))


def _send_round():
    rounds_followed.tell_published(making.Publication.objects.get())


ALL = {
    "filter": (_filter, _send_filter),
    "wacht": (_staff, _send_staff),
    "jaar": (_owner, _send_owner),
    "meting": (_round, _send_round),
}


def test_every_door_is_walked():
    assert set(unsubscribe._doors) == set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_one_tap_stops_it_and_looking_does_not(name):
    begin, send = ALL[name]
    begin()
    Email.objects.all().delete()
    send()
    letter = Email.objects.get()
    link = letter.headers["List-Unsubscribe"].strip("<>")
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in letter.message.replace("\n", "")
    address = link[link.index("/stoppen/") :]
    strict = Client(enforce_csrf_checks=True)
    assert "U krijgt dan geen e-mail meer over" in strict.get(address).text
    send()
    assert Email.objects.count() == 2
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    send()
    assert Email.objects.count() == 2
    for page in (strict.get(address), strict.post(address)):
        assert page.status_code == 200
    assert strict.get(address[:-3] + "x/").status_code == 200


def test_of_a_page_that_nobody_wants_to_be_asked_about_nobody_was_asked(client):
    made = factories.initiative(asked_since=timezone.localdate() - timedelta(days=90))
    one, other = factories.owner(made), factories.owner(made)
    assert made.is_unconfirmed
    client.force_login(one)
    page = f"/mijn/{made.slug}/"
    assert "Vraag mij dit niet meer" in client.get(page).text
    client.post(page, {"doe": "jaarvraag", "wil": "nee"})
    assert Initiative.objects.get().is_unconfirmed
    reminders.ask_yearly(made.ownerships.get(user=other), wants=False)
    assert not Initiative.objects.get().is_unconfirmed
    staff = Client()
    staff.force_login(factories.person(role=Role.EDITOR))
    assert made.name in staff.get("/beheer/registry/initiative/?mist=jaarvraag").text
    assert (
        "wil de jaarlijkse vraag niet" in staff.get(f"/beheer/registry/initiative/{made.pk}/eigenaren/").text
    )
    client.post(page, {"doe": "jaarvraag", "wil": "ja"})
    assert Ownership.objects.get(user=one).wants_yearly
    assert (
        made.name
        not in staff.get("/beheer/registry/initiative/?mist=jaarvraag").text.split("changelist-form")[-1]
    )
