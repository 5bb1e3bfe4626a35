import pytest

from registry.models import ContentStamp, Initiative, Status, WebhookDelivery
from registry.partners import api_keys, webhooks
from tests import factories

URL = "https://haak.voorbeeld.nl/"


def queued():
    return [*WebhookDelivery.objects.order_by("pk").values_list("event", flat=True)]


def test_a_webhook_hears_of_what_comes_after_it(subscribe):
    factories.initiative()
    subscribe(URL)
    assert webhooks.enqueue() == 0
    entry = factories.initiative()
    webhooks.enqueue()
    Initiative.objects.filter(pk=entry.pk).update(name="Anders")
    webhooks.enqueue()
    Initiative.objects.filter(pk=entry.pk).update(status=Status.WITHDRAWN)
    webhooks.enqueue()
    Initiative.objects.filter(pk=entry.pk).update(status=Status.PUBLISHED)
    webhooks.enqueue()
    assert queued() == ["gepubliceerd", "gewijzigd", "verwijderd", "gepubliceerd"]


def test_nothing_is_queued_twice(subscribe):
    subscribe(URL)
    factories.initiative()
    assert (webhooks.enqueue(), webhooks.enqueue()) == (1, 0)


def test_many_changes_of_one_are_one_message(subscribe):
    entry = factories.initiative()
    subscribe(URL)
    for number in range(5):
        Initiative.objects.filter(pk=entry.pk).update(name=f"Naam {number}")
    webhooks.enqueue()
    assert queued() == ["gewijzigd"]


def test_what_is_not_public_is_not_told(subscribe):
    subscribe(URL)
    entry = factories.initiative("Geheim", status=Status.SUBMITTED)
    factories.link(entry, factories.bottleneck())
    entry.delete()
    assert webhooks.enqueue() == 0


@pytest.mark.parametrize("unwanted", ["published", "changed", "removed"])
def test_only_what_is_wanted_is_sent(subscribe, unwanted):
    first, second = factories.initiative(), factories.initiative()
    subscribe(URL, **{f"wants_{unwanted}": False})
    factories.initiative()
    Initiative.objects.filter(pk=first.pk).update(name="Anders")
    second.delete()
    webhooks.enqueue()
    events = {"published": "gepubliceerd", "changed": "gewijzigd", "removed": "verwijderd"}
    del events[unwanted]
    assert sorted(queued()) == sorted(events.values())


def test_each_webhook_gets_its_own(subscribe):
    subscribe(URL), subscribe(URL + "2")
    factories.initiative()
    assert webhooks.enqueue() == 2
    assert len(set(WebhookDelivery.objects.values_list("message", flat=True))) == 2


def test_a_webhook_that_is_off_or_whose_key_ended_hears_nothing(subscribe, partner):
    off = subscribe(URL, is_active=False)
    subscribe(URL + "2")
    api_keys.revoke(partner, by=None)
    factories.initiative()
    assert webhooks.enqueue() == 0
    off.refresh_from_db()
    assert off.seen_version < ContentStamp.current()


@pytest.mark.parametrize("rows", [1, 3])
def test_filling_the_queue_costs_the_same_queries(subscribe, rows, django_assert_num_queries):
    subscribe(URL)
    for _number in range(rows):
        factories.initiative()
    # The version and who is behind; then for that one: a savepoint, itself, the version, the traces, the
    # messages in a savepoint of their own, its new version.
    with django_assert_num_queries(9):
        webhooks.enqueue()
