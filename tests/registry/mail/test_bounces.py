"""What comes back marks the letter and the mailbox; what only looks like it does nothing."""

import io
import random
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from post_office.models import STATUS, Email

from registry import worklist
from registry.community import reminders
from registry.mail import bounces, delivery, letters, troubles, verification
from registry.management import jobs
from registry.models import Delivery, JobRun, MailTrouble, Proof, Role, Status
from registry.personal_data import forget
from tests import factories
from tests.imap import Mailbox
from tests.mail import MailServer, OddServer, deliver

pytestmark = [pytest.mark.django_db, pytest.mark.once]
EXAMPLES = Path(__file__).parent / "returned"
OWNER = "eigenaar@voorbeeld.nl"
State = Delivery.State


@pytest.fixture(autouse=True)
def _return_path(settings):
    settings.BOUNCE_ADDRESS = "terug@buurten.voorbeeld.nl"


@pytest.fixture
def page():
    entry = factories.initiative("Buurttuin")
    factories.owner(entry, OWNER)
    return entry


@pytest.fixture
def letter(serve, page):
    serve(MailServer())
    made = letters.post(letters.Letter("Uw code", "GEHEIM"), OWNER)
    deliver()
    return Delivery.objects.get(pk=made.pk)


def example(name, token):
    return (EXAMPLES / f"{name}.eml").read_bytes().replace(b"TOKEN", token.encode())


def state(letter):
    letter.refresh_from_db()
    return letter.state


@pytest.mark.parametrize("name", ["postfix", "exim", "exchange"])
def test_a_letter_that_comes_back_marks_itself_and_the_mailbox(name, letter):
    assert bounces.take(example(name, letter.token)) == bounces.RETURNED
    assert state(letter) == State.BOUNCED
    trouble = MailTrouble.objects.get(is_dead=True)
    assert (trouble.address, trouble.times, trouble.source) == (OWNER, 1, "teruggekomen")
    assert trouble.why.startswith("5.")
    assert OWNER not in trouble.why + letter.said
    assert bounces.take(example(name, letter.token)) == bounces.RETURNED
    assert MailTrouble.objects.get().times == 1


@pytest.mark.parametrize("name", ["postfix", "exim", "exchange"])
@pytest.mark.parametrize("token", ["0" * 20, "", "TOKEN", "%"])
def test_without_the_token_of_a_letter_a_report_is_worth_nothing(name, token, letter):
    assert bounces.take(example(name, token)) == bounces.UNKNOWN
    assert (state(letter), MailTrouble.objects.exists()) == (State.TAKEN, False)


def test_nor_is_one_to_another_address(letter, settings):
    raw = example("postfix", letter.token)
    assert bounces.take(raw.replace(b"buurten.voorbeeld.nl", b"elders.example")) == bounces.UNKNOWN
    settings.BOUNCE_ADDRESS = ""
    assert bounces.take(raw) == bounces.UNKNOWN


@pytest.mark.parametrize(
    ("name", "what"), [("delayed", "automatisch"), ("holiday", "automatisch"), ("question", "onbekend")]
)
def test_what_is_no_return_marks_nobody(name, what, letter):
    assert bounces.take(example(name, letter.token)) == what
    assert (state(letter), MailTrouble.objects.exists()) == (State.TAKEN, False)
    assert Email.objects.count() == 1


def test_a_full_mailbox_counts_after_three_days(letter):
    for day in range(3):
        assert not MailTrouble.objects.filter(is_dead=True).exists()
        Delivery.objects.update(state=State.TAKEN)
        bounces.take(example("full", letter.token))
        MailTrouble.objects.update(last_at=timezone.now() - timedelta(days=1))
        assert MailTrouble.objects.get().days == day + 1
    assert MailTrouble.objects.get().is_dead


def test_and_not_when_long_ago_was_the_last_time(letter):
    for _time in range(4):
        troubles.note(OWNER, "4.2.2", "vol")
        MailTrouble.objects.update(last_at=timezone.now() - timedelta(days=31))
    assert not MailTrouble.objects.get().is_dead


def mangled(seed, token):
    chance = random.Random(seed)
    raw = bytearray(example(chance.choice(["postfix", "exim", "exchange"]), token))
    for _number in range(chance.randrange(1, 60)):
        at = chance.randrange(len(raw))
        raw[at : at + chance.randrange(4)] = chance.randbytes(chance.randrange(6))
    return bytes(raw[: chance.randrange(len(raw))]) + b"x" * (3_000_000 if seed == 0 else 0)


