"""Who follows something hears of each thing that is new, once, until they stop."""

import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from registry.community import saved_searches
from registry.lifecycle.merge import merge
from registry.models import Decision, Initiative, Notice, Role, SavedSearch, SearchMiss, Status
from registry.moderation.decisions import decide
from tests import factories
from tests.mail import words

pytestmark = pytest.mark.django_db
FOLLOWER = "volger@voorbeeld.nl"


def links_in(letter):
    return re.findall(r"https?://[^/\s]+(/\S+)", words(letter))


def test_a_second_link_after_stopping_promises_nothing(client, mailoutbox):
    for _time in range(2):
        client.post("/volgen/", factories.typed(email=FOLLOWER))
    first, second = (next(link for link in links_in(one) if "bevestigen" in link) for one in mailoutbox)
    client.post(first)
    SavedSearch.objects.get().delete()  # as the stop link does
    answer = client.post(second)
    assert answer.status_code == 410
    assert "U krijgt een e-mail als er iets nieuws is" not in answer.content.decode()


def moment(day):
    return timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))


MONDAY = date(2027, 6, 7)


def named_in(mailoutbox, entry):
    return [letter for letter in mailoutbox if entry.get_absolute_url() in words(letter)]


@pytest.mark.parametrize(
    ("steps", "told_on"),
    [
        ({1: "gepubliceerd"}, [7]),
        ({1: "gepubliceerd", 2: "ingetrokken", 9: "gepubliceerd"}, [14]),
        ({1: "gepubliceerd", 9: "ingetrokken", 10: "gepubliceerd"}, [7]),
        ({1: "gepubliceerd", 9: "ingetrokken", 17: "gepubliceerd"}, [7, 21]),
        ({1: "gepubliceerd", 2: "ingetrokken", 3: "gepubliceerd"}, [7]),
    ],
)
def test_what_was_away_when_the_letter_went_is_in_a_later_one(steps, told_on, mailoutbox):
    """A letter a week; each is in the first one after it came, unless it stood there at the letter before."""
    entry = factories.initiative("Tuin", status=Status.SUBMITTED)
    SavedSearch.objects.create(
        email=FOLLOWER, query="", label="alles", confirmed_at=timezone.now(), sent_on=MONDAY
    )
    told = []
    for day in range(1, 30):
        now = moment(MONDAY + timedelta(days=day))
        if day in steps:
            is_first = entry.published_at is None
            decide(entry, steps[day], by=None, reason="Zo is het")
            Decision.objects.filter(pk=Decision.objects.latest("pk").pk).update(decided_at=now)
            if is_first:
                Initiative.objects.filter(pk=entry.pk).update(published_at=now)
            entry.refresh_from_db()
        before = len(named_in(mailoutbox, entry))
        saved_searches.send_digests(lambda _query: Initiative.objects.published(), now.date())
        if len(named_in(mailoutbox, entry)) > before:
            told.append(day)
    assert told == told_on


def test_words_that_are_found_are_on_no_list(client, settings):
    client.get("/zoeken/?zoek=moestuinieren")
    assert SearchMiss.objects.get().words == "moestuinieren"
    factories.initiative("Moestuinieren")
    client.get("/zoeken/?zoek=Moestuinieren")
    assert not SearchMiss.objects.exists()
    client.get("/zoeken/?zoek=schaakclub")
    client.get("/zoeken/?zoek=naaiclub")
    factories.initiative("Schaakclub")
    out = StringIO()
    call_command("sweep_search_misses", stdout=out)
    assert out.getvalue() == "Nu wel gevonden: 1.\n"
    assert "sweep_search_misses" in settings.DAILY_WORK
    assert [miss.words for miss in SearchMiss.objects.all()] == ["naaiclub"]


def test_an_editor_can_clear_what_was_looked_for(client):
    client.force_login(factories.person(role=Role.EDITOR))
    miss = SearchMiss.objects.create(words="iets", count=1, last_on=timezone.localdate())
    page = f"/beheer/registry/searchmiss/{miss.pk}/delete/"
    assert client.get(page).status_code == 200
    client.post(page, {"post": "yes"})
    assert not SearchMiss.objects.exists()


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.WITHDRAWN, Status.MERGED])
def test_a_report_about_a_page_that_is_gone_reaches_who_works_there(client, status):
    entry = factories.initiative(
        "Tuin", slug="tuin", municipality=factories.municipality("GM0034"), status=Status.PUBLISHED
    )
    if status == Status.MERGED:
        merge(entry, factories.initiative("Ander", municipality=entry.municipality), by=None)
    elif status == Status.WITHDRAWN:
        decide(entry, status, by=None, reason="Weg")
    sent = client.post(
        "/laat-weten/?pagina=/initiatieven/tuin/&soort=melding",
        factories.typed(text="Dit klopt niet."),
        follow=True,
    )
    assert sent.status_code == 200
    assert "Dank u wel" in sent.content.decode()
    notice = Notice.objects.get()
    editor = factories.person(role=Role.MUNICIPALITY_EDITOR, municipality=factories.municipality("GM0034"))
    assert Notice.objects.visible_to(editor).get() == notice


@pytest.mark.parametrize(
    "page", ["/initiatieven/nooit/", "/casussen/weg/", "/knelpunten/z9/", "/bestaat/niet/"]
)
def test_a_report_about_what_is_not_there_is_thanked_on_a_page_that_is(client, page):
    sent = client.post(f"/laat-weten/?pagina={page}", factories.typed(text="Hier staat niets."), follow=True)
    assert sent.status_code == 200
    assert "Dank u wel" in sent.content.decode()
