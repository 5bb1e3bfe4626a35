"""Two pages become one, and two again, as their owners and staff meet it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.community import contact_messages, introductions, reminders
from registry.lifecycle.merge import merge
from registry.models import Initiative, Merge, Role, Status
from registry.ownership import invite
from registry.proposals.proposals import propose
from tests import factories
from tests.mail import words
from tests.reading import read_pair
from tests.registry.api.test_following import Follower

pytestmark = pytest.mark.django_db


def browser(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def staff():
    return browser(factories.person(role=Role.EDITOR))


@pytest.fixture
def pair():
    kept = factories.initiative("Buurttuin", slug="tuin")
    double = factories.initiative("Buurt-tuin", slug="dubbel", summary="Wij tuinieren.")
    return kept, double, factories.owner(kept, "ik@voorbeeld.nl"), factories.owner(double, "jij@voorbeeld.nl")


def press(staff, kept, double, reason="Het is dezelfde tuin."):
    given = {"eerste": kept.pk, "tweede": double.pk, "doe": "houd-eerste", "reden": reason}
    return staff.post(
        reverse("admin:registry_initiative_pairs"), given | read_pair(kept, double), follow=True
    )


def take_back(staff, double, reason="Het zijn er twee."):
    return staff.post(
        reverse("admin:registry_initiative_unmerge", args=[double.pk]), {"reason": reason}, follow=True
    )


def test_owners_of_both_hear_what_happened_and_how_to_object(staff, pair, mailoutbox):
    kept, double, *_owners = pair
    press(staff, kept, double)
    told = {letter.to[0]: words(letter) for letter in mailoutbox}
    assert set(told) == {"ik@voorbeeld.nl", "jij@voorbeeld.nl"}
    for text in told.values():
        assert "Buurt-tuin" in text
        assert "Het is dezelfde tuin." in text
        assert "/mijn/tuin/" in text
        assert "weer twee pagina’s van maken" in text


def test_what_was_asked_of_the_old_page_goes_on_at_the_new(staff, pair, mailoutbox):
    kept, double, _mine, theirs = pair
    asker = factories.initiative("Buurtkeuken")
    factories.owner(asker, "keuken@voorbeeld.nl")
    introductions.ask(asker, double, why="Samen eten")
    invite(double, "nieuw@voorbeeld.nl", by=theirs)
    Initiative.objects.filter(pk=double.pk).update(published_at=timezone.now() - timedelta(days=400))
    reminders.send(limit=1)
    waiting = double.contact_messages.create(sender_name="Jan", sender_email="jan@voorbeeld.nl", text="Dag")
    contact_messages.ask(waiting)
    proposal = propose(double, {"costs": "gratis"}, by=theirs)
    before = len(mailoutbox)
    press(staff, kept, double)
    # What he proposed is closed with a word.
    closed = [words(letter) for letter in mailoutbox[before:] if letter.to == ["jij@voorbeeld.nl"]]
    assert any("Niet overgenomen: kosten" in text and "samengevoegd" in text for text in closed)
    proposal.refresh_from_db()
    assert proposal.decided_at is not None
    # Each link that was mailed before still opens.
    for letter in mailoutbox[:before]:
        link = next(part for part in words(letter).split() if "/bevestigen/" in part or "/mijn/" in part)
        assert Client().get("/" + link.split("/", 3)[3]).status_code in (200, 302), words(letter)
    assert kept.introductions_got.get().first == asker


def test_the_old_own_page_leads_to_the_new_and_decides_nothing(staff, pair):
    kept, double, _mine, theirs = pair
    press(staff, kept, double)
    client = browser(theirs)
    assert client.get("/mijn/dubbel/")["Location"] == "/mijn/tuin/"
    assert client.get("/mijn/dubbel/wijzigen/")["Location"] == "/mijn/tuin/wijzigen/"
    assert "er is niets veranderd" in client.post("/mijn/dubbel/", {"doe": "trek-in"}, follow=True).text
    assert Initiative.objects.get(pk=kept.pk).status == Status.PUBLISHED
    assert browser(factories.person()).get("/mijn/dubbel/", follow=True).status_code == 404


def test_a_merge_is_taken_back_whole(staff, pair, mailoutbox, client):
    kept, double, mine, theirs = pair
    factories.link(double, factories.bottleneck("R1"))
    for one, count in ((kept, 2), (double, 3)):
        one.mentions.create(event="Festival", count=count, quote=f"Van {one.slug}")
    double.exchanges.create(direction="vraagt", text="Een schop")
    case = factories.case(initiative=double)
    asker = factories.initiative("Buurtkeuken")
    factories.owner(asker)
    introductions.ask(asker, double, why="Samen eten")
    older = factories.initiative("Oude tuin", slug="oud")
    merge(older, double, by=None)
    before = describe(kept), describe(double)
    press(staff, kept, double)
    assert client.get("/initiatieven/oud/", follow=True).redirect_chain[-1][0] == "/initiatieven/tuin/"
    gone = client.get(f"/api/v1/initiatieven/{double.public_id}")
    assert gone.status_code == 301
    start = len(mailoutbox)
    page = staff.get(reverse("admin:registry_initiative_change", args=[double.pk]))
    assert "Samenvoeging ongedaan maken" in page.text
    assert "Wij tuinieren." in staff.get(reverse("admin:registry_initiative_unmerge", args=[double.pk])).text
    assert take_back(staff, double, " ").context["form"].errors
    assert "weer een eigen pagina" in take_back(staff, double).text
    assert (describe(kept), describe(double)) == before
    case.refresh_from_db()
    assert case.initiative == double
    assert client.get("/initiatieven/dubbel/").status_code == 200
    assert client.get("/initiatieven/oud/")["Location"] == "/initiatieven/dubbel/"
    assert client.get(f"/api/v1/initiatieven/{double.public_id}").status_code == 200
    told = {letter.to[0]: words(letter) for letter in mailoutbox[start:]}
    assert "U beheert de pagina van ‘Buurttuin’." in told[mine.email]
    assert "U beheert de pagina van ‘Buurt-tuin’." in told[theirs.email]
    assert double.decisions.first().reason == "Het zijn er twee."
    assert "kan niet meer ongedaan" in take_back(staff, double).text


def describe(entry):
    entry = Initiative.objects.get(pk=entry.pk)
    return {
        "self": (entry.status, entry.name, entry.other_names, entry.merged_into_id),
        "owners": set(entry.ownerships.values_list("user__email", flat=True)),
        "links": set(entry.links.values_list("bottleneck", "role")),
        "mentions": set(entry.mentions.values_list("event", "count", "quote")),
        "exchanges": set(entry.exchanges.values_list("text", flat=True)),
        "introductions": set(entry.introductions_got.values_list("first", flat=True)),
        "before": set(entry.merged_from.values_list("slug", flat=True)),
    }


def test_the_change_feed_says_gone_and_then_back(staff, pair):
    kept, double, *_owners = pair
    copy = Follower()
    copy.finish()
    for act, is_there in (
        (lambda: press(staff, kept, double), False),
        (lambda: take_back(staff, double), True),
    ):
        act()
        copy.finish()
        assert (str(double.public_id) in copy.copy) == is_there


def test_after_a_month_it_stays_one(staff, pair):
    kept, double, *_owners = pair
    press(staff, kept, double)
    Merge.objects.update(merged_at=timezone.now() - timedelta(days=31))
    assert "kan niet meer ongedaan" in take_back(staff, double).text
    assert Initiative.objects.get(pk=double.pk).status == Status.MERGED


def test_for_a_month_no_owner_shuts_another_out(staff, pair):
    kept, double, mine, theirs = pair
    press(staff, kept, double)
    client = browser(mine)
    given = {"doe": "vertrek", "eigenaar": kept.ownerships.get(user=theirs).pk, "zeker": "ja"}
    assert "kan alleen een medewerker" in client.post("/mijn/tuin/", given, follow=True).text
    assert "kan alleen een medewerker" in client.post("/mijn/tuin/", {"doe": "trek-in"}, follow=True).text
    assert (kept.ownerships.count(), Initiative.objects.get(pk=kept.pk).status) == (2, Status.PUBLISHED)
    Merge.objects.update(merged_at=timezone.now() - timedelta(days=31))
    client.post("/mijn/tuin/", given)
    assert kept.ownerships.get().user == mine


def test_who_left_in_between_does_not_come_back_and_a_later_merge_goes_first(staff, pair):
    kept, double, _mine, theirs = pair
    press(staff, kept, double)
    browser(theirs).post("/mijn/tuin/", {"doe": "vertrek", "eigenaar": kept.ownerships.get(user=theirs).pk})
    third = factories.initiative("Grote tuin")
    merge(Initiative.objects.get(pk=kept.pk), third, by=None)
    assert "daarna zelf samengevoegd" in take_back(staff, double).text
    take_back(staff, kept)
    take_back(staff, double)
    assert not double.ownerships.exists()
    assert Initiative.objects.get(pk=double.pk).status == Status.PUBLISHED


def test_only_who_decides_takes_it_back(pair):
    kept, double, mine, _theirs = pair
    merge(double, kept, by=None)
    url = reverse("admin:registry_initiative_unmerge", args=[double.pk])
    assert browser(factories.person(role=Role.RESEARCHER)).post(url, {"reason": "x"}).status_code in (
        403,
        404,
    )
    assert browser(mine).post(url, {"reason": "x"}).status_code == 302
    assert Initiative.objects.get(pk=double.pk).status == Status.MERGED
