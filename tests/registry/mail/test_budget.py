"""What a visitor can make the site mail: how much, to whom, and which words."""

import json
import re

import pytest
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from post_office.models import Email, EmailTemplate

from registry import ownership
from registry.mail import budget, letters
from registry.mail.wording import texts
from registry.mail.wording.kinds import KINDS
from registry.models import Role, SavedSearch, Status, User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]
VICTIM = "slachtoffer@voorbeeld.nl"
EVIL = "Win een prijs op https://evil.example/prijs"
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def _one_queue(settings):
    settings.EMAIL_BACKEND = "post_office.EmailBackend"


@pytest.fixture
def clock(monkeypatch):
    """The clock of the limits, to set."""
    now = {"seconds": 1_800_000_000.0}
    monkeypatch.setattr("registry.foundation.ratelimit.time.time", lambda: now["seconds"])
    return now


@pytest.fixture
def small(monkeypatch):
    """Small budgets, so that a walk is short."""
    monkeypatch.setattr(budget, "PLACE", ((6, 3600),))
    monkeypatch.setattr(budget, "MAILBOX", ((3, 3600),))
    monkeypatch.setattr(budget, "WAY_IN", ((4, 3600),))
    monkeypatch.setattr(budget, "WAY_IN_BEYOND", 0)


def _register(client, email, **place):
    fields = {
        "name": EVIL[:120],
        "municipality": factories.municipality().pk,
        "summary": EVIL,
        "email": email,
        "agreement": "on",
        "stap": "versturen",
        "meer-gezien": "1",
    }
    return client.post(reverse("registry:register"), factories.typed(**fields), **place)


def _contact(client, email, **place):
    """By somebody who is logged in, so that it goes on at once."""
    entry, writer = factories.initiative(contact_email=email), factories.person()
    client.force_login(writer)
    fields = factories.typed(sender_name=EVIL, sender_email=writer.email, text=EVIL)
    return client.post(reverse("registry:contact", args=[entry.slug]), fields, **place)


def _contact_in_the_name_of(client, email, **place):
    entry = factories.initiative(contact_email="initiatief@voorbeeld.nl")
    fields = factories.typed(sender_name=EVIL, sender_email=email, text=EVIL)
    return client.post(reverse("registry:contact", args=[entry.slug]), fields, **place)


def _follow(client, email, **place):
    return client.post(
        f"{reverse('registry:follow')}?zoek={EVIL[:60]}", factories.typed(email=email), **place
    )


def _invite(client, email, **place):
    entry = factories.initiative(EVIL, status=Status.SUBMITTED)
    client.force_login(factories.owner(entry))
    address = reverse("registry:my-initiative", args=[entry.slug])
    return client.post(address, {"doe": "nodig-uit", "email": email}, **place)


def _code(client, email, **place):
    return client.post("/account/login/code/", {"email": email}, **place)


def _reset(client, email, **place):
    return client.post("/account/password/reset/", {"email": email}, **place)


def _change_of_address(client, email, **place):
    client.force_login(factories.person(name=EVIL))
    client.post(reverse("account_reauthenticate"), {"password": "een-lang-wachtwoord"}, **place)
    return client.post(reverse("account_email"), {"action_add": "", "email": email}, **place)


def _introduce(client, email, **place):
    one, other = factories.initiative(), factories.initiative()
    pinch = factories.bottleneck(f"R{100 + other.pk % 900}")
    factories.link(one, pinch, "ervaart")
    factories.link(other, pinch, "pakt-aan")
    made = factories.person()
    one.ownerships.create(user=made)
    other.ownerships.create(user=User.objects.get_or_create(email=email)[0])
    client.force_login(made)
    address = reverse("registry:my-initiative", args=[one.slug])
    return client.post(address, {"doe": "kennismaken", "met": other.slug}, **place)


TO_STRANGERS = [_contact_in_the_name_of, _register, _follow, _invite, _code, _reset, _change_of_address]
CAUSES = [*TO_STRANGERS, _contact, _introduce]
ways = pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)


def number_to(email):
    return Email.objects.filter(to=email).count()


