"""What stands above every letter, and how its words and its reader go on the wire."""

from email import message_from_bytes, policy

import pytest
from post_office.models import Email

from registry.mail import letters
from registry.models import Delivery, MailTrouble
from samenbuurten.mail import ehlo_name
from tests import factories
from tests.mail import OddServer, deliver

pytestmark = pytest.mark.django_db
State = Delivery.State


def post(*, name="", **given):
    return letters.post(letters.Letter("Dag", "Hallo", name), "lezer@voorbeeld.nl", **given)


def state(email):
    return Delivery.objects.get(pk=email.pk).state


def said(email):
    return Delivery.objects.get(pk=email.pk).said


def sent(server):
    return message_from_bytes(server.taken[-1][1], policy=policy.default)


def test_what_stands_above_every_letter(serve, settings):
    settings.SITE_URL = "https://buurten.flevoland.example"
    settings.DEFAULT_FROM_EMAIL = "noreply@flevoland.example"
    settings.MAIL_FROM_NAME = "Samen Buurten, één provincie"
    settings.BOUNCE_ADDRESS = "terug@flevoland.example"
    server = serve(OddServer())
    letter = post(name="bericht-aan-initiatief", reply_to="vraag@voorbeeld.nl")
    deliver()
    message = sent(server)
    [sender] = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (
        "Samen Buurten, één provincie",
        "noreply@flevoland.example",
    )
    assert message["Message-ID"].endswith("@buurten.flevoland.example>")
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert message["Date"].datetime
    assert message["Precedence"] is None
    assert message["Reply-To"] == "vraag@voorbeeld.nl"
    assert server.greeted == ["buurten.flevoland.example"]
    assert server.senders == [f"terug+{letter.delivery.token}@flevoland.example"]
    post(name="nieuw-voor-u")
    deliver()
    assert sent(server)["Precedence"] == "bulk"
    assert server.senders[0] != server.senders[1]


@pytest.mark.parametrize(
    ("site", "name"), [("http://127.0.0.1:8000", "[127.0.0.1]"), ("http://[::1]:8", "[IPv6:::1]")]
)
def test_a_site_without_a_name_greets_by_its_number(site, name, settings):
    settings.SITE_URL = site
    assert ehlo_name() == name


def test_any_text_is_ascii_on_short_lines_and_arrives_whole(serve):
    server = serve(OddServer())
    text = (
        "Café ☕ \u0645\u0631\u062d\u0628\u0627\n"
        + "lang " * 400
        + "\n"
        + "x" * 1500
        + "\n.\nFrom hier\n\ttab é"
    )
    letters.post(letters.Letter("Eén café 🎉 " + "lang " * 30, text), "lezer@voorbeeld.nl")
    deliver()
    raw = server.taken[0][1]
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    arrived = sent(server).get_body(("plain",)).get_content()
    assert arrived.replace("\r\n", "\n").strip() == Email.objects.get().message.strip()
    assert arrived.split()[: len(text.split())] == text.split()
    assert sent(server)["Subject"].strip().startswith("Eén café 🎉 lang")
    assert server.options == [[option] for [option] in server.options if option.startswith("SIZE=")]


def post_beyond_ascii():
    letter = post()
    Email.objects.filter(pk=letter.pk).update(to=["jörg@voorbeeld.nl"])
    return letter


def test_an_address_beyond_ascii_gets_its_letter_where_the_server_can(serve):
    server = serve(OddServer(), enable_SMTPUTF8=True)
    letter = post_beyond_ascii()
    deliver()
    assert (state(letter), server.asked) == (State.TAKEN, ["jörg@voorbeeld.nl"])
    assert "SMTPUTF8" in server.options[0]
    assert b"To: j\xc3\xb6rg@voorbeeld.nl\r\n" in server.taken[0][1]
    assert sent(server).get_body(("plain",)).get_content().startswith("Hallo")
    assert sent(server)["Auto-Submitted"] == "auto-generated"


def test_and_elsewhere_says_why_not(serve):
    factories.person("jörg@voorbeeld.nl")
    serve(OddServer(), enable_SMTPUTF8=False)
    letter = post_beyond_ascii()
    deliver()
    assert state(letter) == State.REFUSED
    assert said(letter) == "553 5.6.7 The mail server of this site takes no address beyond ASCII"
    assert not MailTrouble.objects.exists()
