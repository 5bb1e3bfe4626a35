import threading
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from post_office.models import Email

from registry.models import Initiative, WebhookDelivery, WebhookSubscription
from registry.partners import api_keys, webhooks
from registry.partners.webhooks.delivery import LEASE, REST, WAITS
from registry.personal_data import retention
from tests import factories


def later(**ago):
    """As if so much time went by: what was planned is that much nearer."""
    back = timedelta(**ago)
    for one in WebhookDelivery.objects.exclude(next_try_at=None):
        WebhookDelivery.objects.filter(pk=one.pk).update(next_try_at=one.next_try_at - back)
    for one in WebhookSubscription.objects.all():
        given = {
            name: getattr(one, name) - back
            for name in ("rests_until", "failing_since")
            if getattr(one, name) is not None
        }
        WebhookSubscription.objects.filter(pk=one.pk).update(**given)


def told(receiver):
    return [headers["webhook-id"] for headers, _body in receiver.received]


def test_delivers_once(receiver, subscribe):
    subscribe(receiver.url)
    factories.initiative()
    assert [webhooks.run(), webhooks.run()] == [1, 0]
    done = WebhookDelivery.objects.get()
    assert (done.state, done.attempts, done.last_status, done.last_error) == ("afgeleverd", 1, 204, "")
    assert (done.next_try_at, done.delivered_at is None, done.milliseconds is None) == (None, False, False)


def test_goes_in_the_order_of_the_changes(receiver, subscribe):
    entries = [factories.initiative() for _number in range(3)]
    subscribe(receiver.url)
    for entry in reversed(entries):
        Initiative.objects.filter(pk=entry.pk).update(name="Anders")
    webhooks.run()
    sent = [
        str(entry.public_id) in body.decode()
        for entry, (_h, body) in zip(entries[::-1], receiver.received, strict=True)
    ]
    assert sent == [True, True, True]


def test_tries_again_at_longer_and_longer_intervals_and_then_gives_up(receiver, subscribe, settings):
    settings.WEBHOOKS_STOP_AFTER_DAYS = 99
    receiver.answer = lambda handler: handler.reply(500)
    subscribe(receiver.url)
    factories.initiative()
    webhooks.run()
    for number, wait in enumerate(WAITS, 1):
        planned = WebhookDelivery.objects.get()
        assert (planned.state, planned.attempts, planned.last_status) == ("wacht", number, 500)
        assert wait - timedelta(seconds=5) < planned.next_try_at - timezone.now() <= wait
        assert webhooks.run() == 0
        assert len(receiver.received) == number
        later(seconds=wait.total_seconds())
        webhooks.run()
    given_up = WebhookDelivery.objects.get()
    assert (given_up.state, given_up.attempts, given_up.next_try_at) == ("opgegeven", len(WAITS) + 1, None)
    # The same message each time, so that the receiver knows it again.
    assert len(set(told(receiver))) == 1
    assert len({body for _headers, body in receiver.received}) == 1


def test_a_receiver_that_comes_back_gets_what_it_missed(receiver, subscribe, is_right):
    replies = iter([500, 503, 302, 200])
    receiver.answer = lambda handler: handler.reply(next(replies))
    subscription = subscribe(receiver.url)
    factories.initiative()
    webhooks.run()
    for wait in WAITS[:3]:
        assert webhooks.run() == 0
        later(seconds=wait.total_seconds())
        webhooks.run()
    done = WebhookDelivery.objects.get()
    assert (done.state, done.attempts, done.last_status, done.last_error) == ("afgeleverd", 4, 200, "")
    assert WebhookSubscription.objects.get().failing_since is None
    # Each try is signed anew, with the moment of that try.
    secret = webhooks.secret_of(subscription)
    assert [is_right(secret, headers, body) for headers, body in receiver.received] == [True] * 4
    assert len(set(told(receiver))) == 1


