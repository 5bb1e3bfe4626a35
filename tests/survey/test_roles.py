import pytest
from django.contrib.auth.models import Group, Permission

from registry.accounts import roles as registry_roles
from registry.models import Role
from survey import roles
from tests import factories

pytestmark = pytest.mark.django_db


def held(role):
    names = factories.person(role=role).get_all_permissions()
    return {name.removeprefix("survey.") for name in names if name.startswith("survey.")}


def test_every_permission_that_is_named_exists():
    there = set(
        Permission.objects.filter(content_type__app_label="survey").values_list("codename", flat=True)
    )
    assert [names - there for names in roles.PERMISSIONS.values()] == [set()] * 3


def test_each_role_holds_what_it_is_for():
    assert {role: held(role) for role in roles.PERMISSIONS} == roles.PERMISSIONS
    assert held(Role.MUNICIPALITY_EDITOR) == set()
    assert held(Role.RESEARCHER) < held(Role.MANAGER)
    assert {name for name in held(Role.RESEARCHER) if not name.startswith("view_")} == {
        "screen_answers",
        "download_records",
    }


def test_nobody_holds_a_right_on_answers_themselves():
    for role in Role:
        assert [
            name for name in held(role) if name.endswith(("_response", "_openanswer", "_accesscode"))
        ] == []


def test_putting_the_roles_back_mends_them():
    editors = Group.objects.get(name=Role.EDITOR)
    before = set(editors.permissions.all())
    editors.permissions.clear()
    editors.permissions.add(Permission.objects.get(codename="delete_response"))
    registry_roles.install()
    roles.install()
    assert set(editors.permissions.all()) == before