def test_a_broken_or_huge_mail_breaks_nothing(letter):
    outcomes = {}
    for seed in range(60):
        with transaction.atomic():
            outcomes[seed] = bounces.take(mangled(seed, letter.token))
            transaction.set_rollback(True)
    assert set(outcomes.values()) <= {bounces.RETURNED, bounces.AUTOMATIC, bounces.UNKNOWN}, outcomes


def test_a_mail_server_hands_one_over_by_a_pipe(letter, monkeypatch):
    raw = example("postfix", "elders").replace(b"terug+", b"x")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    out = io.StringIO()
    call_command("take_bounce", f"terug+{letter.token.upper()}@buurten.voorbeeld.nl", stdout=out)
    assert out.getvalue() == "teruggekomen\n"
    assert state(letter) == State.BOUNCED


def test_the_mailbox_is_read_and_what_is_not_understood_stays(letter, settings):
    names = ["postfix", "holiday", "question", "delayed"]
    with Mailbox([example(name, letter.token) for name in names], password="ge heim/1") as box:
        settings.BOUNCE_IMAP_URL = f"imap://terug:ge%20heim%2F1@127.0.0.1:{box.port}/INBOX"
        out = io.StringIO()
        call_command("read_bounces", stdout=out)
        assert out.getvalue() == "Teruggekomen: 1\n"
        assert [b"werkt niet" in raw for raw in box.kept()] == [True]
        call_command("read_bounces", stdout=out)
        assert box.fetched == 4
    assert state(letter) == State.BOUNCED


def test_a_return_of_a_letter_that_waits_for_another_try_ends_it(letter):
    Email.objects.update(status=STATUS.requeued)
    Delivery.objects.update(state=State.WAITS)
    bounces.take(example("postfix", letter.token))
    assert Email.objects.get().status == STATUS.failed


# Marks


def refuse(serve, said, to=OWNER, **given):
    serve(OddServer(says={to.partition("@")[0]: said}))
    letters.post(letters.Letter("Dag", "Hallo"), to, **given)
    deliver()


@pytest.mark.parametrize(
    ("said", "is_dead"),
    [
        ("550 5.1.1 User unknown", True),
        ("550 No such user", True),
        ("553 5.1.3 Bad address", True),
        ("550 5.4.1 Access denied", True),
        ("552 5.2.2 Mailbox full", False),
        ("550 5.7.1 Blocked by our policy", False),
        ("550 5.7.26 DMARC", False),
        ("554 5.3.2 System down", False),
        ("450 4.2.0 Greylisted", False),
    ],
)
def test_only_what_is_about_the_mailbox_marks_it(said, is_dead, serve, page):
    refuse(serve, said)
    assert MailTrouble.objects.filter(is_dead=True).exists() == is_dead


def test_of_who_we_do_not_know_nothing_is_kept(serve):
    refuse(serve, "550 5.1.1 User unknown")
    assert not MailTrouble.objects.exists()


def test_a_marked_mailbox_gets_its_code_all_the_same(serve, page, client, settings):
    settings.EMAIL_BACKEND = "post_office.EmailBackend"
    troubles.note(OWNER, "5.1.1", "weg")
    server = serve(MailServer())
    client.post("/account/login/code/", {"email": OWNER})
    deliver()
    assert len(server.taken) == 1


def test_a_mark_goes_when_somebody_reads_there_or_a_letter_stays_away(letter, page):
    def mark():
        troubles.note(OWNER, "5.1.1", "weg")
        assert MailTrouble.objects.exists()

    mark()
    proof, _token, _code = verification.issue(Proof.Purpose.STILL_TRUE, OWNER, initiative=page)
    assert verification.use(proof)
    assert not MailTrouble.objects.exists()
    mark()
    now = timezone.now()
    letter.tried_at = now + timedelta(seconds=5)
    letter.save()
    assert troubles.sweep(now + timedelta(days=6)) == 0
    assert troubles.sweep(now + timedelta(days=8)) == 1
    mark()
    letter.state = State.BOUNCED
    letter.save()
    assert troubles.sweep(now + timedelta(days=30)) == 0