@ways
def test_one_mailbox_gets_so_many_and_no_more_from_however_many_places(cause, clock, small):
    most = 4 if cause in (_code, _reset, _change_of_address) else 3
    for number in range(most + 3):
        # allauth has a limit of its own on how soon it confirms the same address again.
        clock["seconds"] += 200
        response = cause(Client(), VICTIM, REMOTE_ADDR=f"10.1.{number}.1")
    assert number_to(VICTIM) == most
    page = response.text if response.status_code != 302 else Client().get(response["Location"]).text
    assert response.status_code in (200, 302, 429)
    assert "Wacht een uur" in page or response.status_code == 302
    before = number_to(VICTIM)
    clock["seconds"] += 360
    cause(Client(), VICTIM, REMOTE_ADDR="10.2.0.1")
    assert number_to(VICTIM) == before
    clock["seconds"] += 3300
    cause(Client(), VICTIM, REMOTE_ADDR="10.2.0.2")
    assert number_to(VICTIM) == before + 1


@ways
def test_one_place_causes_so_many_and_no_more(cause, clock, small):
    for number in range(9):
        clock["seconds"] += 1
        cause(Client(), f"{cause.__name__}{number}@voorbeeld.nl", REMOTE_ADDR="10.1.0.1")
    # Not counted: what tells the address of before that somebody asked for another.
    caused = Email.objects.exclude(to__contains="persoon") if cause is _change_of_address else Email.objects
    assert caused.count() == (5 if cause in (_follow, _contact, _contact_in_the_name_of) else 6)


def test_all_ways_share_one_budget(clock):
    for number in range(4):
        for cause in (_register, _follow, _invite, _contact):
            cause(Client(), VICTIM, REMOTE_ADDR=f"10.{number}.1.1")
    assert number_to(VICTIM) == budget.MAILBOX[0][0]


def test_one_account_invites_so_many_and_no_more(client):
    entry = factories.initiative()
    client.force_login(factories.owner(entry))
    address = reverse("registry:my-initiative", args=[entry.slug])
    for number in range(30):
        given = {"doe": "nodig-uit", "email": f"n{number}@voorbeeld.nl"}
        response = client.post(address, given, REMOTE_ADDR=f"10.1.{number}.1")
    assert Email.objects.count() == budget.ACCOUNT[0][0]
    assert "Wacht een uur" in client.get(response["Location"]).text


def test_a_flood_does_not_lock_its_victim_out(clock):
    """Neither of other letters, nor of codes asked from one place."""
    factories.person(VICTIM)
    for number in range(40):
        _follow(Client(), VICTIM, REMOTE_ADDR=f"10.1.{number}.1")
        clock["seconds"] += 5
        _code(Client(), VICTIM, REMOTE_ADDR="10.66.0.1")
    before = number_to(VICTIM)
    assert _code(Client(), VICTIM, REMOTE_ADDR="10.3.0.1").status_code == 302
    assert number_to(VICTIM) == before + 1


def _addresses(kind, number):
    """Of one IPv6 /48 many /64s, or of many networks one each."""
    return f"2001:db8:1:{number:x}::1" if kind == "one prefix" else f"10.{number}.0.1"


@pytest.mark.parametrize(
    "strangers", [["one prefix"], ["networks"], ["one prefix", "networks"]], ids=lambda kinds: "+".join(kinds)
)
@pytest.mark.parametrize("cause", [_code, _reset], ids=lambda cause: cause.__name__)
def test_strangers_do_not_use_up_the_way_in_of_somebody_else(clock, monkeypatch, cause, strangers):
    monkeypatch.setattr(budget, "WAY_IN", ((8, 3600),))
    factories.person(VICTIM)
    for number in range(12):
        for kind in strangers:
            clock["seconds"] += 3
            cause(Client(), VICTIM, REMOTE_ADDR=_addresses(kind, number % 4))
    for _number in range(2):
        before = number_to(VICTIM)
        assert cause(Client(), VICTIM, REMOTE_ADDR="192.0.2.7").status_code == 302
        assert number_to(VICTIM) == before + 1
        clock["seconds"] += 20


