import pytest
from django.contrib.auth.models import Group, Permission

from registry.accounts import roles
from registry.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


def held(role):
    permissions = factories.person(role=role).get_all_permissions()
    return {name.removeprefix("registry.") for name in permissions if name.split(".")[0] in roles.APPS}


def test_every_permission_that_is_named_exists():
    there = set(
        Permission.objects.filter(content_type__app_label__in=roles.APPS).values_list("codename", flat=True)
    )
    for role, codenames in roles.PERMISSIONS.items():
        assert codenames - there == set(), role


def test_each_role_may_do_what_it_is_for_and_no_more():
    manager, editor, local, researcher = (held(role) for role in Role)
    assert researcher < editor < manager
    assert {name.split("_")[0] for name in researcher} == {"view", "whole"}
    assert manager - editor == {name for name in manager if name.startswith("delete_")} - editor | {
        "view_user", "add_user", "change_user", "change_municipality",
        "view_partnerkey", "add_partnerkey", "change_partnerkey", "view_webhookdelivery", "view_export",
        "view_webhooksubscription", "add_webhooksubscription", "change_webhooksubscription",
    }  # fmt: skip
    assert "whole_province" not in local
    assert local - {name for name in local if name.startswith("view_")} == {
        *(f"{act}_{noun}" for act in ("add", "change") for noun in roles.OWN_MUNICIPALITY),
        *(f"delete_{noun}" for noun in ("link", "mention", "exchange", "externalid")),
        *(f"import_{noun}" for noun in ("organisation", "initiative", "link", "case")),
        "decide_initiative",
        "decide_case",
    }


def test_nobody_deletes_or_changes_a_decision_or_an_import():
    for role in Role:
        assert {name for name in held(role) if name.endswith(("_decision", "_import"))} <= {
            "view_decision",
            "view_import",
        }


def test_putting_the_roles_back_mends_them_and_leaves_other_groups_alone():
    editors, others = Group.objects.get(name=Role.EDITOR), Group.objects.create(name="anders")
    own = editors.permissions.filter(content_type__app_label__in=roles.APPS)
    before = set(own)
    editors.permissions.clear()
    others.permissions.add(Permission.objects.get(codename="delete_user"))
    roles.install()
    assert set(own.all()) == before
    assert others.permissions.count() == 1
