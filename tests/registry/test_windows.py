"""Each limit of the site lasts as long as the page says: what was refused within the hour passes after it, and no sooner.

How the limiter counts has tests of its own (foundation/test_ratelimit.py); here is who asks it for how long a window.
"""

import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse

from registry.foundation import ratelimit
from registry.mail import budget
from tests import factories
from tests.survey import making
from tests.survey.sending import address, sent

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
REGISTER = reverse("registry:register")


@pytest.fixture
def wait(monkeypatch):
    """Move the clock of the limits."""
    clock = {"now": time.time()}
    monkeypatch.setattr(ratelimit.time, "time", lambda: clock["now"])

    def move(seconds):
        clock["now"] += seconds

    return move


def lasts(knock, window, wait, most=100):
    """``knock`` is refused in the end, and passes again once ``window`` is over: not before, and not much later."""
    assert not all(knock(number) for number in range(most)), "nothing was refused"
    wait(window * 0.85)
    is_refused_still = not knock(most)
    wait(window * 0.3)
    return is_refused_still and knock(most + 1)


def registration(number):
    return factories.typed(
        name=f"Soep op straat {number}",
        municipality=factories.municipality().pk,
        summary="Wij eten samen",
        email=f"trekker{number}@voorbeeld.nl",
        agreement="on",
        stap="versturen",
    )


def test_registering(client, wait):
    assert lasts(
        lambda number: client.post(REGISTER, registration(number)).status_code == 302, HOUR, wait, 11
    )


def test_trying_codes(client, wait):
    page = client.post(REGISTER, registration(0))["Location"]
    assert lasts(lambda _: client.post(page, {"code": "AAAA AAAA"}).status_code == 200, HOUR, wait, 31)


def test_a_form_for_visitors(client, wait):
    page = reverse("registry:tell")
    typed = factories.typed(text="Het adres klopt niet meer.", email="")
    assert lasts(lambda _: client.post(page, typed).status_code == 302, HOUR, wait, 6)


@pytest.mark.parametrize("seconds", [window for _most, window in budget.PLACE])
@pytest.mark.parametrize("purse", ["PLACE", "ACCOUNT", "MAILBOX"])
def test_letters(purse, seconds, wait, monkeypatch):
    """Each window of a purse by itself: an hour, and a day."""
    windows = getattr(budget, purse)
    alone = tuple(window for window in windows if window[1] == seconds)
    assert {window for _most, window in windows} == {HOUR, DAY}
    for other in ("PLACE", "ACCOUNT", "MAILBOX", "MAILBOX_FROM_A_NETWORK"):
        monkeypatch.setattr(budget, other, alone if other == purse else ())
    person = factories.person() if purse == "ACCOUNT" else AnonymousUser()
    assert lasts(lambda _: charge("buur@voorbeeld.nl", person), seconds, wait, alone[0][0] + 1)


def test_letters_to_a_mailbox_from_one_network(wait):
    assert lasts(lambda _: charge("buur@voorbeeld.nl"), HOUR, wait, budget.MAILBOX_FROM_A_NETWORK[0][0] + 1)


def test_codes_to_get_in(wait):
    """From one network, and from so many that the wide limit of the mailbox is reached."""
    few = budget.WAY_IN_FROM_A_NETWORK + 1
    assert lasts(lambda _: charge("een@voorbeeld.nl", is_way_in=True), HOUR, wait, few)
    many = budget.WAY_IN[0][0] + budget.WAY_IN_BEYOND + 1
    assert lasts(
        lambda number: charge("twee@voorbeeld.nl", place=f"10.1.1.{number}", is_way_in=True), HOUR, wait, many
    )


def charge(email, user=None, *, place="10.0.0.1", is_way_in=False):
    request = RequestFactory().get("/", REMOTE_ADDR=place)
    request.user = user or AnonymousUser()
    with budget.visit(request):
        try:
            budget.charge(email, is_way_in=is_way_in)
        except budget.TooManyLetters:
            return False
    return True


def test_the_api(client, wait, settings):
    settings.API_REQUESTS_A_MINUTE = 3
    assert lasts(lambda _: client.get("/api/v1/initiatieven").status_code == 200, MINUTE, wait, 4)


@pytest.mark.parametrize(
    ("name", "most", "window"),
    [
        ("ANSWERS_A_MINUTE", 3, MINUTE),
        ("ANSWER_BYTES_AN_HOUR", 2000, HOUR),
        ("ANSWER_BYTES_A_DAY", 2000, DAY),
    ],
)
def test_answers(client, wait, settings, name, most, window):
    making.round()
    setattr(settings, name, most)
    assert lasts(lambda _: client.post(address(), sent()).status_code == 200, window, wait, 6)