def test_a_mailbox_gets_no_more_than_so_many_codes_from_however_many_networks(clock, small, monkeypatch):
    monkeypatch.setattr(budget, "WAY_IN_BEYOND", 5)
    for number in range(14):
        clock["seconds"] += 3
        _code(Client(), VICTIM, REMOTE_ADDR=f"10.{number}.0.1")
    assert number_to(VICTIM) == budget.WAY_IN[0][0] + budget.WAY_IN_BEYOND


def test_one_prefix_takes_a_part_of_a_mailbox_only(clock):
    for number in range(12):
        clock["seconds"] += 3
        _follow(Client(), VICTIM, REMOTE_ADDR=_addresses("one prefix", number))
    assert number_to(VICTIM) == budget.MAILBOX_FROM_A_NETWORK[0][0] < budget.MAILBOX[0][0]


@pytest.mark.parametrize("cause", [_code, _reset, _follow], ids=lambda cause: cause.__name__)
def test_refused_or_not_does_not_tell_who_is_known(cause, clock, small):
    factories.person("bekend@voorbeeld.nl")
    known = SavedSearch.objects.create(
        email="bekend@voorbeeld.nl", query="", confirmed_at="2026-01-01T00:00Z"
    )
    SavedSearch.objects.filter(pk=known.pk).update(query="zoek=x")
    told = {}
    for email in ("bekend@voorbeeld.nl", "onbekend@voorbeeld.nl"):
        seen = []
        for number in range(6):
            response = cause(Client(), email, REMOTE_ADDR=f"10.{len(told)}.{number}.1")
            text = response.text if response.status_code != 302 else ""
            seen.append((response.status_code, "Wacht een uur" in text))
        told[email] = seen
    assert told["bekend@voorbeeld.nl"] == told["onbekend@voorbeeld.nl"]
    assert True in [refused for _status, refused in told["bekend@voorbeeld.nl"]]


def test_a_refused_form_keeps_what_was_typed_and_stores_nothing():
    for number in range(12):
        page = _contact(Client(), VICTIM, REMOTE_ADDR=f"10.1.{number}.1")
    assert page.status_code == 429
    assert "Wacht een uur" in page.text
    assert "evil.example" in page.text
    assert number_to(VICTIM) == budget.MAILBOX[0][0]


def test_a_notice_about_an_account_always_comes_through(client):
    person = factories.person(VICTIM)
    for number in range(30):
        _code(Client(), VICTIM, REMOTE_ADDR=f"10.1.{number}.1")
    before = number_to(VICTIM)
    client.force_login(person)
    given = {
        "oldpassword": "een-lang-wachtwoord",
        "password1": "nog-een-langer-woord",
        "password2": "nog-een-langer-woord",
    }
    client.post(reverse("account_change_password"), given)
    assert number_to(VICTIM) == before + 1


def test_staff_and_the_daily_work_have_no_budget(client):
    client.force_login(factories.person(role=Role.EDITOR))
    for _number in range(30):
        letters.post(letters.Letter("Dag", "Dag"), VICTIM)
    with budget.visit(type("Request", (), {"user": factories.person(role=Role.EDITOR)})):
        letters.post(letters.Letter("Dag", "Dag"), VICTIM)
    call_command("send_digests", verbosity=0)
    assert number_to(VICTIM) == 31


