import io

import pytest
from django.core.management import CommandError, call_command
from post_office.models import Email

from tests.mail import OddServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(settings):
    settings.SITE_URL = "https://buurten.voorbeeld.nl"
    settings.DEFAULT_FROM_EMAIL = "noreply@buurten.voorbeeld.nl"
    settings.BOUNCE_ADDRESS = "terug@terug.voorbeeld.nl"

    def run(address="ik@voorbeeld.nl"):
        out = io.StringIO()
        call_command("test_mail", address, stdout=out)
        return out.getvalue()

    return run


def test_it_sends_one_letter_now_and_says_what_it_saw(ask, serve):
    server = serve(OddServer())
    told = ask()
    [(to, content)] = server.taken
    assert to == ("ik@voorbeeld.nl",)
    assert b"Auto-Submitted: auto-generated" in content
    assert server.senders[0].startswith("terug+")
    assert not Email.objects.exists()
    for said in (
        "buurten.voorbeeld.nl",
        "nee: alles gaat leesbaar over de lijn",
        "8bitmime",
        "aangenomen",
        "TXT terug.voorbeeld.nl",
        "TXT _dmarc.buurten.voorbeeld.nl",
        "TXT _smtp._tls.terug.voorbeeld.nl",
    ):
        assert said in told


@pytest.mark.parametrize("said", ["550 5.1.1 Onbekend", "450 4.2.0 Later", "sender: 553 5.7.1 Niet van u"])
def test_a_no_is_told_with_its_code(said, ask, serve):
    start = "sender:" if said.startswith("sender") else "ik"
    serve(OddServer(says={start: said.removeprefix("sender: ")}))
    with pytest.raises(CommandError, match=said.removeprefix("sender: ")):
        ask()


def test_nobody_there_and_held_back_are_told(ask, serve, settings):
    serve(OddServer())
    settings.EMAIL_PORT = 1
    with pytest.raises(CommandError, match="ConnectionRefusedError"):
        ask()
    settings.MAIL_TRANSPORT, settings.MAIL_TO_EVERYONE = (
        "django.core.mail.backends.locmem.EmailBackend",
        False,
    )
    with pytest.raises(CommandError, match="Tegengehouden"):
        ask()
