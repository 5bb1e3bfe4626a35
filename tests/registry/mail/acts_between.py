"""The same, of what goes between people, of what somebody follows, and of the work behind the site."""

from datetime import timedelta

from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.community import introductions
from registry.lifecycle import deletion
from registry.models import (
    Bottleneck,
    Introduction,
    MailTrouble,
    PartnerKey,
    Role,
    SavedSearch,
    Status,
    WebhookSubscription,
)
from registry.partners import api_keys, webhooks
from survey import following
from survey.rounds import publications
from tests import factories
from tests.registry.mail.acts import ACTS, EVIL, OTHER, READER, ask_by_letter, link_in, page, provokes
from tests.survey import making
from tests.survey.counting import anybody, store

__all__ = ["ACTS"]


# Between people


@provokes("bericht-bevestigen", "bericht-aan-initiatief")
def _contact():
    entry, _owner = page()
    url = reverse("registry:contact", args=[entry.slug])
    Client().post(url, factories.typed(sender_name=EVIL, sender_email=OTHER, text=f"{EVIL}\n\n{EVIL}"))
    ask_by_letter(Client(), OTHER)


def introduced():
    (first, one), second = page(), factories.initiative("Keuken")
    other = factories.owner(second, OTHER)
    factories.link(first, factories.bottleneck(), "ervaart")
    factories.link(second, first.links.get().bottleneck, "pakt-aan")
    return introductions.ask(first, second, yes_from=first, by=one), second, other


@provokes("kennismaken-vraag", "kennismaken")
def _met():
    asked, second, other = introduced()
    introductions.answer(asked, second, by=other, yes=True)


@provokes("kennismaken-niet")
def _declined():
    asked, second, other = introduced()
    introductions.answer(asked, second, by=other, yes=False)


@provokes("kennismaken-vervalt")
def _deleted_before_an_answer():
    asked, *_others = introduced()
    deletion.delete(asked.second, by=None, reason="Op verzoek.")


@provokes("kennismaken-verlopen")
def _silent():
    introduced()
    long_ago = timezone.now() - timedelta(days=90)
    Introduction.objects.update(asked_at=long_ago, first_yes_at=long_ago)
    introductions.expire()


# What somebody follows


@provokes("volgen-bevestigen", "nieuw-voor-u")
def _follow():
    url = reverse("registry:follow") + "?q=" + "Win+op+evil.example"
    Client().post(url, factories.typed(email=READER))
    ask_by_letter(Client(), READER)
    SavedSearch.objects.update(sent_on=timezone.localdate() - timedelta(days=8), query="")
    factories.initiative("Buurttuin", published_at=timezone.now() - timedelta(days=2))
    call_command("send_digests", verbosity=0)


@provokes("volgen-vervalt")
def _filter_ends():
    factories.bottleneck("R1")
    url = reverse("registry:follow") + "?knelpunt=R1"
    Client().post(url, factories.typed(email=READER))
    ask_by_letter(Client(), READER)
    SavedSearch.objects.update(sent_on=timezone.localdate() - timedelta(days=8))
    Bottleneck.objects.update(status=Bottleneck.Status.CANDIDATE)
    call_command("send_digests", verbosity=0)


@provokes("meting-volgen-bevestigen", "meting-gepubliceerd", "meting-verbeterd", "meting-ingetrokken")
def _results():
    round = making.round()
    store(round, anybody(["M1", "M2", "B1", "R1", "R2", "R3"], 60, seed=1))
    Client().post(reverse("survey:follow", args=[round.slug]), factories.typed(email=READER))
    Client().post(link_in(READER, "/bevestigen/meting/"))
    made = publications.freeze(making.close(round))
    erratum = made.errata.create(noted_on=timezone.localdate(), text="Een tikfout.")
    following.tell_corrected(erratum)
    publications.withdraw(made, "Er zat een fout in.")


# Work


@provokes("wat-er-wacht")
def _waiting():
    factories.person(READER, role=Role.EDITOR)
    factories.initiative(EVIL, status=Status.SUBMITTED)
    call_command("send_digests", verbosity=0)


def key(left=90):
    """A key that was issued for long and works so many days more."""
    today = timezone.localdate()
    manager = factories.person(role=Role.MANAGER)
    api_keys.issue(name="Partner", email=READER, by=manager, expires_on=today + timedelta(days=90))
    PartnerKey.objects.update(expires_on=today + timedelta(days=left))
    return PartnerKey.objects.get()


@provokes("sleutel-verloopt")
def _key_ends():
    key(left=20)
    api_keys.tell_ends()


@provokes("sleutel-verlopen")
def _key_ended():
    key(left=-1)
    api_keys.tell_ends()


@provokes("sleutel-vernieuwd", "sleutel-ingetrokken")
def _key_changed():
    made, manager = key(), factories.person(role=Role.MANAGER)
    api_keys.renew(made, expires_on=timezone.localdate() + timedelta(days=90), by=manager)
    api_keys.revoke(made, by=manager)


@provokes("webhook-uit")
def _webhook():
    made = WebhookSubscription.objects.create(key=key(), url="https://partner.example/in", seen_version=0)
    webhooks.stop(made, "De ontvanger heeft zich afgemeld (410).")


@provokes("eigenaar-onbereikbaar")
def _nobody_reads():
    _entry, owner = page(published_at=timezone.now() - timedelta(days=400), contact_email=OTHER)
    now = timezone.now()
    MailTrouble.objects.create(address=owner.email, since=now, last_at=now, is_dead=True)
    call_command("send_reminders", verbosity=0)
