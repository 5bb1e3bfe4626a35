import re
from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from registry.mail import verification
from registry.models import (
    ContactMessage,
    Export,
    Initiative,
    Link,
    MailTrouble,
    Notice,
    Proof,
    SavedSearch,
    SearchMiss,
    SentForm,
    Status,
    User,
    WebhookDelivery,
    WebhookSubscription,
)
from registry.partners import api_keys
from registry.personal_data import retention
from registry.registration.signup import confirm, register
from survey.models import FollowedRound
from tests import factories
from tests.reading import tight
from tests.survey import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def full_house():
    """One of everything that is kept for a while, and beside each something that is kept."""
    fields = {"name": "Nooit bevestigd", "municipality": factories.municipality()}
    register(fields, email="a@voorbeeld.nl", links=[(factories.bottleneck(), Link.Role.FACES)])
    _initiative, proof = register({"name": "Wel bevestigd"}, email="b@voorbeeld.nl")
    confirm(proof)
    factories.initiative("Concept van de redactie", status=Status.DRAFT)
    factories.initiative("Afgewezen", status=Status.REJECTED)
    was_public = factories.initiative("Ooit openbaar", status=Status.WITHDRAWN, published_at=timezone.now())
    ContactMessage.objects.create(initiative=was_public, sender_email="c@voorbeeld.nl", text="Dag")
    Notice.objects.create(kind="melding", page="/", text="Open")
    Notice.objects.create(kind="melding", page="/", text="Klaar", handled_at=timezone.now())
    SavedSearch.objects.create(email="d@voorbeeld.nl", label="Alles")
    SavedSearch.objects.create(email="e@voorbeeld.nl", label="Alles", confirmed_at=timezone.now())
    SearchMiss.objects.create(words="fietsenmaker", count=1, last_on=timezone.localdate())


def counts():
    models = (Initiative, ContactMessage, Notice, SavedSearch, SearchMiss, Proof, Email)
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.usefixtures("full_house")
def test_retention_deletes_what_is_due_and_leaves_the_rest():
    before = counts()
    far = timezone.now() + timedelta(days=800)
    planned = retention.apply(dry_run=True, now=far)
    assert counts() == before
    assert retention.apply(now=far) == planned
    assert sorted(Initiative.objects.values_list("name", flat=True)) == [
        "Concept van de redactie",
        "Ooit openbaar",
        "Wel bevestigd",
    ]
    assert list(Notice.objects.values_list("text", flat=True)) == ["Open"]
    assert list(SavedSearch.objects.values_list("email", flat=True)) == ["e@voorbeeld.nl"]
    assert [ContactMessage.objects.count(), SearchMiss.objects.count(), Proof.objects.count()] == [0, 0, 0]
    assert not Email.objects.exists()
    assert [number for _what, number in retention.apply(now=far)] == [0] * len(retention.rules())


@pytest.mark.usefixtures("full_house")
def test_what_is_deleted_leaves_no_history():
    retention.apply(now=timezone.now() + timedelta(days=800))
    assert not Initiative.history.filter(name__in=["Nooit bevestigd", "Afgewezen"]).exists()
    assert not Link.history.exists()


@pytest.mark.usefixtures("full_house")
def test_nothing_goes_before_its_time():
    before = counts()
    retention.apply()
    assert counts() == before


def test_expired_links_go_and_working_ones_stay():
    proof, token, _code = verification.issue(Proof.Purpose.CLAIM, "a@voorbeeld.nl")
    retention.apply(now=timezone.now() + timedelta(days=10))
    assert verification.find(token, Proof.Purpose.CLAIM) == proof


