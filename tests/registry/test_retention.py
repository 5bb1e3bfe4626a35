from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from registry import proofs, retention
from registry.models import ContactMessage, Initiative, Link, Notice, Proof, SavedSearch, SearchMiss, Status
from registry.registration import confirm, register
from tests import factories

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
    assert [number for _what, number in retention.apply(now=far)] == [0] * len(retention.RULES)


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
    proof, token, _code = proofs.issue(Proof.Purpose.CLAIM, "a@voorbeeld.nl")
    retention.apply(now=timezone.now() + timedelta(days=10))
    assert proofs.find(token, Proof.Purpose.CLAIM) == proof