def test_a_slow_receiver_does_not_hold_up_the_others(receiver, subscribe):
    slow, fast = subscribe(f"{receiver.url}/traag"), subscribe(receiver.url)

    def answer(handler):
        if handler.path.endswith("traag"):
            time.sleep(0.3)
        handler.reply(204)

    receiver.answer = answer
    for _number in range(6):
        factories.initiative()
    webhooks.enqueue()
    assert webhooks.deliver(seconds=5, each=0.5) == 8
    waiting = WebhookDelivery.objects.filter(state="wacht").values_list("subscription", flat=True)
    assert [*waiting] == [slow.pk] * 4
    assert WebhookDelivery.objects.filter(state="afgeleverd", subscription=fast).count() == 6
    assert webhooks.deliver() == 4


def test_what_was_given_up_can_be_tried_again_by_hand(receiver, subscribe):
    receiver.answer = lambda handler: handler.reply(500)
    subscribe(receiver.url)
    factories.initiative()
    webhooks.run()
    WebhookDelivery.objects.update(state="opgegeven", next_try_at=None)
    receiver.answer = lambda handler: handler.reply(200)
    assert webhooks.retry(WebhookDelivery.objects.all()) == 1
    assert (webhooks.run(), webhooks.retry(WebhookDelivery.objects.all())) == (1, 0)
    assert WebhookSubscription.objects.get().failing_since is None


def test_a_message_of_a_killed_worker_comes_back(receiver, subscribe):
    subscribe(receiver.url)
    factories.initiative()
    webhooks.enqueue()
    # It took the message and was killed before it knew what came of it.
    WebhookDelivery.objects.update(next_try_at=timezone.now() + LEASE, attempts=1)
    assert webhooks.run() == 0
    later(seconds=LEASE.total_seconds())
    assert webhooks.run() == 1
    assert WebhookDelivery.objects.get().attempts == 2


def test_nobody_there_lets_the_others_rest(receiver, subscribe):
    dead, alive = subscribe("http://127.0.0.1:1/"), subscribe(receiver.url)
    for _number in range(3):
        factories.initiative()
    assert webhooks.run() == 3
    assert [
        *WebhookDelivery.objects.filter(subscription=dead).order_by("pk").values_list("attempts", flat=True)
    ] == [1, 0, 0]
    dead.refresh_from_db()
    assert timedelta(0) < dead.rests_until - timezone.now() <= REST
    WebhookSubscription.objects.filter(pk=dead.pk).update(url=receiver.url + "/nieuw")
    later(seconds=REST.total_seconds())
    assert webhooks.run() == 3
    dead.refresh_from_db()
    assert (dead.failing_since, dead.rests_until, alive.failing_since) == (None, None, None)


def test_an_error_of_one_message_does_not_hold_up_the_next(receiver, subscribe):
    refused = []

    def picky(handler):
        handler.reply(200 if refused else 500)
        refused.append(1)

    receiver.answer = picky
    subscribe(receiver.url)
    for _number in range(2):
        factories.initiative()
    assert webhooks.run() == 1
    assert sorted(WebhookDelivery.objects.values_list("state", flat=True)) == ["afgeleverd", "wacht"]


def test_410_ends_it(receiver, subscribe):
    receiver.answer = lambda handler: handler.reply(410)
    subscribe(receiver.url)
    for _number in range(3):
        factories.initiative()
    webhooks.run()
    ended = WebhookSubscription.objects.get()
    assert (ended.is_active, ended.stopped_because) == (False, "De ontvanger heeft zich afgemeld (410).")
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"opgegeven"}
    assert len(receiver.received) == 1
    told = Email.objects.get()
    assert (told.to, "afgemeld (410)" in told.message) == (["api@voorbeeld.nl"], True)


