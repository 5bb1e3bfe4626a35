"""What nobody may write, a superuser may not either: a log is no log when somebody can take a line out of it."""

import pytest
from django.contrib import admin

from registry.models import Decision
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def superuser(rf):
    request = rf.get("/")
    request.user = factories.person(is_staff=True, is_superuser=True)
    return request


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
def test_a_superuser_writes_only_what_some_role_could(superuser, verb):
    written = [
        model._meta.label
        for model, model_admin in admin.site._registry.items()
        if verb not in model._meta.default_permissions
        and getattr(model_admin, f"has_{verb}_permission")(superuser)
    ]
    assert written == []


def test_a_decision_stays_in_the_log(client, superuser):
    client.force_login(superuser.user)
    initiative = factories.initiative()
    decision = Decision.objects.create(initiative=initiative, from_status="concept", to_status="gepubliceerd")
    page = f"/beheer/registry/decision/{decision.pk}/"
    assert client.get(f"{page}change/").status_code == 200
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{page}change/", {"reason": "iets anders"}).status_code == 403
    assert Decision.objects.get(pk=decision.pk).reason == ""
