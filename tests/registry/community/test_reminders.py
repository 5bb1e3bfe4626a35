import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from registry.community import reminders
from registry.models import Initiative, Role, Status
from registry.moderation.decisions import decide
from registry.ownership import leave, make_owner
from registry.proposals.proposals import edit
from tests import factories
from tests.reading import read_proposal

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = date(2027, 6, 1)


def entry(*, ago=400, owned=True, **fields):
    published_at = timezone.make_aware(timezone.datetime(2027, 6, 1, 12)) - timedelta(days=ago)
    made = factories.initiative(**{"published_at": published_at} | fields)
    if owned:
        make_owner(made, f"{made.slug}@voorbeeld.nl")
    return made


def test_only_what_is_old_public_owned_and_unasked_is_due():
    old = entry()
    entry(ago=300)
    entry(owned=False)
    entry(status=Status.WITHDRAWN)
    entry(activity=Initiative.Activity.STOPPED)
    entry(is_sample=True)
    entry(confirmed_on=TODAY - timedelta(days=10))
    entry(reminded_on=TODAY - timedelta(days=10))
    again = entry(confirmed_on=TODAY - timedelta(days=365), reminded_on=TODAY - timedelta(days=380))
    assert list(reminders.due(TODAY)) == [old, again]


def test_asking_twice_asks_once_and_the_limit_holds():
    for _number in range(3):
        entry()
    assert len(reminders.send(limit=2, day=TODAY)) == 2
    assert len(reminders.send(limit=2, day=TODAY)) == 1
    assert reminders.send(limit=2, day=TODAY) == []
    assert Email.objects.count() == 3


def test_asking_and_confirming_do_not_touch_changed_at_or_history():
    initiative = entry()
    before = (Initiative.objects.get().changed_at, initiative.history.count())
    reminders.send(limit=5, day=TODAY)
    reminders.confirm(initiative, by=initiative.ownerships.get().user)
    after = Initiative.objects.get()
    assert (after.changed_at, initiative.history.count()) == before
    assert after.confirmed_on == timezone.localdate()
    assert initiative.decisions.get().reason == "Klopt nog"


def test_a_month_of_silence_is_shown():
    today = timezone.localdate()
    for days, is_shown in ((31, True), (30, False)):
        asked = entry(asked_since=today - timedelta(days=days))
        assert asked.is_unconfirmed == is_shown
        assert Initiative.objects.unconfirmed().filter(pk=asked.pk).exists() == is_shown
    assert not Initiative().is_unconfirmed


def test_stopping_keeps_the_page_and_what_was_learnt_waits_for_staff():
    initiative = entry()
    reminders.stop(initiative, lessons=" Begin klein ", by=None)
    after = Initiative.objects.published().get()
    assert (after.activity, after.lessons, after.ends_on) == ("gestopt", "", timezone.localdate())
    assert [(change.field, change.new) for change in initiative.proposals.get().changes.all()] == [
        ("lessons", "Begin klein")
    ]


def test_stopping_before_it_is_public_asks_nobody():
    initiative = entry(status=Status.SUBMITTED)
    reminders.stop(initiative, lessons="Begin klein", by=None)
    assert Initiative.objects.get().lessons == "Begin klein"
    assert not initiative.proposals.exists()


def test_stopping_leaves_what_a_colleague_decided_meanwhile():
    initiative = entry(status=Status.SUBMITTED)
    decide(Initiative.objects.get(), Status.PUBLISHED, by=None)
    reminders.stop(initiative, lessons="", by=None)
    assert Initiative.objects.get().status == Status.PUBLISHED


# One owner says that it exists no more


@pytest.fixture
def kept():
    made = factories.initiative("Tuin", reminded_on=timezone.localdate())
    people = [factories.owner(made, f"{name}@voorbeeld.nl") for name in ("een", "twee", "drie")]
    return made, *people


def activity():
    return Initiative.objects.get().activity


def told():
    return {letter.to[0]: letter for letter in Email.objects.order_by("pk")}


def link_to(email):
    return re.search(r"(/bevestigen/[\w-]+/)", told()[email].message)[1]


def test_the_others_are_asked_before_the_page_stops(kept, client):
    made, one, *_others = kept
    reminders.send(limit=1, day=timezone.localdate() + timedelta(days=366))
    Initiative.objects.update(reminded_on=None, published_at=timezone.now() - timedelta(days=400))
    reminders.send(limit=1)
    page = client.post(link_to(one.email), {"antwoord": "gestopt"})
    assert "niet alleen" in page.text
    assert activity() == ""
    assert {"twee@voorbeeld.nl", "drie@voorbeeld.nl"} == {
        email for email, letter in told().items() if letter.subject == "Bestaat Tuin nog?"
    }
    asked = Email.objects.count()
    assert not reminders.stop(made, lessons="", by=one)
    assert Email.objects.count() == asked


