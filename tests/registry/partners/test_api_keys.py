from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from registry.foundation.errors import Refused
from registry.models import PartnerKey
from registry.partners import api_keys
from tests import factories

pytestmark = pytest.mark.django_db


def issue(days=9, **fields):
    expires = timezone.localdate() + timedelta(days=days)
    return api_keys.issue(name="Gemeente", email="api@voorbeeld.nl", expires_on=expires, by=None, **fields)


def test_a_key_is_recognised_by_its_token_alone():
    key, token = issue()
    issue()
    assert token.startswith(f"sb_{key.prefix}_")
    assert api_keys.recognise(token) == key
    assert [
        api_keys.recognise(wrong) for wrong in (token[:-1], token + "x", token.upper(), "", key.digest)
    ] == [None] * 5


def test_the_token_is_nowhere_in_the_database():
    _key, token = issue()
    secret = token.split("_", 2)[2]
    held = [*PartnerKey.objects.values_list(), *PartnerKey.history.values_list()]
    assert [secret in str(value) for row in held for value in row].count(True) == 0
    assert "digest" not in [field.name for field in PartnerKey.history.model._meta.get_fields()]


def test_a_key_works_until_the_end_of_its_last_day():
    assert api_keys.recognise(issue(days=0)[1]) is not None
    with pytest.raises(Refused, match="verlopen"):
        api_keys.recognise(issue(days=-1)[1])


def test_a_revoked_key_is_refused():
    by = factories.person()
    key, token = issue()
    api_keys.revoke(key, by=by)
    with pytest.raises(Refused, match="ingetrokken"):
        api_keys.recognise(token)
    assert (key.history.first().history_user, key.history.first().history_change_reason) == (
        by,
        "Ingetrokken",
    )


def test_a_renewed_key_has_another_token():
    key, old = issue(days=-1)
    new = api_keys.renew(key, expires_on=timezone.localdate(), by=None)
    assert (api_keys.recognise(old), api_keys.recognise(new)) == (None, key)
    assert PartnerKey.objects.count() == 1


def test_use_is_written_down_once_a_day(django_assert_num_queries):
    _key, token = issue()
    with django_assert_num_queries(2):
        api_keys.recognise(token)
    with django_assert_num_queries(1):
        api_keys.recognise(token)
    assert PartnerKey.objects.get().last_used_on == timezone.localdate()
    assert PartnerKey.history.count() == 1


def test_usable_is_what_is_recognised():
    issue(), issue(days=-1)
    api_keys.revoke(issue()[0], by=None)
    assert [key.is_usable for key in PartnerKey.objects.usable()] == [True]
    assert sorted(key.is_usable for key in PartnerKey.objects.all()) == [False, False, True]


@given(st.text())
def test_any_text_is_no_key(text):
    assert api_keys.recognise(text) is None
    assert api_keys.recognise(f"sb_{text}") is None