def _made_today():
    """For each row of the table on the privacy page: what it keeps, as something that is still there or not."""
    register({"name": "Nooit bevestigd"}, email="a@voorbeeld.nl")
    factories.initiative("Afgewezen", status=Status.REJECTED)
    factories.initiative("Zonder antwoord", status=Status.NEEDS_MORE)
    gone = factories.initiative(
        "Ooit openbaar", status=Status.WITHDRAWN, published_at=timezone.now(), contact_email="o@voorbeeld.nl"
    )
    factories.person("zonder-pagina@voorbeeld.nl")
    entry = factories.initiative("Openbaar")
    ContactMessage.objects.create(initiative=entry, sender_email="c@voorbeeld.nl", text="Dag")
    Notice.objects.create(kind="melding", page="/", text="Klaar", handled_at=timezone.now())
    SavedSearch.objects.create(email="d@voorbeeld.nl", label="Alles")
    FollowedRound.objects.create(round=making.round(), email="d@voorbeeld.nl")
    SearchMiss.objects.create(words="fietsenmaker", count=1, last_on=timezone.localdate())
    Proof.objects.all().update(expires_at=timezone.now())
    Export.objects.create(what="x", kind="csv")
    key, _token = api_keys.issue(name="P", email="p@voorbeeld.nl", expires_on=timezone.localdate(), by=None)
    SentForm.objects.create(digest="x", led_to="/")
    MailTrouble.objects.create(address="w@voorbeeld.nl", since=timezone.now(), last_at=timezone.now())
    subscription = WebhookSubscription.objects.create(url="https://voorbeeld.nl", key=key, seen_version=0)
    WebhookDelivery.objects.create(subscription=subscription, event="proef", payload="{}", state="afgeleverd")
    return {
        "Aanmeldingen die niet zijn bevestigd": Initiative.objects.filter(name="Nooit bevestigd"),
        "Aanmeldingen die niet op de site zijn gekomen": Initiative.objects.filter(name="Afgewezen"),
        "Aanmeldingen waarbij wij iets vroegen en niets hoorden": Initiative.objects.filter(
            name="Zonder antwoord"
        ),
        "Contactpersoon van pagina’s die van de site zijn of zijn samengevoegd, en beheerders daarvan die een jaar niet inlogden": (
            Initiative.history.filter(id=gone.pk, contact_email__gt="")
        ),
        "Accounts zonder pagina, die niets volgen en nergens contactpersoon zijn, vanaf de laatste keer inloggen": User.objects.all(),
        "Berichten aan initiatieven": ContactMessage.objects.all(),
        "Meldingen en verbeteringen die zijn afgehandeld": Notice.objects.all(),
        "Codes en links die zijn verlopen": Proof.objects.all(),
        "Gevolgde filters die niet zijn bevestigd": SavedSearch.objects.all(),
        "Gevolgde metingen die niet zijn bevestigd": FollowedRound.objects.all(),
        "Verstuurde e-mails": Email.objects.all(),
        "E-mailadressen waar e-mail niet aankomt": MailTrouble.objects.all(),
        "Berichten aan webhooks van partners": WebhookDelivery.objects.all(),
        "Kenmerken van formulieren, tegen dubbel versturen": SentForm.objects.all(),
        "Wie welk bestand meenam": Export.objects.all(),
        "Zoekvragen zonder resultaat": SearchMiss.objects.all(),
    }


@pytest.mark.once
def test_each_period_on_the_privacy_page_holds_when_the_work_runs_every_day(client):
    """Not the rule after the rule before it, but all rules together, as the site does it; and nothing else goes.
    Every day when something is due or nearly so, every fifth of the others."""
    kept, start = _made_today(), timezone.now()
    table = re.findall(
        r'<th scope="row">([^<]+)</th><td>([\d.]+) dag', tight(client.get("/privacy/").content.decode())
    )
    promised = {what: int(days.replace(".", "")) for what, days in table}
    due = {days + near for days in promised.values() for near in (-1, 0, 1, 2)}
    lasted = dict.fromkeys(kept, 0)
    for day in sorted({*range(1, 735, 5), *due}):
        retention.apply(now=start + timedelta(days=day, minutes=1))
        lasted |= {what: day for what, rows in kept.items() if rows.exists()}
    assert {what: days + 1 for what, days in lasted.items()} == {what: promised[what] for what in kept}
    assert {what for what, _days in retention.periods()} == set(kept)
    assert set(Initiative.objects.values_list("name", flat=True)) == {"Openbaar", "Ooit openbaar"}
    assert not Initiative.objects.exclude(contact_email="").exists()
    assert not Initiative.history.filter(name="Nooit bevestigd").exists()