@pytest.mark.parametrize(("answer", "is_stopped"), [("gestopt", True), ("klopt", False)])
def test_the_second_decides_and_the_first_hears_of_it(kept, client, answer, is_stopped):
    made, one, two, three = kept
    reminders.stop(made, lessons="", by=one)
    address = link_to(two.email)
    assert "Iemand zegt dat dit initiatief niet meer bestaat" in client.get(address).text
    Email.objects.all().delete()
    client.post(address, {"antwoord": answer})
    assert (activity() == "gestopt") is is_stopped
    assert set(told()) == {one.email, three.email}
    assert Initiative.objects.get().confirmed_on == timezone.localdate()
    assert reminders.stop_asked(made) is None
    client.post(f"/mijn/{made.slug}/", {})
    assert reminders.stop_silent() == 0


def test_a_yes_before_does_not_make_the_other_silent(kept, client):
    """Another said that it is still true: the page does not stop at once, and that owner is asked."""
    made, one, two, _three = kept
    reminders.confirm(made, by=two)
    assert not reminders.stop(made, lessons="", by=one)
    assert activity() == ""
    assert two.email in told()


def test_silence_stops_it_after_a_while(kept, settings):
    made, one, *_others = kept
    reminders.stop(made, lessons="Begin klein", by=one)
    assert reminders.stop_silent() == 0
    made.proposals.update(proposed_at=timezone.now() - timedelta(days=settings.STOP_AFTER_DAYS, minutes=1))
    Email.objects.all().delete()
    assert [reminders.stop_silent(), reminders.stop_silent()] == [1, 0]
    after = Initiative.objects.get()
    assert (after.activity, after.ends_on) == ("gestopt", timezone.localdate())
    assert set(told()) == {f"{name}@voorbeeld.nl" for name in ("een", "twee", "drie")}
    assert made.proposals.open().get().changes.get().new == "Begin klein"


def test_what_staff_propose_is_not_carried_out_by_silence(kept):
    made, *_people = kept
    Initiative.objects.update(run_by="inwoners")
    edit(made, {"activity": "gestopt"}, by=factories.person(role=Role.EDITOR))
    made.proposals.update(proposed_at=timezone.now() - timedelta(days=400))
    assert reminders.stop_silent() == 0
    assert activity() == ""


def test_who_asked_can_take_it_back_and_not_say_yes_to_it_alone(kept, client):
    made, one, *_others = kept
    client.force_login(one)
    page = f"/mijn/{made.slug}/"
    assert "vragen het de andere eigenaren" in client.post(page, {"doe": "gestopt"}, follow=True).text
    proposal = made.proposals.get()
    given = {"doe": "voorstel", "nummer": proposal.pk, "veld": ["activity", "ends_on"]} | read_proposal(
        proposal
    )
    assert "Een andere eigenaar beslist hierover" in client.post(page, given, follow=True).text
    assert 'value="voorstel"' not in client.get(page).text
    client.post(page, {"doe": "klopt"})
    assert (activity(), reminders.stop_asked(made)) == ("", None)


def test_who_is_left_alone_stops_it_alone(kept):
    made, one, two, three = kept
    reminders.stop(made, lessons="", by=one)
    for gone in (two, three):
        leave(made, gone)
    assert reminders.stop(made, lessons="", by=one)
    assert activity() == "gestopt"


def test_silence_is_told_in_words_that_are_true_for_who_was_silent_too(kept, settings):
    made, one, *_others = kept
    reminders.stop(made, lessons="", by=one)
    made.proposals.update(proposed_at=timezone.now() - timedelta(days=settings.STOP_AFTER_DAYS, minutes=1))
    Email.objects.all().delete()
    reminders.stop_silent()
    for letter in told().values():
        assert "De andere eigenaren" not in letter.message
        assert "dat het initiatief is gestopt" in " ".join(letter.message.split())
        assert "\n> " not in letter.message  # our own words are not quoted


def test_who_answers_after_it_stopped_reads_how_it_is(kept, client, settings):
    made, one, two, _three = kept
    reminders.stop(made, lessons="", by=one)
    address = link_to(two.email)
    made.proposals.update(proposed_at=timezone.now() - timedelta(days=settings.STOP_AFTER_DAYS, minutes=1))
    reminders.stop_silent()
    assert "Gaat het toch door? Kies ‘Wij gaan weer verder’" in client.get(address).text
    page = client.post(address, {"antwoord": "klopt"}).text
    assert "zegt nu dat het initiatief is gestopt" in page
    assert "Over een jaar" not in page


def test_a_change_in_place_of_the_question_ends_it_for_all_who_were_asked(kept):
    """Who heard of a day on which the page would say so hears that it will not."""
    made, one, *_others = kept
    Initiative.objects.update(run_by="inwoners")
    reminders.stop(made, lessons="", by=one)
    Email.objects.all().delete()
    edit(made, {"activity": "gepauzeerd"}, by=factories.person(role=Role.EDITOR))
    assert made.proposals.open().get().changes.get().new == "gepauzeerd"
    replaced = Email.objects.filter(message__contains="Vervangen door een nieuwer voorstel")
    assert {letter.to[0] for letter in replaced} == {
        f"{name}@voorbeeld.nl" for name in ("een", "twee", "drie")
    }
    assert reminders.stop_asked(made) is None
