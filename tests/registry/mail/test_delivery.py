"""What becomes of each letter, on a real SMTP server that says no, not now, or nothing."""

import asyncio
import logging
import threading
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone
from post_office.models import PRIORITY, STATUS, Email

from registry.mail import delivery, letters
from registry.models import Delivery
from tests import factories
from tests.mail import MailServer, OddServer, deliver, nobody_gets_in, pass_time, waits

pytestmark = pytest.mark.django_db
State = Delivery.State


def post(to="lezer@voorbeeld.nl", *, name="", until=None, **given):
    return letters.post(letters.Letter("Dag", "Hallo", name, until), to, **given)


def state(email):
    return Delivery.objects.get(pk=email.pk).state


def said(email):
    return Delivery.objects.get(pk=email.pk).said


def test_a_code_goes_before_all_digests_also_one_that_comes_while_they_leave(serve):
    server = serve(MailServer())
    for number in range(20):
        post(f"volger{number}@voorbeeld.nl", name="nieuw-voor-u")
    post("gewoon@voorbeeld.nl")
    post("code@voorbeeld.nl", name="inlogcode")
    kept = post("later@voorbeeld.nl", name="inlogcode")
    Email.objects.filter(pk=kept.pk).update(status=STATUS.sent)
    taken, original = [], delivery._record

    def record(email, *args, **kwargs):
        taken.append(email.to[0])
        if len(taken) == 5:
            Email.objects.filter(pk=kept.pk).update(status=STATUS.queued)
        return original(email, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "_record", record)
        delivery.run()
    assert [to[0].split("@")[0] for to, _content in server.taken[:2]] == ["code", "gewoon"]
    assert [to[0] for to, _content in server.taken].index("later@voorbeeld.nl") == 5
    assert len(server.taken) == 23


def test_letters_of_accounts_go_at_once(serve, client, settings):
    settings.EMAIL_BACKEND = "post_office.EmailBackend"
    factories.person("eigenaar@voorbeeld.nl")
    client.post("/account/login/code/", {"email": "eigenaar@voorbeeld.nl"})
    assert Email.objects.get().priority == PRIORITY.high
    assert Delivery.objects.get().state == State.WAITS


@pytest.mark.once
@pytest.mark.parametrize("code", ["450 4.2.0 Greylisted", "451 4.3.0 Later", "452 4.2.2 Full"])
@pytest.mark.parametrize("when", ["says", "at_end"])
def test_not_now_is_asked_again_within_a_minute_and_then_ever_slower_for_days(code, when, serve):
    server = serve(OddServer(**{when: {"lezer": code}}))
    letter, other = post(), post("ander@voorbeeld.nl")
    waited = []
    while True:
        delivery.run()
        letter.refresh_from_db()
        if letter.status == STATUS.failed:
            break
        assert (state(letter), letter.message.split()[0]) == (State.WAITS, "Hallo")
        waited.append(waits(letter))
        pass_time(timedelta(seconds=waited[-1] + 1))
    assert state(other) == State.TAKEN
    assert waited[:6] == [30, 120, 300, 900, 3600, 10800]
    assert set(waited[6:]) == {10800}
    assert 3.8 < sum(waited) / 86400 <= 4
    assert (state(letter), said(letter)) == (State.GIVEN_UP, code)
    assert len(server.taken) == 1


def test_it_goes_at_last_when_the_server_takes_it(serve):
    server = serve(OddServer(says={"lezer": "450 4.2.0 Greylisted"}))
    letter = post()
    delivery.run()
    server.says = {}
    delivery.run()
    assert server.taken == []
    pass_time(timedelta(seconds=31))
    delivery.run()
    assert (state(letter), len(server.taken), said(letter)) == (State.TAKEN, 1, "")


@pytest.mark.parametrize("when", ["says", "at_end"])
def test_no_stops_at_once_and_the_next_one_goes(when, serve):
    server = serve(OddServer(**{when: {"weg": "550 5.1.1 <weg@voorbeeld.nl>: User weg unknown"}}))
    gone, other = post("weg@voorbeeld.nl"), post("ander@voorbeeld.nl")
    deliver(rounds=3)
    assert (state(gone), said(gone)) == (State.REFUSED, "550 5.1.1 … User … unknown")
    assert Delivery.objects.get(pk=gone.pk).tries == 1
    assert [to for to, _content in server.taken] == [("ander@voorbeeld.nl",)]
    assert state(other) == State.TAKEN
    letters.forget_delivered()
    gone.refresh_from_db()
    assert (gone.message, gone.html_message, gone.status) == ("", "", STATUS.failed)


