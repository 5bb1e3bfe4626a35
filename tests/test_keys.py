"""A new SECRET_KEY: what was made under the old one goes on as long as that stands among the fallbacks, and no longer."""

import base64
import hashlib
import hmac
import os
import subprocess
import sys
from io import StringIO

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings as site
from django.core import signing as signing_of_django
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse

from registry.accounts import adapter, second_factor
from registry.importing import staging
from registry.mail import unsubscribe, verification
from registry.models import Role, WebhookSubscription
from registry.partners import webhooks
from registry.partners.webhooks import signing
from samenbuurten.serving import limits
from survey import following
from survey.fieldwork import intake, stands
from survey.models import AccessCode, FollowedRound, Round
from tests import factories
from tests.serving.running import ROOT
from tests.survey import making

pytestmark = [pytest.mark.once, pytest.mark.django_db]
OLD, NEW = (
    "de sleutel van eerst, van meer dan vijftig tekens lang",
    "de sleutel van nu, ook van meer dan vijftig tekens",
)
SECRET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
PLACE = RequestFactory().get("/")


def staff():
    return factories.person("redacteur@flevoland.example", role=Role.EDITOR)


# Of each: made under the old key, gives what says whether it works now.


def session():
    client = Client()
    client.force_login(staff())
    return lambda: client.get(reverse("admin:index")).status_code == 200


def upload():
    ticket = limits.upload_ticket("x")
    cookies = f"{site.SESSION_COOKIE_NAME}=x; {site.UPLOAD_COOKIE_NAME}={ticket}"
    return lambda: limits.largest_body("/beheer/", cookies) == limits.LARGEST_BODY


def link_to_stop():
    round = making.round()
    row = FollowedRound.objects.create(round=round, email="a@b.example")
    token = unsubscribe.token("meting", row)
    return lambda: unsubscribe.find(token)


def link_to_confirm():
    row = FollowedRound.objects.create(round=making.round(), email="a@b.example")
    token = signing_of_django.dumps(row.pk, salt=following.SALT)
    return lambda: following.find(row.round, token)


def link_with_a_token():
    _proof, token, _code = verification.issue("volgen", "a@b.example")
    return lambda: verification.find(token, "volgen")


def mailed_code():
    proof, _token, code = verification.issue("volgen", "a@b.example")
    return lambda: verification.use_code(proof, code)


def access_code():
    round = making.round(access=Round.Access.CODES)
    (code,) = stands.make_codes(round, 1)
    return lambda: AccessCode.objects.filter(digest__in=intake._digests(round, code)).exists()


def answer_on_a_device():
    round = making.round()
    begun = intake._signer().sign(str(round.pk))
    return lambda: intake.is_begun(round, begun)


def code_of_a_second_step():
    authenticator = totp.TOTP.activate(staff(), SECRET).instance
    return lambda: (
        second_factor.decrypt(Authenticator.objects.get(pk=authenticator.pk).data["secret"]) == SECRET
    )


def webhook():
    subscription = WebhookSubscription(url="https://voorbeeld.example/haak")
    secret = webhooks.secret_of(subscription)
    return lambda: _is_signed(subscription, secret)


def _is_signed(subscription, secret):
    headers = signing.headers(subscription, "msg_1", b"{}")
    signed = f"msg_1.{headers['webhook-timestamp']}.{{}}".encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mine = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return f"v1,{mine}" in headers["webhook-signature"].split()


def new_password():
    person = staff()
    token = default_token_generator.make_token(person)
    return lambda: default_token_generator.check_token(person, token)


def new_address():
    address = EmailAddress.objects.create(user=staff(), email="nieuw@flevoland.example")
    key = EmailConfirmationHMAC(address).key
    return lambda: EmailConfirmationHMAC.from_key(key)


def import_between_preview_and_yes():
    person = staff()
    ticket = staging.park(b"x", by=person, what="initiative", file_name="a.csv")
    return lambda: staging.parked(ticket, by=person, what="initiative")


def place_where_somebody_logged_in():
    adapter.cache.set(adapter._place_keys(PLACE, "a@b.example")[0], True)
    return lambda: any(adapter.cache.get(key) for key in adapter._place_keys(PLACE, "a@b.example"))


MADE = [
    session, upload, link_to_stop, link_to_confirm, link_with_a_token, mailed_code, access_code, answer_on_a_device,
    code_of_a_second_step, webhook, new_password, new_address, import_between_preview_and_yes,
    place_where_somebody_logged_in,
]  # fmt: skip
NEEDS_NO_KEY = {link_with_a_token}


@pytest.fixture(autouse=True)
def _old_key(settings, tmp_path):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, settings.MEDIA_ROOT = OLD, [], tmp_path


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_with_the_old_key_among_the_fallbacks_it_goes_on_and_without_it_does_not(make, settings):
    works = make()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, []
    assert bool(works()) == (make in NEEDS_NO_KEY)
    settings.SECRET_KEY_FALLBACKS = ["nog een van eerder", OLD]
    assert works()


def test_what_is_shown_and_made_now_hangs_on_the_new_key_alone(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    works = [make() for make in (upload, mailed_code, access_code, code_of_a_second_step, webhook)]
    settings.SECRET_KEY_FALLBACKS = []
    assert all(work() for work in works)


def test_after_rotate_keys_no_second_step_needs_the_old_key(settings):
    person, other = staff(), factories.person("ander@flevoland.example", role=Role.EDITOR)
    totp.TOTP.activate(person, SECRET)
    codes = RecoveryCodes.activate(person).get_unused_codes()
    totp.TOTP.activate(other, SECRET)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    for _again in range(2):
        out = StringIO()
        call_command("rotate_keys", stdout=out)
        assert "nieuwe sleutel: 3." in out.getvalue()
    settings.SECRET_KEY_FALLBACKS = []
    for authenticator in Authenticator.objects.filter(type="totp"):
        assert second_factor.decrypt(authenticator.data["secret"]) == SECRET
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == codes
    # One that no key opens is told, and stops none of the others.
    Authenticator.objects.filter(user=other).update(data={"secret": second_factor.MARK + "x" * 100})
    with pytest.raises(CommandError, match="geen sleutel opengaan: 1"):
        call_command("rotate_keys", stdout=StringIO())


def test_a_code_that_is_used_while_keys_are_rotated_stays_used():
    RecoveryCodes.activate(staff())
    before = Authenticator.objects.get(type="recovery_codes")
    Authenticator.objects.filter(pk=before.pk).update(data=before.data | {"used_mask": 5})
    assert second_factor.rotate(before)
    assert Authenticator.objects.get(pk=before.pk).data["used_mask"] == 5


def start_with(**environment):
    kept = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "DATABASE_URL")}
    command = [sys.executable, "-c", "import samenbuurten.settings"]
    return subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("environment", "starts"),
    [
        ({"DATABASE_URL": "postgres://db.example/buurten"}, False),
        ({"DATABASE_URL": "postgres://db.example/buurten", "SECRET_KEY": ""}, False),
        ({"DATABASE_URL": "postgres://db.example/buurten", "SECRET_KEY": OLD}, True),
        ({}, True),
    ],
)
def test_a_database_that_machines_can_share_wants_one_key_for_all(environment, starts):
    started = start_with(**environment)
    assert (started.returncode == 0, "Set SECRET_KEY" in started.stderr) == (starts, not starts)