# Letters by who reads them. What goes to an address that nobody proved may only be filled in with what is ours: an
# address of this site, a code, the name of something that staff published.
OURS = {"adres", "code", "contact", "organisatie", "site", "tot"}
UNPROVEN = {
    # The name of the initiative only once staff read it (say.name_in_letter).
    "aanmelding-bevestigen": OURS | {"initiatief"},
    "uitnodiging": OURS | {"initiatief", "wie"},
    "volgen-bevestigen": OURS | {"wat"},
    # Asked for by this address, and given by staff; the page is public.
    # The address that staff published the page with; they read the name.
    "eigenaar-onbereikbaar": OURS | {"initiatief"},
    "overnemen-mag": OURS | {"initiatief"},
    "bericht-bevestigen": OURS | {"initiatief"},
    "meting-volgen-bevestigen": OURS | {"meting"},
    # In words of staff, and none of who wrote.
    "overnemen-niet": OURS | {"initiatief", "reden"},
    "melding-behandeld": OURS | {"reden"},
    "inloggen-onbekend": OURS,
    "melding-ontvangen": OURS,
    "adres-bevestigen": OURS,
}
PROVEN = {
    "aanmelding-ontvangen", "gewijzigd-zonder-ja", "besluit-gepubliceerd", "besluit-aanvulling-gevraagd", "besluit-afgewezen",
    "besluit-ingetrokken", "voorstel-besloten", "voorstel-wacht-op-u", "overnemen-gelukt", "klopt-het-nog",
    "kennismaken-vraag", "kennismaken", "nieuw-voor-u", "volgen-vervalt", "webhook-uit", "wat-er-wacht", "eigenaar-af",
    "toegang-gewijzigd", "voorstel-beantwoord", "eigenaar-erbij", "eigenaar-weg", "samengevoegd", "weer-twee", "bestaat-het-nog",
    "kennismaken-niet", "kennismaken-vervalt", "kennismaken-verlopen",
    "sleutel-verloopt", "sleutel-verlopen", "sleutel-vernieuwd",
    "sleutel-ingetrokken", "meting-gepubliceerd", "meting-ingetrokken", "meting-verbeterd", "inlogcode", "inlogcode-opnieuw", "wachtwoord-nieuw", "account-gewijzigd",
    "gaat-weer-verder", "klopt-het-nog-weer", "pagina-verwijderd",
    # The owners; without owners the address that staff published the page with, to be written to.
    "bericht-aan-initiatief",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "letter"), json.loads(texts.FIRST_TEXTS.read_text(encoding="utf-8")).items()
)
def test_each_letter_is_known_by_who_reads_it(name, letter):
    """A new letter is put in one of the two lists, with a thought."""
    assert (name in UNPROVEN) != (name in PROVEN)
    used = set(re.findall(r"{{\s*(\w+)", " ".join([letter["onderwerp"], *letter["tekst"]])))
    if name in UNPROVEN:
        assert used <= {blank.name for blank in KINDS[name].all_blanks} <= UNPROVEN[name]


@pytest.mark.parametrize("cause", TO_STRANGERS, ids=lambda cause: cause.__name__)
def test_who_did_not_ask_reads_nothing_that_somebody_typed(cause):
    """Whatever staff made of the texts: with every blank in every letter, nothing typed shows."""
    for template in EmailTemplate.objects.all():
        kind = KINDS[template.name]
        template.subject += "".join(f" {blank.written}" for blank in kind.subject_blanks)
        template.content += "".join(f" {blank.written}" for blank in kind.all_blanks)
        template.save()
    cause(Client(), VICTIM)
    got = Email.objects.filter(to=VICTIM)
    assert got.count() == 1
    for letter in got:
        whole = f"{letter.subject} {letter.message} {letter.html_message} {letter.headers}"
        assert [word for word in ("evil", "prijs", "Win", "persoon") if word in whole] == []


def test_who_was_taken_away_hears_of_it_however_full_their_mailbox_is():
    entry = factories.initiative()
    keeper, other = factories.owner(entry), factories.owner(entry, VICTIM)
    request = RequestFactory().get("/", REMOTE_ADDR="10.1.1.1")
    request.user = keeper
    with budget.visit(request):
        with pytest.raises(budget.TooManyLetters):
            for _number in range(30):
                letters.post(letters.Letter("Dag", "Dag"), VICTIM)
        before = number_to(VICTIM)
        ownership.leave(entry, other, by=keeper)
    assert number_to(VICTIM) == before + 1


def test_an_invitation_names_a_page_that_staff_read():
    entry = factories.initiative("Buurttuin")
    ownership.invite(entry, VICTIM, by=factories.owner(entry))
    assert "Buurttuin" in Email.objects.get().message