def test_a_dead_owner_is_not_asked_in_vain_and_staff_see_it(page, client):
    page.published_at = timezone.now() - timedelta(days=400)
    page.contact_email = "bestuur@voorbeeld.nl"
    page.save()
    troubles.note(OWNER, "5.1.1", "User unknown")
    assert reminders.send(limit=5) == [page]
    [asked] = Email.objects.all()
    assert asked.to == ["bestuur@voorbeeld.nl"]
    assert "/laat-weten/?pagina=%2Finitiatieven%2F" in asked.message
    assert "/bevestigen/" not in asked.message
    client.force_login(factories.person(role=Role.MANAGER))
    listed = client.get("/beheer/registry/initiative/?mist=bereikbaar").context["cl"]
    assert [entry.pk for entry in listed.result_list] == [page.pk]
    home = client.get("/beheer/").text
    assert "initiatief zonder eigenaar die e-mail krijgt" in home
    owners = client.get(f"/beheer/registry/initiative/{page.pk}/eigenaren/").text
    assert [word in owners for word in ("User unknown", "bestuur@voorbeeld.nl")] == [True, True]
    factories.owner(page, "ander@voorbeeld.nl")
    assert not page._meta.model.objects.unreachable().exists()


def test_with_another_owner_only_the_dead_one_is_left_out(page):
    page.published_at = timezone.now() - timedelta(days=400)
    page.save()
    factories.owner(page, "ander@voorbeeld.nl")
    troubles.note(OWNER, "5.1.1", "weg")
    reminders.send(limit=5)
    assert [email.to for email in Email.objects.all()] == [["ander@voorbeeld.nl"]]


def test_owners_and_staff_see_the_mark_where_they_see_the_address(page, client):
    troubles.note(OWNER, "5.1.1", "User unknown")
    other = factories.owner(page, "ander@voorbeeld.nl")
    client.force_login(other)
    assert "E-mail aan dit adres komt niet aan." in client.get(f"/mijn/{page.slug}/").text
    assert "komt niet aan" not in client.get("/mijn/").text
    person = page.ownerships.get(user__email=OWNER).user
    client.force_login(person)
    assert "komt niet aan" in client.get("/mijn/").text
    assert "User unknown" in client.get("/mijn/gegevens/?bestand=1").text
    client.force_login(factories.person(role=Role.MANAGER))
    assert "User unknown" in client.get(f"/beheer/registry/user/{person.pk}/change/").text
    listed = client.get("/beheer/registry/mailtrouble/").text
    assert "eigenaar van Buurttuin" in listed
    assert "komt niet aan" not in client.get(page.get_absolute_url()).text


def test_forgotten_with_the_person(page):
    troubles.note(OWNER, "5.1.1", "weg")
    forget(page.ownerships.get().user)
    assert not MailTrouble.objects.exists()


def test_days_of_not_now_count_as_no(serve, page):
    serve(OddServer(says={"eigenaar": "450 4.2.2 Full"}))
    letters.post(letters.Letter("Dag", "Hallo"), OWNER)
    Delivery.objects.update(tries=delivery.MOST_TRIES - 1)
    deliver()
    assert Delivery.objects.get().state == State.GIVEN_UP
    assert MailTrouble.objects.get().is_dead


def test_who_logs_in_with_a_mailed_code_reads_there(page, client, settings):
    settings.EMAIL_BACKEND = "post_office.EmailBackend"
    troubles.note(OWNER, "5.1.1", "weg")
    client.post("/account/login/code/", {"email": OWNER})
    code = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]+)?)\s*$", Email.objects.get().message, re.M)[1]
    client.post("/account/login/code/confirm/", {"code": code})
    assert client.get("/mijn/").status_code == 200
    assert not MailTrouble.objects.exists()


def test_a_mailbox_that_cannot_be_read_stands_on_the_worklist(settings):
    settings.DAILY_WORK, settings.BOUNCE_IMAP_URL = ["read_bounces"], "imap://terug:x@127.0.0.1:1/"
    assert jobs.run_due() == ["read_bounces"]
    assert JobRun.objects.in_trouble().get().outcome == "ConnectionRefusedError"
    settings.BOUNCE_IMAP_URL = ""
    assert jobs.run_due(timezone.now() + timedelta(hours=2)) == []
    assert not JobRun.objects.in_trouble().exists()


def test_what_waits_for_staff_waits_with_it_where_letters_do_not_arrive():
    person = factories.person(role=Role.EDITOR)
    factories.initiative(status=Status.SUBMITTED)
    now = timezone.now()
    trouble = MailTrouble.objects.create(address=person.email, since=now, last_at=now, is_dead=True)
    assert worklist.send_digests() == 0
    trouble.delete()
    assert worklist.send_digests() == 1
