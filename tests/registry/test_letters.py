"""Mail leaves through a real SMTP server, also one that fails now and then."""

import json
from collections import Counter
from email import message_from_bytes

import pytest
from post_office.models import STATUS, Email, EmailTemplate

from registry import letters
from samenbuurten.mail import is_allowed
from tests.mail import MailServer, deliver

pytestmark = pytest.mark.django_db


def test_a_letter_arrives_as_text_and_html(serve):
    server = serve(MailServer())
    letters.send(
        "bericht-aan-initiatief",
        "aan@voorbeeld.nl",
        reply_to="van@voorbeeld.nl",
        initiatief="Café <Ons>",
        naam="Jan",
        bericht="Dag & hallo",
        adres="http://x/",
    )
    deliver()
    [(to, content)] = server.taken
    assert to == ("aan@voorbeeld.nl",)
    message = message_from_bytes(content)
    assert message["Reply-To"] == "van@voorbeeld.nl"
    text, html = (part.get_payload(decode=True).decode() for part in message.get_payload())
    assert "Dag & hallo" in text
    assert "Dag &amp; hallo" in html
    assert "Café &lt;Ons&gt;" in html


def test_a_server_that_fails_now_and_then_loses_nothing_and_doubles_nothing(serve):
    server = serve(MailServer(refuse=lambda number: number % 3 == 0))
    for number in range(40):
        letters.post(letters.Letter(f"Brief {number}", "Dag"), f"lezer{number}@voorbeeld.nl")
    deliver(rounds=6)
    assert Counter(to for to, _content in server.taken) == {
        (f"lezer{number}@voorbeeld.nl",): 1 for number in range(40)
    }
    assert set(Email.objects.values_list("status", flat=True)) == {STATUS.sent}
    assert server.seen > 40


def test_a_site_that_is_not_the_real_one_writes_to_the_list_only(serve, settings):
    server = serve(MailServer())
    settings.MAIL_TO_EVERYONE = False
    settings.MAIL_ALLOW_LIST = ["@flevoland.example", "tester@voorbeeld.nl"]
    for address in ("iemand@voorbeeld.nl", "tester@voorbeeld.nl", "wie@flevoland.example"):
        letters.post(letters.Letter("Proef", "Dag"), address)
    deliver(rounds=2)
    assert sorted(to for to, _content in server.taken) == [
        ("tester@voorbeeld.nl",),
        ("wie@flevoland.example",),
    ]
    assert not is_allowed("tester@voorbeeld.nl.evil.example")
    assert is_allowed("Wie <WIE@flevoland.example>")


def test_what_a_visitor_types_is_never_run_as_a_template():
    letter = letters.write(
        "bericht-aan-initiatief", naam="{{ site }}", bericht="{% load x %}", initiatief="I"
    )
    assert "{{ site }} heeft u" in letter.text
    assert "{% load x %}" in letters.post(letter, "aan@voorbeeld.nl").message


def test_texts_of_staff_stay_when_the_site_is_updated():
    EmailTemplate.objects.filter(name="uitnodiging").update(subject="Van ons")
    letters.install()
    assert letters.write("uitnodiging").subject == "Van ons"


@pytest.mark.parametrize("name", sorted(json.loads(letters.FIRST_TEXTS.read_text())))
def test_every_first_text_can_be_filled_in(name):
    template = EmailTemplate.objects.get(name=name)
    assert letters.mistake_in(template.subject, template.content) == ""
    assert letters.write(name, rijen=[], regels=[]).text


def test_a_broken_text_is_told():
    assert letters.mistake_in("Goed", "{% if %}") != ""
