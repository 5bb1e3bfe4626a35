"""What the line does to a letter, and what happens where nothing can be written down."""

from contextlib import suppress
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP
from django.db import OperationalError

from registry.mail import delivery
from registry.models import Delivery
from tests.mail import MailServer, OddServer, pass_time
from tests.registry.mail.test_delivery import post, state

pytestmark = [pytest.mark.django_db, pytest.mark.once]
State = Delivery.State


@pytest.mark.parametrize(
    "said",
    [
        "554 5.7.1 <lezer@voorbeeld.nl>: Relay access denied",
        "550 5.7.1 Relaying denied",
        "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
        "550 relay not permitted",
        "553 sorry, that domain isn't in my list of allowed rcpthosts",
        "530 5.7.0 Must issue a STARTTLS command first",
        "454 4.7.0 TLS not available",
    ],
)
def test_a_server_that_passes_nothing_on_for_us_refuses_no_letter(said, serve):
    server = serve(OddServer(says={"": said}))
    made = [post(f"lezer{number}@voorbeeld.nl") for number in range(5)]
    for _round in range(3):
        assert delivery.run() is False
        pass_time(timedelta(minutes=1))
    assert set(Delivery.objects.values_list("state", "tries")) == {(State.WAITS, 0)}
    server.says = {}
    delivery.run()
    assert {state(letter) for letter in made} == {State.TAKEN}


def test_a_sender_that_is_refused_for_one_letter_stops_no_others(serve, settings):
    """As by what a server counts or looks for in the return path of that one."""
    settings.BOUNCE_ADDRESS = "terug@voorbeeld.nl"
    letter, *others = post(), *(post(f"ander{number}@voorbeeld.nl") for number in range(3))
    path = delivery.envelope(Delivery.objects.get(pk=letter.pk).token)
    serve(OddServer(says={f"sender:{path}": "451 4.7.1 Not this one"}))
    delivery.run()
    assert [state(other) for other in others] == [State.TAKEN] * 3
    tries = []
    for _day in range(60):
        pass_time(timedelta(hours=3, minutes=1))
        post("ander@voorbeeld.nl")
        delivery.run()
        tries.append(Delivery.objects.get(pk=letter.pk).tries)
    assert tries[:3] == [1, 2, 3]
    assert state(letter) == State.GIVEN_UP


def test_who_says_no_and_hangs_up_said_no(serve):
    class Abrupt(OddServer):
        async def handle_RSET(self, server, session, envelope):
            server.transport.abort()
            return "250 OK"

    serve(Abrupt(says={"weg": "550 5.1.1 Unknown"}, at_end={"lezer": "554 5.7.1 Spam"}))
    refused = [post(), post("weg@voorbeeld.nl"), post("lezer2@voorbeeld.nl")]
    others = [post("ander@voorbeeld.nl"), post("meer@voorbeeld.nl")]
    assert delivery.run() is True
    assert {state(letter) for letter in refused} == {State.REFUSED}
    # And the next ones pay nothing for it.
    for other in others:
        assert (state(other), Delivery.objects.get(pk=other.pk).tries) == (State.TAKEN, 1)


class NoText(SMTP):
    """Says no to one reader only when the text is to come."""

    async def smtp_DATA(self, arg):
        if self.envelope.rcpt_tos == ["weg@voorbeeld.nl"]:
            await self.push("554 5.7.1 Not this one")
        else:
            await super().smtp_DATA(arg)


def test_what_is_refused_before_its_text_leaves_the_line_to_the_next(serve):
    server = serve(OddServer(), NoText)
    refused, *others = (post(f"{name}@voorbeeld.nl") for name in ("weg", "ander", "meer"))
    assert delivery.run() is True
    assert [state(letter) for letter in (refused, *others)] == [State.REFUSED, State.TAKEN, State.TAKEN]
    assert {Delivery.objects.get(pk=other.pk).tries for other in others} == {1}
    assert server.connections == 1


@pytest.mark.parametrize("waiting", [1, 5])
def test_a_line_that_breaks_on_every_letter_counts_for_none(waiting, serve):
    server = serve(OddServer(says={"": "drop"}))
    made = [post(f"lezer{number}@voorbeeld.nl") for number in range(waiting)]
    for _round in range(3):
        assert delivery.run() is False
        pass_time(timedelta(hours=4))
    assert set(Delivery.objects.values_list("state", "tries")) == {(State.WAITS, 0)}
    server.says = {}
    assert delivery.run() is True
    assert {state(letter) for letter in made} == {State.TAKEN}


@pytest.mark.parametrize("waiting", [1, 5])
def test_what_was_given_over_without_an_answer_goes_again_ever_slower(waiting, serve):
    """A server that takes each letter and answers too late: a reader gets few copies, not one each round."""
    server = serve(OddServer(at_end={"": "taken, then drop"}))
    made = [post(f"lezer{number}@voorbeeld.nl") for number in range(waiting)]
    for _minute in range(8 * 60):
        delivery.run()
        pass_time(timedelta(minutes=1))
    readers = [to for to, _content in server.taken]
    assert all(1 <= readers.count((letter.to[0],)) <= 9 for letter in made)
    assert {state(letter) for letter in made} == {State.WAITS}


def disk_is_full(*args, **kwargs):
    raise OperationalError("database or disk is full")


def test_where_nothing_can_be_written_nothing_leaves(serve, monkeypatch):
    server = serve(MailServer())
    post()
    monkeypatch.setattr(delivery, "_begin", disk_is_full)
    for _round in range(3):
        with pytest.raises(OperationalError):
            delivery.run()
    assert not server.taken
    monkeypatch.undo()
    delivery.run()
    assert len(server.taken) == 1


def test_a_letter_of_which_the_end_is_not_written_down_goes_again_ever_slower(serve, monkeypatch):
    """Not each round of a night: a reader would find thousands."""
    server = serve(MailServer())
    made = [post(), post("ander@voorbeeld.nl")]
    monkeypatch.setattr(delivery, "_record", disk_is_full)
    for _round in range(8 * 60):
        with suppress(OperationalError):
            delivery.run()
        pass_time(timedelta(minutes=1))
    readers = [to for to, _content in server.taken]
    assert {to: readers.count(to) <= 9 for to in readers} == {(letter.to[0],): True for letter in made}
