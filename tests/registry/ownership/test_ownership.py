"""Who has a say: the log knows each way, and no door of staff changes a page of residents past its owners."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.utils import timezone

from registry import ownership, resources
from registry.admin.base.rows import OwnersInline, RowOfOwners
from registry.admin.initiative import InitiativeAdmin
from registry.models import Initiative, MailTrouble, OwnershipChange, Role
from registry.proposals.proposals import FIELDS, edit
from registry.resources.initiative import PartOfInitiative
from tests import factories

pytestmark = pytest.mark.django_db
ROOM = Path(ownership.__file__).parent


def test_each_kind_in_the_log_is_written_by_somebody():
    used = {
        node.attr
        for path in [*ROOM.glob("*.py"), ROOM.parent / "registration" / "signup.py"]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert {kind.name for kind in OwnershipChange.Kind} <= used


@pytest.fixture
def request_of_staff():
    request = RequestFactory().get("/")
    request.user = factories.person(role=Role.MANAGER)
    return request


def test_each_field_of_the_form_waits_for_owners_or_wants_a_reason(request_of_staff):
    entry = factories.initiative(run_by="inwoners")
    factories.owner(entry)
    page = InitiativeAdmin(Initiative, admin.site)
    form = page.get_form(request_of_staff, entry, change=True)
    assert form.is_guarded
    assert set(form.base_fields) - {"override"} == {*FIELDS, *form.cannot_wait}
    assert all(issubclass(inline, OwnersInline) for inline in page.inlines)


# The province's own page, which says of which initiative it tells.
NOT_ON_THE_PAGE = {"Case"}
ITSELF = {"Initiative"}


def test_each_row_that_has_a_form_of_its_own_is_guarded(request_of_staff):
    found = []
    for model, page in admin.site._registry.items():
        points = any(field.related_model is Initiative for field in model._meta.concrete_fields)
        if (
            points
            and model.__name__ not in NOT_ON_THE_PAGE | ITSELF
            and page.has_change_permission(request_of_staff)
        ):
            assert issubclass(page.get_form(request_of_staff), RowOfOwners), model
            found.append(model.__name__)
    assert found == ["Link"]


def test_each_file_of_rows_on_a_page_is_guarded():
    for resource in [getattr(resources, name) for name in resources.__all__]:
        model = resource._meta.model
        points = any(field.related_model is Initiative for field in model._meta.concrete_fields)
        if points and model.__name__ not in NOT_ON_THE_PAGE | ITSELF:
            assert issubclass(resource, PartOfInitiative), resource


def test_an_owner_whom_no_letter_reaches_stops_nothing_for_long(settings):
    entry = factories.initiative(run_by="inwoners")
    owner = factories.owner(entry)
    edit(entry, {"summary": "Van ons"}, by=factories.person(role=Role.EDITOR))
    now = timezone.now()
    MailTrouble.objects.create(address=owner.email, since=now, last_at=now, is_dead=True)
    assert ownership.pass_on_unreachable() == 0  # for a while the mailbox may be full
    entry.proposals.update(proposed_at=now - timedelta(days=settings.STOP_AFTER_DAYS, minutes=1))
    reached = factories.owner(entry)
    assert ownership.pass_on_unreachable() == 0  # there is another to ask
    ownership.leave(entry, reached)
    assert [ownership.pass_on_unreachable(), ownership.pass_on_unreachable()] == [1, 0]
    assert not entry.proposals.get().waits_for_owners
    assert entry.ownership_changes.first().kind == OwnershipChange.Kind.PASSED_ON
