"""The admin in a real browser: reachable for all, within the policy of the site, at two widths."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registry.models import (
    Bottleneck,
    Case,
    Exchange,
    Initiative,
    Role,
    Status,
    WebhookDelivery,
    WebhookSubscription,
)
from registry.partners import api_keys, webhooks
from tests import factories
from tests.browser.keeping import log_in
from tests.browser.looking import LOOKED_AT, faults_of_all

pytestmark = pytest.mark.once

EMAIL = "ans@voorbeeld.nl"
FILE = {
    "name": "b.csv",
    "mimeType": "text/csv",
    "buffer": b"adres,naam\nhof-van-hestia,Hof van Hesta\nnieuw,Nieuw\n",
}
WRONG = {"name": "b.csv", "mimeType": "text/csv", "buffer": b"adres,naam,soort\nnieuw,Nieuw,feest\n"}


@pytest.fixture
def staff(visit, site):
    """Open a window in which a manager is logged in."""
    factories.person(EMAIL, role=Role.MANAGER, name="Ans Jansen")
    entry = factories.initiative("Nog te beoordelen", slug="nog-te-beoordelen", status=Status.SUBMITTED)
    entry.summary = "Iets anders"
    entry.save()
    factories.link(entry, Bottleneck.objects.get(pk="R1"))
    Exchange.objects.create(initiative=entry, direction="vraagt", text="Een zaal")
    factories.case("Nog een casus", status=Status.SUBMITTED, slug="nog-een-casus")
    expires = timezone.localdate() + timedelta(days=20)
    key, _token = api_keys.issue(name="Gemeente Urk", email="api@urk.example", expires_on=expires, by=None)
    hook = WebhookSubscription(key=key, url="https://haak.urk.example/samen-buurten")
    webhooks.start(hook)
    hook.save()
    factories.initiative("Voor de webhook")
    webhooks.enqueue()

    def open_window(**options):
        window = visit(**options)
        log_in(window.context, site, EMAIL)
        return window

    return open_window


def pages():
    """Each page of the admin that differs from the others, and how to get there."""
    entry = Initiative.objects.get(slug="nog-te-beoordelen")
    here = f"/beheer/registry/initiative/{entry.pk}"
    message = WebhookDelivery.objects.first()
    partner, hook = (
        f"/beheer/registry/partnerkey/{message.subscription.key_id}",
        f"/beheer/registry/webhooksubscription/{message.subscription_id}",
    )
    return {
        "thuis": "/beheer/",
        "initiatieven": "/beheer/registry/initiative/",
        "initiatieven-gefilterd": "/beheer/registry/initiative/?status__exact=ingediend&q=nog",
        "initiatief": f"{here}/change/",
        "initiatief-nieuw": "/beheer/registry/initiative/add/",
        "besluit": f"{here}/besluit/",
        "geschiedenis": f"{here}/history/",
        "oude-versie": f"{here}/history/{entry.history.first().pk}/",
        "verwijderen": f"{here}/delete/",
        "knelpunt": "/beheer/registry/bottleneck/R1/change/",
        "casus": f"/beheer/registry/case/{Case.objects.get(slug='nog-een-casus').pk}/change/",
        "koppeling-nieuw": "/beheer/registry/link/add/",
        "koppelingen": "/beheer/registry/link/",
        "personen": "/beheer/registry/user/",
        "persoon-nieuw": "/beheer/registry/user/add/",
        "sleutels": "/beheer/registry/partnerkey/",
        "sleutel": f"{partner}/change/",
        "sleutel-nieuw": "/beheer/registry/partnerkey/add/",
        "sleutel-vernieuwen": f"{partner}/vernieuwen/",
        "sleutel-intrekken": f"{partner}/intrekken/",
        "webhooks": "/beheer/registry/webhooksubscription/",
        "webhook": f"{hook}/change/",
        "webhook-berichten": "/beheer/registry/webhookdelivery/",
        "webhook-bericht": f"/beheer/registry/webhookdelivery/{message.pk}/change/",
        "import": "/beheer/registry/initiative/import/",
        "export": "/beheer/registry/initiative/export/",
        "wachtwoord": "/beheer/password_change/",
        "twee-stappen": "/account/2fa/",
    }


def walk(window):
    """Each page in turn, by its name; then the preview and the errors of an import, and a new key."""
    for name, address in pages().items():
        window.page.goto(address)
        yield name
    for name, file in (("import-voorbeeld", FILE), ("import-fouten", WRONG)):
        window.page.goto("/beheer/registry/initiative/import/")
        window.page.set_input_files("[name=file]", file)
        with window.page.expect_navigation():
            window.page.click("text=Bekijken wat dit doet")
        yield name
    window.page.goto("/beheer/registry/partnerkey/add/")
    window.page.fill("[name=name]", "Gemeente Almere")
    window.page.fill("[name=email]", "api@almere.example")
    window.page.click("[name=_save]")
    window.page.wait_for_selector("#sleutel")
    yield "sleutel-uitgegeven"


def test_no_page_of_the_admin_has_a_fault(staff):
    window = staff(**LOOKED_AT)
    assert faults_of_all(window.page, walk(window), is_dark_too=True) == {}


def focus(page, selector):
    """Go on with the Tab key until ``selector`` has the focus."""
    for _step in range(120):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key never comes to {selector}")


def test_a_decision_takes_no_mouse(staff):
    page = staff().page
    page.goto("/beheer/")
    entry = Initiative.objects.get(slug="nog-te-beoordelen")
    focus(page, ".werk a[href*=ingediend]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/registry/initiative/?*")
    focus(page, "#result_list .field-name a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/*")
    focus(page, ".object-tools a[href*=besluit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/besluit/")
    focus(page, "[name=to]")
    page.keyboard.press("ArrowDown")
    focus(page, "[name=reason]")
    page.keyboard.type("Welkom!")
    focus(page, ".submit-row [type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")
    entry.refresh_from_db()
    assert (entry.status, entry.decisions.get().reason) == (Status.PUBLISHED, "Welkom!")


def test_on_a_phone_the_words_of_a_choice_stand_beside_it(staff):
    page = staff(viewport={"width": 390, "height": 844}).page
    entry = Initiative.objects.get(slug="nog-te-beoordelen")
    page.goto(f"/beheer/registry/initiative/{entry.pk}/besluit/")
    assert page.locator("[name=to]").first.bounding_box()["width"] < 40
