"""Keys and webhooks in the admin: who may, what is shown once, and what is never shown."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from registry import worklist
from registry.foundation.errors import Refused
from registry.models import PartnerKey, Role, WebhookDelivery, WebhookSubscription
from registry.partners import api_keys, webhooks
from tests import factories
from tests.registry.partners.webhooks.conftest import receiver as receiver

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate


@pytest.fixture
def manager(client):
    user = factories.person(role=Role.MANAGER)
    client.force_login(user)
    return user


def page(model, what, *args):
    return reverse(f"admin:registry_{model}_{what}", args=args)


def issued(days=99, name="Gemeente"):
    return api_keys.issue(
        name=name, email="api@voorbeeld.nl", expires_on=TODAY() + timedelta(days=days), by=None
    )


def subscribed(url, **fields):
    made = WebhookSubscription(key=issued()[0], url=url, **fields)
    webhooks.start(made)
    made.save()
    return made


def key_data(**changes):
    return {
        "name": "Gemeente Urk",
        "email": "api@urk.example",
        "requests_per_minute": "600",
        "expires_on": str(TODAY() + timedelta(days=365)),
    } | changes


def hook_data(key, url, **changes):
    wanted = {"wants_published": "on", "wants_changed": "on", "wants_removed": "on", "is_active": "on"}
    return {"key": key.pk, "url": url} | wanted | changes


def test_a_key_is_shown_once(client, manager):
    assert client.get(page("partnerkey", "add")).status_code == 200
    answer = client.post(page("partnerkey", "add"), key_data())
    token = answer.context["token"]
    key = PartnerKey.objects.get()
    assert api_keys.recognise(token) == key
    assert (token in answer.text, "no-store" in answer["Cache-Control"]) == (True, True)
    assert (key.issued_by, key.history.first().history_user) == (manager, manager)
    everywhere = [
        client.get(page("partnerkey", "changelist")),
        client.get(page("partnerkey", "change", key.pk)),
        client.get(page("partnerkey", "history", key.pk)),
        client.get(reverse("admin:index")),
    ]
    assert [one.status_code for one in everywhere] == [200] * 4
    secret = token.split("_", 2)[2]
    logged = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
    for text in (*[one.text for one in everywhere], logged, str(client.session.items())):
        assert (secret in text, key.digest in text) == (False, False)


@pytest.mark.parametrize(
    "wrong", [{"expires_on": "2001-01-01"}, {"expires_on": "9999-12-31"}, {"email": "x"}]
)
def test_a_key_that_cannot_be_is_refused(client, manager, wrong):
    answer = client.post(page("partnerkey", "add"), key_data(**wrong))
    assert list(answer.context["adminform"].form.errors) == list(wrong)
    assert not PartnerKey.objects.exists()


def test_a_key_is_changed_without_touching_its_token(client, manager):
    key, token = issued()
    client.post(page("partnerkey", "change", key.pk), key_data(may_read_details="on"))
    found = api_keys.recognise(token)
    assert (found.name, found.may_read_details, found.expires_on) == ("Gemeente Urk", True, key.expires_on)


def test_a_key_is_revoked_and_renewed(client, manager):
    key, old = issued()
    revoke, renew = page("partnerkey", "revoke", key.pk), page("partnerkey", "renew", key.pk)
    assert [client.get(one).status_code for one in (revoke, renew)] == [200, 200]
    assert api_keys.recognise(old) == key
    client.post(revoke)
    with pytest.raises(Refused):
        api_keys.recognise(old)
    assert client.post(renew, {"expires_on": "gisteren"}).context["form"].errors
    answer = client.post(renew, {"expires_on": str(TODAY())})
    assert api_keys.recognise(answer.context["token"]) == key
    assert api_keys.recognise(old) is None


@pytest.mark.parametrize("role", [Role.EDITOR, Role.MUNICIPALITY_EDITOR, Role.RESEARCHER])
def test_keys_and_webhooks_are_for_managers_only(client, role):
    hook = subscribed("https://haak.voorbeeld.nl/")
    client.force_login(factories.person(role=role, municipality=factories.municipality()))
    looked = [
        client.get(page("partnerkey", "changelist")),
        client.get(page("partnerkey", "change", hook.key.pk)),
        client.get(page("partnerkey", "renew", hook.key.pk)),
        client.post(page("partnerkey", "revoke", hook.key.pk)),
        client.get(page("webhooksubscription", "change", hook.pk)),
        client.post(page("webhooksubscription", "test", hook.pk)),
        client.post(page("webhooksubscription", "rotate", hook.pk)),
        client.get(page("webhookdelivery", "changelist")),
    ]
    assert [one.status_code for one in looked] == [403] * 8
    assert (PartnerKey.objects.get().revoked_at, WebhookDelivery.objects.count()) == (None, 0)


@pytest.mark.parametrize(("model", "what"), [("partnerkey", "renew"), ("webhooksubscription", "change")])
@pytest.mark.parametrize("key", ["999", "x", "\ud800".encode(errors="surrogatepass").hex()])
def test_what_does_not_exist_is_not_found(client, manager, model, what, key):
    assert client.get(page(model, what, key)).status_code in (302, 404)


def test_the_list_of_keys_says_how_each_is(client, manager):
    issued(name="Goed"), issued(days=30, name="Bijna"), issued(days=-1, name="Verlopen")
    api_keys.revoke(issued(name="Weg")[0], by=None)
    found = {}
    for state in ("geldig", "bijna", "verlopen", "ingetrokken"):
        listed = client.get(page("partnerkey", "changelist"), {"stand": state})
        found[state] = sorted(key.name for key in listed.context["cl"].queryset)
    assert found == {
        "geldig": ["Bijna", "Goed"],
        "bijna": ["Bijna"],
        "verlopen": ["Verlopen"],
        "ingetrokken": ["Weg"],
    }


def test_staff_hear_of_keys_that_end_soon(manager):
    issued(), issued(days=30), issued(days=0), issued(days=-1)
    (item,) = [one for one in worklist.for_user(manager).items if one.model == "partnerkey"]
    assert (item.count, item.query, item.is_urgent) == (2, {"stand": "bijna"}, True)
    editor = worklist.for_user(factories.person(role=Role.EDITOR)).items
    assert [one for one in editor if one.model == "partnerkey"] == []


def test_a_webhook_is_made_and_starts_from_now(client, manager):
    factories.initiative()
    key, _token = issued()
    client.post(page("webhooksubscription", "add"), hook_data(key, "https://haak.voorbeeld.nl/x"))
    hook = WebhookSubscription.objects.get()
    assert webhooks.enqueue() == 0
    shown = client.get(page("webhooksubscription", "change", hook.pk)).text
    assert webhooks.secret_of(hook) in shown
    listed = client.get(page("webhooksubscription", "changelist")).text
    assert (webhooks.secret_of(hook) in listed, "haak.voorbeeld.nl" in listed) == (False, True)


@pytest.mark.parametrize(
    "url", ["http://x.nl/", "https://127.0.0.1/", "https://x.nl:22/", "https://a@x.nl/", "x"]
)
def test_a_webhook_to_a_bad_address_is_refused(client, manager, url):
    answer = client.post(page("webhooksubscription", "add"), hook_data(issued()[0], url))
    assert list(answer.context["adminform"].form.errors) == ["url"]
    assert not WebhookSubscription.objects.exists()


def test_a_webhook_that_wants_nothing_is_refused(client, manager):
    data = {"key": issued()[0].pk, "url": "https://x.nl/", "is_active": "on"}
    answer = client.post(page("webhooksubscription", "add"), data)
    assert list(answer.context["adminform"].form.errors) == ["__all__"]


def test_turning_it_on_again_starts_from_now(client, manager):
    hook = subscribed("https://haak.voorbeeld.nl/")
    webhooks.stop(hook, "Reden")
    factories.initiative()
    client.post(page("webhooksubscription", "change", hook.pk), hook_data(hook.key, hook.url))
    hook.refresh_from_db()
    assert (hook.is_active, hook.stopped_because, webhooks.enqueue()) == (True, "", 0)


def test_an_edit_misses_nothing(client, manager):
    hook = subscribed("https://haak.voorbeeld.nl/")
    factories.initiative()
    client.post(page("webhooksubscription", "change", hook.pk), hook_data(hook.key, hook.url + "nieuw"))
    assert webhooks.enqueue() == 1


def test_the_button_for_a_test_shows_the_answer(client, manager, receiver):
    receiver.answer = lambda handler: handler.reply(500, b"<b>stuk</b>")
    hook = subscribed(receiver.url)
    test = page("webhooksubscription", "test", hook.pk)
    assert client.get(test).status_code == 405
    text = client.post(test, follow=True).text
    assert "De ontvanger antwoordde met 500." in text
    assert "&lt;b&gt;stuk&lt;/b&gt;" in text
    receiver.answer = lambda handler: handler.reply(200)
    assert "De proef is aangekomen: antwoord 200" in client.post(test, follow=True).text
    assert len(receiver.received) == 2


def test_the_secret_is_renewed_by_a_button(client, manager):
    hook = subscribed("https://haak.voorbeeld.nl/")
    old = webhooks.secret_of(hook)
    client.post(page("webhooksubscription", "rotate", hook.pk))
    hook.refresh_from_db()
    assert webhooks.secret_of(hook) != old
    assert hook.history.first().history_user == manager


@pytest.mark.parametrize("rows", [1, 3])
def test_the_log_is_read_and_what_was_given_up_goes_again(client, manager, rows, django_assert_num_queries):
    hook = subscribed("https://haak.voorbeeld.nl/")
    for _number in range(rows):
        factories.initiative()
    webhooks.enqueue()
    webhooks.stop(hook, "Reden")
    listing = page("webhookdelivery", "changelist")
    client.get(listing)
    with django_assert_num_queries(7):
        listed = client.get(listing, {"state__exact": "opgegeven"})
    assert len(listed.context["cl"].result_list) == rows
    chosen = [*WebhookDelivery.objects.values_list("pk", flat=True)]
    assert client.get(page("webhookdelivery", "change", chosen[0])).status_code == 200
    client.post(listing, {"action": "try_again", "_selected_action": chosen})
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"wacht"}
