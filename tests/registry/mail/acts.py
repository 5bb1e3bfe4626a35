"""For each letter the act that makes the site write it: of a visitor, an owner, a member of staff, or the daily work."""

import re
from datetime import timedelta

from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from registry import ownership
from registry.accounts import staff_access
from registry.community import reminders
from registry.lifecycle.merge import merge
from registry.lifecycle.merge_undo import undo
from registry.models import (
    Initiative,
    Notice,
    Role,
    Status,
    User,
)
from registry.proposals import proposals
from tests import factories
from tests.reading import read, read_proposal

PASSWORD = "een-lang-wachtwoord"
READER, OTHER = "lezer@voorbeeld.nl", "ander@voorbeeld.nl"
EVIL = "Win op https://evil.example/x"
ACTS = {}


def provokes(*names):
    def keep(act):
        ACTS.update(dict.fromkeys(names, act))
        return act

    return keep


def staff(role=Role.MANAGER):
    client = Client()
    client.force_login(factories.person(role=role))
    return client


def visitor_as(user):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(**fields):
    """A public page of residents, with an owner who reads the letters."""
    made = factories.initiative(**{"name": "Buurttuin", "run_by": Initiative.RunBy.RESIDENTS} | fields)
    return made, factories.owner(made, READER)


def link_in(email, path="/bevestigen/"):
    letter = Email.objects.filter(to=email, message__contains=path).latest("pk")
    return re.search(rf"({re.escape(path)}\S+)", letter.message)[1]


def ask_by_letter(client, email, **answers):
    return client.post(link_in(email), answers)


# Accounts


@provokes("inlogcode")
def _login_code():
    page()
    Client().post(reverse("account_request_login_code"), {"email": READER})


@provokes("inloggen-onbekend")
def _unknown():
    Client().post(reverse("account_request_login_code"), {"email": READER})


@provokes("inlogcode-opnieuw")
def _code_again():
    _entry, owner = page()
    User.objects.filter(pk=owner.pk).update(password="!")
    owner.refresh_from_db()
    visitor_as(owner).post("/account/email/", {"email": OTHER, "action_add": "1"}, follow=True)


@provokes("adres-bevestigen", "account-gewijzigd")
def _another_address():
    client = Client()
    factories.person(READER)
    client.post(reverse("account_login"), {"login": READER, "password": PASSWORD})
    client.post("/account/email/", {"email": OTHER, "action_add": "1"}, follow=True)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/account/email/"})


@provokes("wachtwoord-nieuw")
def _reset():
    factories.person(READER)
    Client().post(reverse("account_reset_password"), {"email": READER})


@provokes("toegang-gewijzigd")
def _access():
    person, manager = factories.person(READER), factories.person(role=Role.MANAGER)
    was = staff_access.way_in(person)
    User.objects.filter(pk=person.pk).update(is_staff=True)
    staff_access.changed(person, was, by=manager)


# Registering and deciding


def register(email=READER):
    fields = {
        "name": EVIL,
        "municipality": factories.municipality().pk,
        "summary": EVIL,
        "email": email,
        "agreement": "on",
        "stap": "versturen",
        "meer-gezien": "1",
    }
    Client().post(reverse("registry:register"), factories.typed(**fields))


@provokes("aanmelding-bevestigen", "aanmelding-ontvangen")
def _register():
    register()
    ask_by_letter(Client(), READER)


def decide(entry, to, reason="Omdat het zo is."):
    client, url = staff(), reverse("admin:registry_initiative_decide", args=[entry.pk])
    given = {"to": to, "reason": reason, "seen": entry.status} | read(entry)
    draft = client.post(url, given).context["letter"]
    sent = {draft.add_prefix(name): draft.initial[name] for name in ("subject", "text", "about")}
    client.post(url, given | sent | {"letter-is_mailed": "on"})


def _decision(was, to):
    def act():
        entry = factories.initiative(EVIL, status=was, contact_email=READER)
        factories.owner(entry, READER)
        decide(entry, to)

    return act


for _to, _was in {
    Status.NEEDS_MORE: Status.SUBMITTED,
    Status.REJECTED: Status.SUBMITTED,
    Status.WITHDRAWN: Status.PUBLISHED,
}.items():
    provokes(f"besluit-{_to.value}")(_decision(_was, _to.value))


