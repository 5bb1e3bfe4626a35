"""Each letter of the list, provoked by its real act, delivered by a real mail server, and read."""

import re
from email import message_from_bytes, policy

import pytest
from django.test import Client
from post_office.models import Email

from registry.mail.wording.kinds import KINDS, Pace
from tests.mail import MailServer, deliver
from tests.registry.mail.acts_between import ACTS

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PLACES = {
    "adres": r"https?://\S+",
    "code": r"^[A-Z0-9]{3,4}[ -]?[A-Z0-9]{3,4}$",
    "stop": r"https?://\S+/stoppen/\S+/",
}
LIVE = re.compile(r"evil\.example|://evil", re.IGNORECASE)


def test_each_letter_has_its_act():
    assert set(ACTS) == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_a_letter_comes_when_it_should_and_does_its_work(name, serve, settings):
    settings.CONTACT_EMAIL = "samenbuurten@flevoland.example"
    kind, server = KINDS[name], serve(MailServer())
    ACTS[name]()
    queued = Email.objects.filter(delivery__kind=name)
    assert queued, [email.subject for email in Email.objects.all()]
    number = queued.count()
    messages = {email.pk: email.subject for email in queued}
    deliver()
    arrived = [message_from_bytes(content, policy=policy.default) for _to, content in server.taken]
    mine = [message for message in arrived if message["Subject"] in messages.values()]
    assert len(mine) >= number
    for message in mine:
        read_as_its_reader(kind, message)


def read_as_its_reader(kind, message):
    text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    html = message.get_body(("html",)).get_content()
    assert "{{" not in text + html
    for group in kind.needed:
        patterns = [PLACES[blank.name] for blank in group if blank.name in PLACES]
        assert not patterns or any(re.search(one, text, re.MULTILINE) for one in patterns), (group, text)
    # What a stranger wrote is told as theirs, and is no link in either.
    assert LIVE.search(f"{message['Subject']} {text} {html}") is None
    for line in text.splitlines():
        assert "evil[.]example" not in line or line.startswith("> ") or "‘" in text, line
    assert str(kind.reader.value) in " ".join(text.split())
    assert message["Reply-To"]
    assert bool(message["List-Unsubscribe"]) == (kind.pace is Pace.DIGEST)
    assert (message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click") == (kind.pace is Pace.DIGEST)
    # What we hand out ourselves answers; opening it changes nothing.
    for link in set(re.findall(r"http://127\.0\.0\.1:8000(/\S*?)[.,]?$", text, re.MULTILINE)):
        assert Client().get(link, follow=True).status_code in (200, 403, 410), link
