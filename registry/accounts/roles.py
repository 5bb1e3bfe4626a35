"""What each role may do. Groups and permissions are set to this after every migrate."""

from django.apps import apps
from django.contrib.auth.models import Group, Permission

from registry.models.person import Role

CONTENT = (
    "level bottleneck wording finding interaction source term everyday place organisation initiative link mention "
    "exchange externalid case"
).split()
OWN_MUNICIPALITY = "organisation initiative link mention exchange externalid case".split()
IMPORTABLE = "bottleneck source term organisation initiative link case".split()


APPS = ["registry", "post_office"]


def _codenames(actions, models):
    return {f"{action}_{model}" for action in actions.split() for model in models}


# What people send in, with their address; and the letters that go out.
_POST = _codenames("view", ["notice", "changeproposal"])
_LETTERS = _codenames("view change", ["emailtemplate"]) | _codenames("view", ["email"])
_DELIVERY = _codenames("change", ["delivery"]) | _codenames("view delete", ["mailtrouble"])
_READ = _codenames("view", [*CONTENT, "municipality", "decision", "import", "searchmiss"])
_EDIT = (
    _READ
    | _POST
    | _LETTERS
    | _DELIVERY
    | _codenames("view", ["jobrun"])
    | _codenames("add change", CONTENT)
    | _codenames("delete", ["wording", "finding", "interaction", "link", "mention", "exchange", "externalid"])
    | _codenames("delete", ["searchmiss"])
    | _codenames("import", IMPORTABLE)
    | _codenames("decide", ["initiative", "case"])
)
PERMISSIONS = {
    Role.MANAGER: _EDIT
    | _codenames("delete", CONTENT)
    | _codenames("view add change", ["user", "partnerkey", "webhooksubscription"])
    # The account of a colleague who left, and of an owner who asks for it.
    | _codenames("delete", ["user", "webhooksubscription"])
    | _codenames("view", ["webhookdelivery", "export"])
    | _codenames("change", ["municipality"])
    | {"whole_province"},
    Role.EDITOR: _EDIT | {"whole_province"},
    Role.MUNICIPALITY_EDITOR: _codenames("view", [*CONTENT, "municipality", "decision"])
    | _POST
    | _codenames("add change", OWN_MUNICIPALITY)
    | _codenames("delete", ["link", "mention", "exchange", "externalid"])
    | _codenames("import", ["organisation", "initiative", "link", "case"])
    | _codenames("decide", ["initiative", "case"]),
    Role.RESEARCHER: _READ | {"whole_province"},
}


def install(using="default", **kwargs):
    """Make the groups and give each exactly its permissions; other groups are left alone."""
    if not apps.is_installed("registry") or not Permission.objects.using(using).filter(
        content_type__app_label="registry"
    ):
        return
    for role, codenames in PERMISSIONS.items():
        group, _created = Group.objects.using(using).get_or_create(name=role.value)
        group.permissions.set(
            Permission.objects.using(using).filter(content_type__app_label__in=APPS, codename__in=codenames)
        )
