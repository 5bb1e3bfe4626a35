import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core import signing
from django.core.management import call_command
from django.utils import timezone
from post_office.models import Email

from registry.community import saved_searches
from registry.mail import unsubscribe
from registry.models import Initiative, MailTrouble, Proof, SavedSearch, Status
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2027, 6, 1)


def published(_query=""):
    return Initiative.objects.published()


def at(day):
    return timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))


@pytest.fixture
def followed():
    search = saved_searches.follow("volger@voorbeeld.nl", "gemeente=GM0995", "Lelystad")
    saved_searches.confirm(Proof.objects.get())
    SavedSearch.objects.update(sent_on=DAY - timedelta(days=7))
    Email.objects.all().delete()
    return search


def test_nothing_is_sent_before_the_mailbox_is_proven():
    saved_searches.follow("volger@voorbeeld.nl", "", "‘koop nu’", chosen="Alles")
    factories.initiative(published_at=at(DAY))
    assert saved_searches.send_digests(published, DAY) == 0
    assert [email.subject for email in Email.objects.all()] == ["Bevestig wat u wilt volgen"]


def test_a_digest_holds_what_is_new_and_comes_once_a_week(followed):
    factories.initiative("Nieuw", slug="nieuw", published_at=at(DAY - timedelta(days=1)))
    factories.initiative("Oud", slug="oud", published_at=at(DAY - timedelta(days=9)))
    factories.initiative("Verborgen", status=Status.SUBMITTED, published_at=at(DAY - timedelta(days=1)))
    factories.initiative("Verzonnen", is_sample=True, published_at=at(DAY - timedelta(days=1)))
    assert saved_searches.send_digests(published, DAY) == 1
    assert saved_searches.send_digests(published, DAY) == 0
    assert saved_searches.send_digests(published, DAY + timedelta(days=6)) == 0
    letter = Email.objects.get()
    for name, there in {"Nieuw": True, "Oud": False, "Verborgen": False, "Verzonnen": False}.items():
        assert (f"\n{name}\n" in letter.message) is there
    stop = letter.headers["List-Unsubscribe"].strip("<>")
    assert stop in letter.message
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert unsubscribe.find(stop.rstrip("/").split("/")[-1]).row == followed


def test_no_news_is_no_mail(followed):
    assert saved_searches.send_digests(published, DAY) == 0
    assert not Email.objects.exists()


def test_asking_again_sends_no_second_confirmation_to_who_follows(followed):
    saved_searches.follow("volger@voorbeeld.nl", "gemeente=GM0995", "Lelystad")
    assert not Email.objects.exists()
    assert SavedSearch.objects.count() == 1


def test_a_made_up_stop_link_stops_nothing(followed):
    assert unsubscribe.find("verzonnen") is None
    assert unsubscribe.find(unsubscribe.token("nergens", followed)) is None


def test_a_stop_link_of_before_works(followed, client):
    old = signing.Signer(salt="registry.community.saved_searches").sign(str(followed.pk))
    assert client.post(f"/volgen/stoppen/{old}/").status_code == 200
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    ("left", "told"), [(1, "En nog 1 ander initiatief."), (6, "En nog 6 andere initiatieven.")]
)
def test_what_does_not_fit_is_counted_and_can_be_seen(followed, client, left, told):
    almere, total = factories.municipality(), saved_searches.MOST_ROWS + left
    for number in range(total):
        factories.initiative(
            f"Nieuw {number}",
            municipality=almere,
            published_at=at(DAY - timedelta(days=1)) + timedelta(minutes=number),
        )
    saved_searches.send_digests(published, DAY)
    letter = Email.objects.get().message
    assert letter.count("/initiatieven/initiatief-") == saved_searches.MOST_ROWS
    assert told in " ".join(letter.split())
    address = re.search(r"http://[^/]+(/initiatieven/\?\S+)", letter)[1]
    pages = [client.get(f"{address}&pagina={page}").context["page_obj"].object_list for page in (1, 2)]
    assert [entry.name for page in pages for entry in page] == [
        f"Nieuw {number}" for number in reversed(range(total))
    ]


def test_what_comes_after_the_digest_of_the_day_is_in_the_next(followed):
    """Published on the day itself, after the letter went: not lost, and not told twice."""
    factories.initiative("Laat", slug="laat", published_at=at(DAY))
    assert saved_searches.send_digests(published, DAY) == 0
    assert saved_searches.send_digests(published, DAY + timedelta(days=7)) == 1
    assert "Laat" in Email.objects.get().message
    assert saved_searches.send_digests(published, DAY + timedelta(days=14)) == 0


def test_a_digest_waits_where_it_does_not_arrive_and_then_holds_all(followed):
    now = timezone.now()
    trouble = MailTrouble.objects.create(address=followed.email, since=now, last_at=now, is_dead=True)
    factories.initiative("Tuin", published_at=at(DAY - timedelta(days=1)))
    assert saved_searches.send_digests(published, DAY) == 0
    trouble.delete()
    assert saved_searches.send_digests(published, DAY + timedelta(days=20)) == 1
    assert "Tuin" in Email.objects.get().message


def test_who_follows_a_search_hears_of_what_holds_all_of_it_only(followed):
    SavedSearch.objects.update(query="zoek=koken+urk", sent_on=timezone.localdate() - timedelta(days=8))
    for name, summary in (
        ("Eettafel", "Samen koken in Urk"),
        ("Kooklab", "Koken"),
        ("Haven", "Varen bij Urk"),
    ):
        factories.initiative(name, summary=summary, published_at=timezone.now() - timedelta(days=1))
    call_command("send_digests", stdout=StringIO())
    letter = Email.objects.get()
    assert [name in letter.message for name in ("Eettafel", "Kooklab", "Haven")] == [True, False, False]