def test_days_of_failure_turn_it_off_and_the_partner_is_told(receiver, subscribe, settings):
    receiver.answer = lambda handler: handler.reply(503)
    subscribe(receiver.url)
    factories.initiative()
    webhooks.run()
    later(days=4)
    webhooks.run()
    assert WebhookSubscription.objects.get().is_active
    later(days=2)
    webhooks.run()
    ended = WebhookSubscription.objects.get()
    assert (ended.is_active, ended.stopped_because) == (
        False,
        "Het lukt al 5 dagen niet. De ontvanger antwoordde met 503.",
    )
    letter = Email.objects.get()
    assert (letter.to, receiver.url in letter.message) == (["api@voorbeeld.nl"], True)
    later(days=9)
    assert (webhooks.run(), Email.objects.count()) == (0, 1)


def test_a_webhook_that_is_turned_on_again_starts_from_now(receiver, subscribe):
    subscription = subscribe(receiver.url)
    webhooks.stop(subscription, "Reden")
    factories.initiative()
    subscription.refresh_from_db()
    subscription.is_active = True
    webhooks.start(subscription)
    subscription.save()
    assert webhooks.run() == 0
    assert WebhookSubscription.objects.get().stopped_because == ""


def test_nothing_goes_out_for_a_key_that_ended(receiver, subscribe, partner):
    subscribe(receiver.url)
    factories.initiative()
    webhooks.enqueue()
    api_keys.revoke(partner, by=None)
    assert (webhooks.run(), receiver.received) == (0, [])


def test_a_private_address_is_never_reached(receiver, subscribe, settings):
    settings.WEBHOOKS_MAY_REACH_PRIVATE = False
    subscribe(receiver.url.replace("http:", "https:"))
    factories.initiative()
    webhooks.run()
    assert (receiver.received, WebhookDelivery.objects.get().last_error) == ([], "Gebruik poort 443 of 8443.")


def test_a_test_is_sent_at_once_and_tried_once(receiver, subscribe):
    receiver.answer = lambda handler: handler.reply(500, b"stuk")
    subscription = subscribe(receiver.url)
    answer = webhooks.send_test(subscription)
    assert (answer.status, answer.text) == (500, "stuk")
    tried = WebhookDelivery.objects.get()
    assert (tried.event, tried.state, tried.attempts) == ("proef", "opgegeven", 1)
    subscription.refresh_from_db()
    assert (subscription.failing_since, webhooks.retry(WebhookDelivery.objects.all())) == (None, 0)


def test_a_round_takes_no_longer_than_it_may(receiver, subscribe):
    subscribe(receiver.url)
    for _number in range(2):
        factories.initiative()
    webhooks.enqueue()
    assert webhooks.deliver(seconds=-1) == 0
    assert webhooks.deliver() == 2


@pytest.mark.django_db(transaction=True)
def test_the_command_and_the_regular_work_deliver(receiver, subscribe, capsys, settings):
    settings.DAILY_WORK = []
    subscribe(receiver.url)
    factories.initiative()
    call_command("deliver_webhooks")
    assert capsys.readouterr().out == "Afgeleverd: 1.\n"
    factories.initiative()
    call_command("work", rounds=1, every=0)
    assert len(receiver.received) == 2


def test_the_log_is_kept_for_a_while(receiver, subscribe):
    subscribe(receiver.url)
    factories.initiative()
    webhooks.run()
    receiver.answer = lambda handler: handler.reply(500)
    factories.initiative()
    webhooks.run()
    retention.apply(now=timezone.now() + timedelta(days=29))
    assert WebhookDelivery.objects.count() == 2
    retention.apply(now=timezone.now() + timedelta(days=31))
    assert WebhookDelivery.objects.get().state == "wacht"


@pytest.mark.django_db(transaction=True)
def test_two_workers_deliver_nothing_twice(receiver, subscribe):
    subscribe(receiver.url)
    for _number in range(12):
        factories.initiative()
    line, found = threading.Barrier(3, timeout=300), []

    def work():
        try:
            line.wait()
            found.append(webhooks.run())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert [type(one) for one in found] == [int] * 3
    webhooks.run()
    assert (len(told(receiver)), len(set(told(receiver)))) == (12, 12)