@provokes("besluit-gepubliceerd")
def _published():
    entry = factories.initiative("Buurttuin", status=Status.SUBMITTED)
    factories.owner(entry, READER)
    decide(entry, "gepubliceerd")


# Changes of a page


@provokes("voorstel-besloten")
def _decided():
    entry, owner = page()
    made = proposals.propose(entry, {"summary": EVIL}, by=owner)
    url = reverse("admin:registry_changeproposal_change", args=[made.pk])
    staff().post(url, {"reden": "Te kort."} | read_proposal(made))


@provokes("voorstel-wacht-op-u", "voorstel-beantwoord")
def _asked():
    entry, owner = page()
    factories.owner(entry, OTHER)
    proposals.edit(entry, {"summary": EVIL, "name": "Andere tuin"}, by=factories.person(role=Role.EDITOR))
    made = entry.proposals.open().get()
    proposals.decide_proposal(made, ["summary"], by=owner, reason=EVIL)


@provokes("gewijzigd-zonder-ja")
def _overridden():
    entry, _owner = page()
    editor = factories.person(role=Role.EDITOR)
    proposals.edit(entry, {"summary": EVIL}, by=editor, override="Er stond een adres in.")


# People of a page


def claim(entry):
    url = reverse("registry:claim", args=[entry.slug])
    Client().post(url, factories.typed(text=EVIL, email=READER))
    return Notice.objects.get()


@provokes("overnemen-mag", "overnemen-gelukt")
def _claimed():
    notice = claim(factories.initiative("Buurttuin"))
    staff().post(reverse("admin:registry_notice_change", args=[notice.pk]), {"doe": "overdragen"})
    ask_by_letter(Client(), READER)


@provokes("overnemen-niet")
def _refused():
    notice = claim(factories.initiative("Buurttuin"))
    given = {"uitkomst": "U bent niet de eigenaar.", "mail": "ja"}
    staff().post(reverse("admin:registry_notice_change", args=[notice.pk]), given)


@provokes("melding-ontvangen", "melding-behandeld")
def _reported():
    url = reverse("registry:tell") + "?pagina=/over/&soort=melding"
    Client().post(url, factories.typed(text=EVIL, email=READER))
    given = {"uitkomst": "Wij hebben het verbeterd.", "mail": "ja"}
    staff().post(reverse("admin:registry_notice_change", args=[Notice.objects.get().pk]), given)


@provokes("uitnodiging", "eigenaar-erbij")
def _invited():
    entry, owner = page()
    ownership.invite(entry, OTHER, by=owner)
    ask_by_letter(Client(), OTHER)


@provokes("eigenaar-af", "eigenaar-weg")
def _taken_away():
    entry, owner = page()
    User.objects.filter(pk=owner.pk).update(name=EVIL)
    other = factories.owner(entry, OTHER)
    factories.owner(entry, "derde@voorbeeld.nl")
    ownership.leave(entry, other, by=User.objects.get(pk=owner.pk))


@provokes("gaat-weer-verder")
def _goes_on():
    entry, _owner = page(activity="gestopt")
    reminders.restart(entry, by=factories.owner(entry, OTHER))


@provokes("samengevoegd")
def _merged():
    entry, _owner = page()
    merge(entry, factories.initiative("Grote tuin"), by=factories.person(role=Role.EDITOR))


@provokes("weer-twee")
def _two_again():
    entry, _owner = page()
    boss = factories.person(role=Role.EDITOR)
    merge(entry, factories.initiative("Grote tuin"), by=boss)
    undo(Initiative.objects.get(pk=entry.pk), by=boss, reason="Het zijn er twee.")


# Once a year


@provokes("klopt-het-nog")
def _yearly():
    page(published_at=timezone.now() - timedelta(days=400))
    call_command("send_reminders", verbosity=0)


@provokes("klopt-het-nog-weer")
def _yearly_again():
    page(
        published_at=timezone.now() - timedelta(days=800),
        asked_since=timezone.localdate() - timedelta(days=400),
    )
    call_command("send_reminders", verbosity=0)


@provokes("pagina-verwijderd")
def _deleted():
    entry, _owner = page()
    staff().post(
        reverse("admin:registry_initiative_delete", args=[entry.pk]), {"post": "yes", "reden": "Zo is het."}
    )


@provokes("bestaat-het-nog")
def _gone():
    entry, owner = page()
    factories.owner(entry, OTHER)
    reminders.stop(entry, lessons=EVIL, by=owner)
