import re
from io import StringIO

import pytest
from django.core.management import call_command

from registry.models import Role, User
from tests import factories

pytestmark = pytest.mark.django_db


def created():
    out = StringIO()
    call_command("create_first_account", stdout=out)
    return out.getvalue()


def test_first_account_is_a_manager_with_the_password_that_was_printed():
    printed = created()
    user = User.objects.get()
    assert user.check_password(re.search(r"Wachtwoord: (\S+)", printed)[1])
    assert [group.name for group in user.groups.all()] == [Role.MANAGER]
    assert user.is_staff
    assert not user.is_superuser


def test_second_start_prints_and_changes_nothing():
    created()
    before = User.objects.get().password
    assert created() == ""
    assert User.objects.get().password == before


def test_an_existing_member_of_staff_is_enough():
    factories.person(role=Role.EDITOR)
    assert created() == ""
