"""What proves the second step opens with the key of the site alone."""

import logging

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp

from registry.accounts import second_factor
from registry.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
SECRET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@pytest.fixture
def editor():
    return factories.person("redacteur@flevoland.example", role=Role.EDITOR)


def in_the_database():
    return str(list(Authenticator.objects.values_list("data", flat=True)))


def test_a_secret_is_not_in_the_database_and_works(editor):
    totp.TOTP.activate(editor, SECRET)
    codes = RecoveryCodes.activate(editor)
    assert SECRET not in in_the_database()
    assert not any(code in in_the_database() for code in codes.get_unused_codes())
    kept = Authenticator.objects.get(type="totp").wrap()
    assert kept.validate_code(
        totp.format_hotp_value(totp.hotp_value(SECRET, next(totp.yield_hotp_counters_from_time())))
    )


def test_what_was_readable_is_encrypted(editor):
    Authenticator.objects.create(user=editor, type="totp", data={"secret": SECRET})
    other = factories.person("ander@flevoland.example", role=Role.EDITOR)
    rows = {"seed": "abc", "used_mask": 1, "migrated_codes": ["11111111", "22222222"]}
    Authenticator.objects.create(user=other, type="recovery_codes", data=rows)
    for _again in range(2):
        second_factor.encrypt_all(Authenticator.objects.all())
    assert not any(word in in_the_database() for word in (SECRET, "abc'", "11111111", "22222222"))
    one, two = Authenticator.objects.order_by("type")
    assert [second_factor.decrypt(code) for code in one.data["migrated_codes"]] == ["11111111", "22222222"]
    assert (second_factor.decrypt(one.data["seed"]), one.data["used_mask"]) == ("abc", 1)
    assert second_factor.decrypt(two.data["secret"]) == SECRET


def test_a_key_of_before_still_opens_it(settings):
    kept = second_factor.encrypt(SECRET)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert second_factor.decrypt(kept) == SECRET


def test_without_the_key_no_code_fits(settings, caplog):
    kept = second_factor.encrypt(SECRET)
    settings.SECRET_KEY = "another"
    with caplog.at_level(logging.ERROR):
        assert second_factor.decrypt(kept) not in (SECRET, "", second_factor.decrypt(kept))
    assert SECRET not in caplog.text
