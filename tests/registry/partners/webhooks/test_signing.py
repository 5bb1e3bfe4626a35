"""What we sign is what a receiver checks, with code that shares nothing with ours: that of the documentation."""

import json
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.utils import timezone

from registry.models import WebhookDelivery, WebhookSubscription
from registry.partners import webhooks
from tests import factories


def received(receiver):
    headers, body = receiver.received[-1]
    return {name.lower(): value for name, value in headers.items()}, body


def test_a_real_delivery_is_right_by_the_documentation(receiver, subscribe, is_right):
    subscription = subscribe(receiver.url)
    entry = factories.initiative()
    assert webhooks.run() == 1
    headers, body = received(receiver)
    secret = webhooks.secret_of(subscription)
    assert is_right(secret, headers, body)
    message = WebhookDelivery.objects.get()
    assert json.loads(body) == {
        "id": f"msg_{message.message.hex}",
        "gebeurtenis": "gepubliceerd",
        "tijdstip": json.loads(body)["tijdstip"],
        "initiatief": {
            "id": str(entry.public_id),
            "_links": {"self": {"href": f"{site.SITE_URL}/api/v1/initiatieven/{entry.public_id}"}},
        },
    }
    assert headers["webhook-id"] == json.loads(body)["id"]


@pytest.mark.parametrize("wrong", ["body", "secret", "id", "timestamp", "old"])
def test_what_was_tampered_with_is_wrong(receiver, subscribe, is_right, wrong):
    subscription = subscribe(receiver.url)
    webhooks.send_test(subscription)
    headers, body = received(receiver)
    secret = webhooks.secret_of(subscription)
    assert is_right(secret, headers, body)
    if wrong == "body":
        body += b" "
    elif wrong == "secret":
        secret = webhooks.secret_of(subscribe(receiver.url + "2"))
    elif wrong == "id":
        headers["webhook-id"] += "0"
    elif wrong == "timestamp":
        headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) + 1)
    else:
        headers["webhook-timestamp"] = str(int(time.time()) - 600)
    assert not is_right(secret, headers, body)


def test_after_a_renewal_both_secrets_work_for_a_day(receiver, subscribe, is_right):
    subscription = subscribe(receiver.url)
    old = webhooks.secret_of(subscription)
    webhooks.rotate(subscription, by=None)
    new = webhooks.secret_of(subscription)
    assert old != new
    webhooks.send_test(subscription)
    assert [is_right(secret, *received(receiver)) for secret in (old, new)] == [True, True]
    day_ago = timezone.now() - timedelta(hours=25)
    WebhookSubscription.objects.update(rotated_at=day_ago)
    webhooks.send_test(WebhookSubscription.objects.get())
    assert [is_right(secret, *received(receiver)) for secret in (old, new)] == [False, True]


def test_no_secret_lies_in_the_database(receiver, subscribe):
    subscription = subscribe(receiver.url)
    held = " ".join(map(str, WebhookSubscription.objects.values_list().get()))
    assert webhooks.secret_of(subscription).removeprefix("whsec_") not in held


def test_the_documentation_has_no_markup_that_the_site_refuses():
    page = Path(site.BASE_DIR, "templates/api/_webhooks.html").read_text()
    assert re.findall(r"<(?:script|style)|style=|\son\w+=", page) == []
