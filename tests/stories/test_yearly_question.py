"""Once a year: is the page still true? What an answer is, how long silence shows, and who can end it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry import worklist
from registry.community import reminders
from registry.models import Initiative, Role, Status
from registry.moderation.decisions import decide
from registry.ownership import make_owner
from registry.personal_data import forget
from registry.proposals.proposals import decide_proposal, propose
from tests import factories
from tests.mail import words

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OWNER = "wis@voorbeeld.nl"
MARK = "Niet bevestigd."


def ago(days):
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def page():
    """Published long ago; its owner was asked forty days ago and said nothing."""
    made = factories.initiative(
        "Buurttuin",
        slug="buurttuin",
        published_at=timezone.now() - timedelta(days=800),
        summary="Samen zaaien",
    )
    factories.owner(made, OWNER)
    reminders.send(limit=9, day=ago(40))
    return made


def who(email):
    client = Client()
    client.force_login(
        factories.User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def shows_mark(page):
    return MARK in Client().get(page.get_absolute_url()).text


def on_the_worklist(page):
    editor = factories.person(role=Role.EDITOR)
    items = {str(item.plural): item.count for item in worklist.for_user(editor).items}
    counted = items.get("initiatieven niet bevestigd na een jaar", 0)
    client = Client()
    client.force_login(editor)
    listed = page.name in client.get("/beheer/registry/initiative/?mist=bevestiging").text
    assert listed == bool(counted)
    return listed


def is_marked(page):
    marked = shows_mark(page)
    assert on_the_worklist(page) == marked == Initiative.objects.get(pk=page.pk).is_unconfirmed
    return marked


def link_in(letter):
    return re.search(r"(/bevestigen/[\w-]+/)", letter.message)[1]


def test_who_answers_with_a_change_has_answered(page, mailoutbox):
    assert is_marked(page)
    client = Client()
    answer = client.post(link_in(mailoutbox[-1]), {"antwoord": "aanpassen"}, follow=True)
    given = {name: value for name, value in answer.context["form"].initial.items() if value not in (None, "")}
    client.post(reverse("registry:my-edit", args=[page.slug]), given | {"summary": "Samen oogsten"})
    assert page.proposals.open().get().changes.get().new == "Samen oogsten"
    assert not is_marked(page)
    assert Initiative.objects.get().confirmed_on == timezone.localdate()


def test_what_an_owner_proposed_and_staff_take_over_is_an_answer_of_that_day(page):
    proposal = propose(page, {"summary": "Samen oogsten"}, by=page.ownerships.get().user)
    type(proposal).objects.update(proposed_at=timezone.now() - timedelta(days=5))
    proposal.refresh_from_db()
    decide_proposal(proposal, ["summary"], by=factories.person(role=Role.EDITOR))
    assert Initiative.objects.get().confirmed_on == ago(5)
    assert not is_marked(page)


def test_the_second_question_does_not_take_the_mark_away_and_says_that_it_is_there(page, mailoutbox):
    Initiative.objects.update(published_at=timezone.now() - timedelta(days=1200))
    Initiative.objects.update(reminded_on=ago(380), asked_since=ago(380))
    assert is_marked(page)
    assert reminders.send(limit=9)
    assert "Daarom staat nu bij de pagina dat die niet is bevestigd" in words(mailoutbox[-1])
    assert Initiative.objects.get().reminded_on == timezone.localdate()
    assert is_marked(page)


def test_staff_who_asked_around_take_the_mark_away_and_say_how_they_know(page):
    editor = Client()
    editor.force_login(factories.person(role=Role.EDITOR))
    button = reverse("admin:registry_initiative_asked", args=[page.pk])
    assert button in editor.get(reverse("admin:registry_initiative_change", args=[page.pk])).text
    assert "errornote" in editor.post(button, {"note": " "}).text
    assert is_marked(page)
    editor.post(button, {"note": "Gebeld: alles gaat door."})
    assert not is_marked(page)
    assert "Gebeld: alles gaat door." in who(OWNER).get(f"/mijn/{page.slug}/").text


def test_a_page_that_nobody_is_left_of_waits_for_no_answer(page):
    forget(page.ownerships.get().user)
    assert not is_marked(page)
    assert reminders.send(limit=9) == []
    make_owner(page, "nieuw@voorbeeld.nl")
    assert not is_marked(page)


def test_a_page_that_staff_stopped_waits_for_no_answer(page):
    Initiative.objects.update(activity=Initiative.Activity.STOPPED)
    assert not is_marked(page)
    own = who(OWNER).get(f"/mijn/{page.slug}/").text
    assert "Alles klopt nog" not in own
    assert "Wij gaan weer verder" in own


def test_a_stopped_page_goes_on_by_one_button_and_the_other_owner_hears_of_it(page, mailoutbox):
    make_owner(page, "twee@voorbeeld.nl")
    Initiative.objects.update(activity=Initiative.Activity.STOPPED, ends_on=ago(3), confirmed_on=ago(3))
    own = f"/mijn/{page.slug}/"
    assert "gestopt. Gaat het door?" in who(OWNER).post(own, {"doe": "klopt"}, follow=True).text
    who(OWNER).post(own, {"doe": "verder"})
    live = Initiative.objects.get()
    assert (live.activity, live.ends_on, live.confirmed_on) == ("actief", None, timezone.localdate())
    assert "Gaat weer verder" in who(OWNER).get(own).text
    assert "is gestopt" not in Client().get(page.get_absolute_url()).text
    assert (mailoutbox[-1].to, mailoutbox[-1].subject) == (
        ["twee@voorbeeld.nl"],
        "Buurttuin gaat weer verder",
    )


def test_the_mailed_link_of_a_stopped_page_offers_to_go_on_and_not_that_all_is_true(page, mailoutbox):
    Initiative.objects.update(activity=Initiative.Activity.STOPPED)
    link = link_in(mailoutbox[-1])
    asked = Client().get(link).text
    assert "Klopt nog</button>" not in asked
    assert "Wij gaan weer verder" in asked
    Client().post(link, {"antwoord": "verder"})
    assert Initiative.objects.get().activity == "actief"


# A year is 36 days here, a month three: by day since the page was published.
LIVES = {
    "zwijgt": {},
    "antwoordt elk jaar": {41: "klopt", 80: "klopt", 119: "klopt"},
    "antwoordt laat": {46: "klopt", 90: "klopt"},
    "past aan": {42: "aanpassen"},
    "nagevraagd": {45: "nagevraagd"},
    "stopt": {39: "gestopt"},
    "stopt en gaat verder": {39: "gestopt", 50: "verder"},
    "verliest de eigenaar": {45: "weg"},
    "verliest de eigenaar en krijgt een ander": {45: "weg", 60: "nieuw"},
    "van de site en terug": {45: "ingetrokken", 70: "gepubliceerd"},
    "wil de vraag niet": {40: "wil niet"},
    "wil de vraag eerst niet": {30: "wil niet", 80: "wil weer"},
}


def live(entry, what, day):
    owner = entry.ownerships.first()
    if what == "klopt":
        reminders.confirm(entry, by=owner.user)
    elif what == "aanpassen":
        reminders.looked_at(entry, by=owner.user)
    elif what == "nagevraagd":
        reminders.confirm_for_owners(entry, by=None, note="Gebeld.")
    elif what == "gestopt":
        reminders.stop(entry, lessons="", by=owner.user)
    elif what == "verder":
        reminders.restart(entry, by=owner.user)
    elif what == "weg":
        forget(owner.user)
    elif what == "nieuw":
        make_owner(entry, f"nieuw-{entry.pk}@voorbeeld.nl")
    elif what in ("wil niet", "wil weer"):
        reminders.ask_yearly(owner, wants=what == "wil weer")
    else:
        decide(entry, Status(what), by=None, reason="Daarom.")


@pytest.mark.once
def test_four_years_day_by_day_the_mark_is_silence_and_nothing_else(monkeypatch, settings):
    """Each life from its publication on: marked exactly from a month after the first question without an answer."""
    settings.REMIND_AFTER_DAYS, settings.UNCONFIRMED_AFTER_DAYS = 36, 3
    start = timezone.localdate()
    entries = {}
    for name in LIVES:
        entries[name] = factories.initiative(name, published_at=timezone.now())
        factories.owner(entries[name])
    silent_since = dict.fromkeys(LIVES)
    today = {"day": start}
    monkeypatch.setattr("registry.community.reminders.timezone.localdate", lambda value=None: today["day"])
    quiet = settings.UNCONFIRMED_AFTER_DAYS
    for number in range(1, 4 * 36):
        day = today["day"] = start + timedelta(days=number)
        asked = {entry.pk for entry in reminders.send(limit=99, day=day)}
        for name, entry in entries.items():
            if entry.pk in asked:
                silent_since[name] = silent_since[name] or day
            if what := LIVES[name].get(number):
                live(Initiative.objects.get(pk=entry.pk), what, day)
                silent_since[name] = None
        marked = set(Initiative.objects.unconfirmed(day).values_list("name", flat=True))
        assert marked == {
            name for name, since in silent_since.items() if since and (day - since).days > quiet
        }, number
        for entry in Initiative.objects.all():
            assert entry.is_unconfirmed == (entry.name in marked)
        in_round = Initiative.objects.in_yearly_round()
        assert not set(reminders.due(day)) - set(in_round)
        assert marked <= set(in_round.values_list("name", flat=True))
    assert marked >= {"zwijgt", "antwoordt laat", "nagevraagd"}
    assert not marked & {"stopt", "verliest de eigenaar", "wil de vraag niet"}
