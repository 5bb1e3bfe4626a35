"""What each role may do in the survey, on top of what registry/accounts/roles.py gives; set after every migrate."""

from django.apps import apps
from django.contrib.auth.models import Group, Permission

from registry.models import Role

_VIEW = {
    f"view_{model}"
    for model in "questionnaire item openquestion round sourcecode publication erratum retentionrun".split()
}
_EDIT = _VIEW | {
    f"{action}_{model}"
    for action, models in {
        "add": "questionnaire item openquestion round sourcecode erratum",
        "change": "questionnaire item openquestion round sourcecode publication erratum",
        "delete": "item openquestion sourcecode",
    }.items()
    for model in models.split()
}
PERMISSIONS = {
    Role.MANAGER: _EDIT
    | {"delete_questionnaire", "delete_round", "delete_erratum"}
    | {"publish_round", "screen_answers", "key_in_round", "download_records"},
    Role.EDITOR: _EDIT | {"publish_round", "screen_answers", "key_in_round"},
    Role.RESEARCHER: _VIEW | {"screen_answers", "download_records"},
}


def install(using="default", **kwargs):
    """Registry's install, which ran just before, took away whatever is not its own."""
    there = Permission.objects.using(using).filter(content_type__app_label="survey")
    if not apps.is_installed("survey") or not there:
        return
    for role, codenames in PERMISSIONS.items():
        group, _created = Group.objects.using(using).get_or_create(name=role.value)
        group.permissions.remove(*there)
        group.permissions.add(*there.filter(codename__in=codenames))
