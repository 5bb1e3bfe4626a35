"""Reports as mail servers write them beside the standard, and a mailbox or a pipe that does not work along."""

import io
from base64 import encodebytes
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from registry.mail import bounces, letters, return_box
from registry.models import Delivery, MailTrouble
from tests import factories
from tests.imap import Mailbox
from tests.mail import MailServer, deliver

pytestmark = pytest.mark.django_db
OWNER = "eigenaar@voorbeeld.nl"
State = Delivery.State
FIELDS = f"""Reporting-MTA: dns; mx.voorbeeld.nl

Final-Recipient: rfc822; {OWNER}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 Unknown
"""
IN_BASE64 = "Content-Transfer-Encoding: base64\n\n" + encodebytes(FIELDS.encode()).decode()


@pytest.fixture(autouse=True)
def _return_path(settings):
    settings.BOUNCE_ADDRESS = "terug@buurten.voorbeeld.nl"


@pytest.fixture
def letter(serve):
    factories.owner(factories.initiative("Buurttuin"), OWNER)
    serve(MailServer())
    made = letters.post(letters.Letter("Dag", "Hallo"), OWNER)
    deliver()
    return Delivery.objects.get(pk=made.pk)


def report(
    letter, fields="\n" + FIELDS, *, kind="multipart/report; report-type=delivery-status", words="Weg."
):
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.voorbeeld.nl>
To: terug+{letter.token}@buurten.voorbeeld.nl
Auto-Submitted: auto-replied
Content-Type: {kind}; boundary=B

--B
Content-Type: text/plain

{words}
--B
Content-Type: message/delivery-status
{fields}
--B--
""".encode()


def with_fields(**changes):
    text = "\n" + FIELDS
    for name, value in changes.items():
        text = "\n".join(
            f"{name}: {value}" if line.startswith(f"{name}:") else line for line in text.split("\n")
        )
    return text


@pytest.mark.parametrize("fields", [with_fields(Action="Failed (user unknown)"), IN_BASE64])
def test_a_report_that_is_written_oddly_counts(fields, letter):
    assert bounces.take(report(letter, fields)) == bounces.RETURNED
    letter.refresh_from_db()
    assert (letter.state, MailTrouble.objects.get().is_dead) == (State.BOUNCED, True)


@pytest.mark.parametrize(
    "given",
    [
        {"fields": "\nniets te lezen\n"},
        {"kind": "multipart/mixed", "words": "550 5.1.1 User unknown"},
        {"words": "x\n" * (bounces.LARGEST // 2)},
    ],
)
def test_what_a_mail_server_says_and_we_cannot_read_is_kept_for_a_person(given, letter):
    """An automatic answer is thrown away; this is none."""
    assert bounces.take(report(letter, **given)) == bounces.UNKNOWN


def test_a_status_that_tells_nothing_gives_way_to_the_words(letter):
    """Exim says 5.0.0 of everything; a refusal of the words is none of the mailbox."""
    fields = with_fields(Status="5.0.0").replace("550 5.1.1 Unknown", "550 5.7.1 Spam")
    assert bounces.take(report(letter, fields)) == bounces.RETURNED
    assert not MailTrouble.objects.exists()


def test_where_mail_is_passed_on_to_is_not_kept(letter):
    fields = with_fields().replace(
        "550 5.1.1 Unknown", "550 5.1.1 <geheim.adres@elders.nl>: geheim.adres is weg"
    )
    bounces.take(report(letter, fields))
    letter.refresh_from_db()
    assert "geheim" not in letter.said + MailTrouble.objects.get().why
    assert "is weg" in letter.said


@pytest.mark.parametrize("said", ["NO corrupt", "BAD corrupt"])
def test_one_that_the_mailbox_does_not_give_stops_no_others(said, letter, settings):
    class Broken(Mailbox):
        def answer(self, command):
            if command.startswith("UID FETCH 1 "):
                self.said = said
                return
            yield from super().answer(command)

    with Broken([b"", report(letter)], password="x") as box:
        settings.BOUNCE_IMAP_URL = f"imap://terug:x@127.0.0.1:{box.port}/INBOX"
        assert return_box.read() == 1
        assert box.kept() == [b""]
        assert box.mails[1][1] == set()


def test_a_mailbox_may_say_nothing_of_nothing_new(settings):
    class Silent(Mailbox):
        def answer(self, command):
            if command.startswith("UID SEARCH"):
                self.said = "OK done"
                return
            yield from super().answer(command)

    with Silent([], password="x") as box:
        settings.BOUNCE_IMAP_URL = f"imap://terug:x@127.0.0.1:{box.port}/INBOX"
        assert return_box.read() == 0


def test_a_pipe_without_a_database_asks_for_another_try(letter, monkeypatch):
    def gone(*args):
        raise OperationalError

    pipe = io.BytesIO(report(letter) + b"x" * 2 * bounces.LARGEST)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=pipe))
    monkeypatch.setattr(bounces, "_write_down", gone)
    with pytest.raises(CommandError) as error:
        call_command("take_bounce")
    assert error.value.returncode == 75
    # All of it was taken, or the mail server would find a broken pipe.
    assert not pipe.read()