def test_what_the_server_quotes_of_us_is_not_kept(serve, settings):
    settings.SITE_URL = "https://buurten.voorbeeld.nl"
    serve(
        OddServer(
            at_end={"lezer": "554 5.7.1 Blocked https://buurten.voorbeeld.nl/bevestigen/GEHEIM/ in text"}
        )
    )
    letter = post()
    deliver()
    assert said(letter) == "554 5.7.1 Blocked … in text"


def outage(settings):
    settings.EMAIL_PORT = 1


def no_login(settings):
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = "x"


@pytest.mark.parametrize("trouble", [outage, no_login])
def test_a_day_without_a_server_costs_no_letter_a_try(trouble, serve, settings, caplog):
    caplog.set_level(logging.WARNING)
    server = serve(
        MailServer(), auth_require_tls=False, authenticator=nobody_gets_in, auth_exclude_mechanism=["LOGIN"]
    )
    port = settings.EMAIL_PORT
    letter, other = post(name="inlogcode"), post("ander@voorbeeld.nl")
    trouble(settings)
    for _hour in range(24):
        assert delivery.run() is False
        pass_time(timedelta(hours=1))
    assert Delivery.objects.filter(tries=0, state=State.WAITS).count() == 2
    assert said(letter).startswith("De mailserver is niet bereikbaar (")
    assert "voorbeeld.nl" not in caplog.text
    assert Delivery.objects.stuck().count() == 2
    settings.EMAIL_PORT, settings.EMAIL_HOST_USER = port, ""
    assert delivery.run() is True
    assert [to for to, _content in server.taken] == [("lezer@voorbeeld.nl",), ("ander@voorbeeld.nl",)]
    assert state(other) == State.TAKEN


def test_a_server_that_refuses_the_sender_refuses_no_letter(serve):
    server = serve(OddServer(says={"sender:": "553 5.7.1 Sender not owned by user"}))
    letter = post()
    for _round in range(3):
        assert delivery.run() is False
        assert waits(letter) == 30
        pass_time(timedelta(minutes=1))
    assert (state(letter), Delivery.objects.get().tries) == (State.WAITS, 0)
    server.says = {}
    delivery.run()
    assert state(letter) == State.TAKEN


@pytest.mark.parametrize("answer", ["drop", "taken, then drop", "421 4.3.2 Closing"])
def test_a_letter_on_which_the_line_breaks_stops_no_others(answer, serve):
    """And goes again: nobody knows whether it arrived."""
    server = serve(OddServer(at_end={"lezer": answer}))
    letter, *others = post(), *(post(f"ander{number}@voorbeeld.nl") for number in range(3))
    delivery.run()
    assert [state(other) for other in others] == [State.TAKEN] * 3
    assert (state(letter), waits(letter)) == (State.WAITS, 30)
    assert "viel weg" in said(letter)
    server.at_end = {}
    deliver()
    assert state(letter) == State.TAKEN
    ids = {message_from_bytes(c)["Message-ID"] for to, c in server.taken if to == ("lezer@voorbeeld.nl",)}
    assert len(ids) == 1


def test_a_server_that_takes_a_few_letters_a_connection_gets_them_all_in_one_round(serve):
    class Short(OddServer):
        async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
            session.letters = getattr(session, "letters", 0) + 1
            if session.letters > 4:
                return "421 4.7.0 Too many letters in this connection"
            return await super().handle_RCPT(server, session, envelope, address, rcpt_options)

    server = serve(Short())
    for number in range(17):
        post(f"lezer{number}@voorbeeld.nl")
    assert delivery.run() is True
    assert len(server.taken) == 17
    assert set(Delivery.objects.values_list("state", "tries")) == {(State.TAKEN, 1)}


def test_a_server_that_hangs_keeps_nobody_for_long(serve, settings, monkeypatch):
    settings.EMAIL_TIMEOUT = 0.3
    monkeypatch.setattr("samenbuurten.mail.FILTERS", 0.3)

    class Hanging(OddServer):
        async def handle_DATA(self, server, session, envelope):
            if envelope.rcpt_tos[0].startswith("hang"):
                await asyncio.sleep(2)
            return await super().handle_DATA(server, session, envelope)

    server = serve(Hanging())
    hanging, other = post("hang@voorbeeld.nl"), post("ander@voorbeeld.nl")
    delivery.run()
    assert (state(hanging), state(other)) == (State.WAITS, State.TAKEN)
    assert "ander@voorbeeld.nl" in server.asked


