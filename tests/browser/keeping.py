"""The pages of who registers and keeps an initiative, in every state: for the browser tests and the pictures."""

from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from registry.community import introductions, saved_searches
from registry.mail import public_forms, unsubscribe, verification
from registry.models import Bottleneck, ChangeProposal, Initiative, Link, Proof, SavedSearch, Status, User
from registry.moderation.decisions import decide
from registry.ownership import make_owner
from registry.proposals.proposals import propose
from registry.views.proof import code_address
from tests import factories

OWNER = "trekker@voorbeeld.nl"

# What anybody may open. A form sets one cookie, so these stand apart from the pages that set none.
FORM_PAGES = {
    "schrijven": "/initiatieven/soep-op-straat/schrijven/",
    "overnemen": "/initiatieven/soep-op-straat/overnemen/",
    "verbetering": "/laat-weten/?pagina=/initiatieven/soep-op-straat/",
    "melding": "/laat-weten/?pagina=/knelpunten/r1/&soort=melding",
    "volgen": "/volgen/?gemeente=GM0034&zoek=festival",
    "inloggen-code": "/account/login/code/",
    "initiatief-niet-bevestigd": "/initiatieven/soep-op-straat/",
}


def fill_kept():
    """One owner with an initiative in each state, and a usable link of each kind: {name: address}."""
    editor = factories.person("redacteur@flevoland.example")
    kept = {"mijn": "/mijn/", "mijn-gegevens": "/mijn/gegevens/", "e-mailadres": "/account/email/"}
    for status, name in {
        Status.PUBLISHED: "Soep op straat",
        Status.SUBMITTED: "Buurttuin De Kas",
        Status.NEEDS_MORE: "Repareren met Roos",
        Status.REJECTED: "Verkoop van zonnepanelen",
        Status.WITHDRAWN: "Leesclub Noord",
    }.items():
        slug = name.lower().replace(" ", "-")
        entry = factories.initiative(
            name, slug=slug, status=Status.SUBMITTED, municipality=factories.municipality("GM0034")
        )
        entry.summary = "Elke zaterdag eten wij samen soep op het plein. Iedereen kan aanschuiven."
        entry.save()
        make_owner(entry, OWNER)
        if status != Status.SUBMITTED:
            reason = "" if status == Status.PUBLISHED else "Waar en wanneer kunnen mensen meedoen?"
            decide(entry, status, by=editor, reason=reason)
        kept[f"mijn-{status}"] = f"/mijn/{slug}/"
    kept["mijn-wijzigen"] = "/mijn/soep-op-straat/wijzigen/"
    initiative = Initiative.objects.get(slug="soep-op-straat")
    make_owner(initiative, "buurvrouw@voorbeeld.nl")
    _propose(initiative, editor)
    other = _match(initiative)
    asked_on = timezone.localdate() - timedelta(days=60)
    Initiative.objects.filter(pk=initiative.pk).update(reminded_on=asked_on, asked_since=asked_on)
    return kept | _links(initiative, other)


def _propose(initiative, editor):
    change = {"costs": "Gratis", "summary": "Elke zaterdag soep. Neem uw eigen kom mee."}
    propose(initiative, change, by=editor, waits_for=ChangeProposal.Waits.OWNERS, note="Zo is het korter.")
    propose(initiative, {"languages": "Nederlands, Arabisch"}, by=initiative.ownerships.first().user)


def _match(initiative):
    other = factories.initiative("Huis aan de Haven", municipality=factories.municipality("GM0034"))
    make_owner(other, "haven@voorbeeld.nl")
    for code, role, others_role in [
        ("R2", Link.Role.FACES, Link.Role.TACKLES),
        ("M1", Link.Role.TACKLES, Link.Role.FACES),
    ]:
        factories.link(initiative, Bottleneck.objects.get(pk=code), role)
        factories.link(other, Bottleneck.objects.get(pk=code), others_role)
    return other


def _links(initiative, other):
    found = {}
    for purpose in Proof.Purpose:
        subject = ""
        if purpose == Proof.Purpose.INTRODUCE:
            subject = introductions.ask(initiative, other, why="Huis aan de Haven pakt R2 aan.").pk
        elif purpose == Proof.Purpose.FOLLOW:
            subject = saved_searches.follow(OWNER, "gemeente=GM0034", "Almere").pk
        elif purpose == Proof.Purpose.MESSAGE:
            message = initiative.contact_messages.create(
                sender_name="Jan", sender_email=OWNER, text="Mag ik helpen?"
            )
            subject = message.pk
        _proof, token, _code = verification.issue(purpose, OWNER, initiative=initiative, subject=subject)
        found[f"link-{purpose}"] = f"/bevestigen/{token}/"
    found["code"] = code_address(Proof.objects.filter(purpose=Proof.Purpose.REGISTER).first())
    found["volgen-stoppen"] = f"/stoppen/{unsubscribe.token('filter', SavedSearch.objects.first())}/"
    found["link-verlopen"] = "/bevestigen/verlopen/"
    return found


def log_in(context, site, email=OWNER):
    """Give this window the session of an owner."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])


def take_time(page):
    """A form that comes back sooner is sent back."""
    page.wait_for_timeout(public_forms.FASTEST * 1000 + 100)


def register_steps(page):
    """Walk through registering; yields the name of each page, with the page standing open."""
    page.goto("/initiatieven/aanmelden/")
    yield "aanmelden"
    page.get_by_role("button", name="Controleer").click()
    page.get_by_role("alert").wait_for()
    yield "aanmelden-fouten"
    take_time(page)
    page.get_by_label("Hoe heet het initiatief?").fill("Groentensoep festival")
    page.get_by_label("In welke gemeente?").select_option("Almere")
    page.get_by_label("Wat doet u?").fill("Wij koken elke zaterdag soep met de buurt.")
    page.get_by_label("Uw e-mailadres").fill(OWNER)
    page.get_by_label("Ik mag dit initiatief aanmelden").check()
    page.get_by_role("button", name="Vertel eerst meer").click()
    page.get_by_label("Wat kost meedoen?").fill("Niets")
    page.locator("summary").first.click()
    page.locator("input[name=faces]").first.check()
    yield "aanmelden-meer"
    page.get_by_role("button", name="Controleer").click()
    page.get_by_role("heading", name="Klopt dit?").wait_for()
    yield "aanmelden-controle"
    page.get_by_role("button", name="Verstuur").click()
    page.get_by_label("De code uit de e-mail").fill("BBBB BBBB")
    page.get_by_role("button", name="Bevestig").click()
    page.get_by_role("alert").wait_for()
    yield "aanmelden-code-fout"


def walk(page, site, kept):
    """Every page of this module, standing open: yields its name. ``kept`` comes from fill_kept()."""
    yield from register_steps(page)
    for name, url in FORM_PAGES.items():
        page.goto(url)
        yield name
    log_in(page.context, site)
    for name, url in kept.items():
        page.goto(url)
        yield name
