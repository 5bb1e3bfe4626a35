"""What staff see of letters that did not arrive, and what they can do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email

from registry import worklist
from registry.mail import letters
from registry.models import Delivery, MailTrouble, Role
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/beheer/post_office/email/"
State = Delivery.State


@pytest.fixture
def editor(client):
    person = factories.person(role=Role.EDITOR)
    client.force_login(person)
    return person


def made(state=State.WAITS, *, minutes=0, to="lezer@voorbeeld.nl", name=""):
    email = letters.post(letters.Letter("Dag", "Hallo", name), to)
    over = state != State.WAITS
    Email.objects.filter(pk=email.pk).update(
        created=timezone.now() - timedelta(minutes=minutes), status=STATUS.failed if over else STATUS.queued
    )
    Delivery.objects.filter(pk=email.pk).update(state=state, said="550 5.1.1 Nee" if over else "")
    return email


def listed(client, stand):
    return {email.pk for email in client.get(LIST, {"stand": stand}).context["cl"].result_list}


def waiting(person):
    return {str(item.label): item for item in worklist.for_user(person).items}


@pytest.mark.parametrize("state", State)
def test_sent_is_said_of_nothing_that_did_not_leave(state, client, editor):
    email = made(state)
    row = client.get(LIST).text.partition('id="result_list"')[2].partition("</table>")[0]
    page = client.get(f"{LIST}{email.pk}/change/").text.partition('id="content-main"')[2]
    for text in (row, page):
        assert (("verzonden" in text) or ("verstuurd" in text)) == (state == State.TAKEN)
        assert str(State(state).label) in text
    assert listed(client, state.value) == {email.pk}


def test_what_never_left_and_what_waits_too_long_stand_on_the_worklist(client, editor):
    failed = {made(state).pk for state in Delivery.FAILED}
    stuck = {made(minutes=16, name="inlogcode").pk, made(minutes=61).pk}
    for state in (State.TAKEN, State.HELD_BACK, State.BOUNCED):
        made(state, minutes=100)
    made(minutes=14, name="inlogcode")
    made(minutes=59)
    found = waiting(editor)
    for label, stand, keys in [
        ("e-mails die nooit weggingen", "mislukt", failed),
        ("e-mails die te lang wachten", "vast", stuck),
    ]:
        item = found[label]
        assert (item.count, item.is_urgent, item.query) == (len(keys), True, {"stand": stand})
        assert listed(client, stand) == keys
    home = client.get(reverse("admin:index")).text
    assert f'href="{LIST}?stand=mislukt"' in home


def act(client, name, *emails):
    return client.post(LIST, {"action": name, "_selected_action": [one.pk for one in emails]}, follow=True)


def test_what_was_looked_at_goes_from_the_worklist_and_stays_in_the_list(client, editor):
    email = made(State.REFUSED)
    assert "Van de lijst: 1." in act(client, "take_off_list", email).text
    assert waiting(editor)["e-mails die nooit weggingen"].count == 0
    assert listed(client, "geweigerd") == {email.pk}


def test_what_waits_can_go_now_and_of_the_rest_is_said_why_not(client, editor):
    stuck, over = made(minutes=100), made(State.REFUSED)
    Email.objects.filter(pk=stuck.pk).update(scheduled_time=timezone.now() + timedelta(hours=3))
    said = act(client, "try_now", stuck, over).text
    assert "Deze gaan nu opnieuw: 1." in said
    assert "Deze kunnen niet opnieuw: 1." in said
    stuck.refresh_from_db()
    over.refresh_from_db()
    assert (stuck.scheduled_time, over.status) == (None, STATUS.failed)


@pytest.mark.parametrize("role", [Role.MUNICIPALITY_EDITOR, Role.RESEARCHER])
def test_others_see_none_of_it(role, client):
    person = factories.person(role=role, municipality=factories.municipality())
    client.force_login(person)
    MailTrouble.objects.create(
        address="x@voorbeeld.nl", since=timezone.now(), last_at=timezone.now(), is_dead=True
    )
    assert client.get(reverse("admin:registry_mailtrouble_changelist")).status_code == 403
    assert not {label for label in waiting(person) if label.startswith("e-mail")}


def test_staff_who_know_better_take_a_mark_off(client, editor):
    now = timezone.now()
    trouble = MailTrouble.objects.create(address="x@voorbeeld.nl", since=now, last_at=now, is_dead=True)
    soft = MailTrouble.objects.create(address="y@voorbeeld.nl", since=now, last_at=now)
    assert waiting(editor)["e-mailadres waar e-mail niet aankomt"].count == 1
    client.post(reverse("admin:registry_mailtrouble_delete", args=[trouble.pk]), {"post": "yes"})
    assert list(MailTrouble.objects.all()) == [soft]


def test_the_list_of_marks_asks_as_often_for_three_as_for_one(client, editor, django_assert_num_queries):
    now, page = timezone.now(), reverse("admin:registry_mailtrouble_changelist")
    for number in range(3):
        owner = factories.owner(factories.initiative(), f"e{number}@voorbeeld.nl")
        MailTrouble.objects.create(address=owner.email, since=now, last_at=now, is_dead=True)
        client.get(page)
        with django_assert_num_queries(11):
            client.get(page)