def test_a_server_that_looks_long_at_a_letter_gets_it_once(serve, settings):
    """Longer than a connection may take: a filter for spam does."""
    settings.EMAIL_TIMEOUT = 0.4

    class Filtering(OddServer):
        async def handle_DATA(self, server, session, envelope):
            await asyncio.sleep(1.2)
            return await super().handle_DATA(server, session, envelope)

    server = serve(Filtering())
    letter = post()
    delivery.run()
    assert (state(letter), len(server.taken)) == (State.TAKEN, 1)


def test_a_machine_by_its_number_is_no_reader(serve):
    server = serve(OddServer())
    letter, other = post("a@[127.0.0.1]"), post("ander@voorbeeld.nl")
    delivery.run()
    assert (state(letter), state(other)) == (State.REFUSED, State.TAKEN)
    assert server.asked == ["ander@voorbeeld.nl"]


def test_a_letter_that_cannot_be_written_is_refused_by_itself(serve, caplog):
    server = serve(MailServer())
    odd, other = post(headers={"X-Odd": "een\nBcc: x@voorbeeld.nl"}), post("ander@voorbeeld.nl")
    deliver()
    assert (state(odd), state(other)) == (State.REFUSED, State.TAKEN)
    assert said(odd) == "Deze e-mail kan niet worden gemaakt (BadHeaderError)."
    assert [to for to, _content in server.taken] == [("ander@voorbeeld.nl",)]


@pytest.mark.parametrize("name", ["BOUNCE_ADDRESS", "DEFAULT_FROM_EMAIL"])
def test_a_setting_that_is_wrong_loses_nothing(name, serve, settings):
    server = serve(MailServer())
    letter, right = post(), getattr(settings, name)
    setattr(settings, name, "terug" if name == "BOUNCE_ADDRESS" else "")
    with pytest.raises(ImproperlyConfigured):
        delivery.run()
    setattr(settings, name, right)
    delivery.run()
    assert (state(letter), len(server.taken)) == (State.TAKEN, 1)


def test_a_code_that_works_no_more_is_not_sent(serve, settings):
    server = serve(MailServer())
    settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT
    letter = post(name="inlogcode", until=timezone.now() + timedelta(minutes=15))
    delivery.run()
    pass_time(timedelta(minutes=20))
    settings.EMAIL_PORT = port
    letters.deliver()
    letter.refresh_from_db()
    assert (state(letter), server.taken, letter.message) == (State.EXPIRED, [], "")


def test_what_a_site_may_not_send_is_not_said_to_be_sent(serve, settings):
    server = serve(MailServer())
    settings.MAIL_TO_EVERYONE = False
    letter = post()
    letters.deliver()
    letter.refresh_from_db()
    assert (state(letter), letter.status, letter.message) == (State.HELD_BACK, STATUS.failed, "")
    assert server.taken == []


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_nothing_twice(serve):
    server = serve(MailServer())
    for number in range(40):
        post(f"lezer{number}@voorbeeld.nl")

    def send():
        try:
            delivery.run()
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _number in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    delivery.run()
    assert sorted(to for to, _content in server.taken) == sorted(
        {(f"lezer{number}@voorbeeld.nl",) for number in range(40)}
    )


def test_a_process_that_is_killed_in_the_middle_loses_nothing(serve, monkeypatch):
    server = serve(MailServer())
    for number in range(3):
        post(f"lezer{number}@voorbeeld.nl")
    original = delivery._record

    def killed(email, *args, **kwargs):
        if email.to == ["lezer1@voorbeeld.nl"]:
            raise SystemExit
        return original(email, *args, **kwargs)

    monkeypatch.setattr(delivery, "_record", killed)
    with pytest.raises(SystemExit):
        delivery.run()
    monkeypatch.undo()
    deliver()
    assert {to for to, _content in server.taken} == {(f"lezer{number}@voorbeeld.nl",) for number in range(3)}
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.TAKEN}


def test_a_letter_that_came_in_past_all_doors_goes_too(serve):
    server = serve(MailServer())
    Email.objects.bulk_create(
        [Email(to=["los@voorbeeld.nl"], from_email="x@voorbeeld.nl", message="Dag", status=STATUS.queued)]
    )
    delivery.run()
    assert len(server.taken) == 1
