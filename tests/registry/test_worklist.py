"""Each number on the staff home is that of the list behind it, for each role and with entries in every state."""

from datetime import timedelta
from itertools import product

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from registry import worklist
from registry.models import Bottleneck, Initiative, Link, MailTrouble, Notice, Ownership, Role, Status
from registry.proposals import proposals
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOME, ELSEWHERE = "GM0034", "GM0995"


def world():
    """In each status and each of two municipalities and none: with and without what can lack."""
    homes = [factories.municipality(HOME), factories.municipality(ELSEWHERE), None]
    bottlenecks = [factories.bottleneck("R1"), factories.bottleneck("R2", status=Bottleneck.Status.RETIRED)]
    factories.bottleneck("R3", status=Bottleneck.Status.CANDIDATE)
    survivor = factories.initiative("Blijft", municipality=homes[0])
    year_ago = timezone.localdate() - timedelta(days=400)
    for status, home, is_bare in product(Status, homes, [True, False]):
        entry = factories.initiative(
            "Dezelfde naam" if is_bare else None,
            municipality=home,
            status=status,
            merged_into=survivor if status == Status.MERGED else None,
            reminded_on=year_ago,
            **{} if is_bare else {"kind": "evenement", "summary": "Iets", "run_by": "inwoners"},
        )
        for bottleneck, is_confirmed in product(bottlenecks, [True, False]):
            role = Link.Role.FACES if is_confirmed else Link.Role.TACKLES
            factories.link(entry, bottleneck, role, is_confirmed=is_confirmed)
        if not is_bare:
            owner = factories.owner(entry)
            Ownership.objects.filter(user=owner).update(wants_yearly=False)
            MailTrouble.objects.create(address=owner.email, is_dead=True, why="Weg", since=NOW, last_at=NOW)
            proposals.propose(entry, {"summary": "Anders"}, by=owner)
            proposals.ask_owners(entry, {"name": f"Nieuw {entry.pk}"}, by=None)
        for handled_at in (None, timezone.now()):
            Notice.objects.create(
                kind="melding", page="/", initiative=entry, text="Kijk", handled_at=handled_at
            )


@pytest.mark.parametrize("role", Role)
def test_a_number_is_that_of_its_list(role, rf):
    world()
    person = factories.person(role=role, municipality=factories.municipality(HOME))
    counted, listed = {}, {}
    for item in worklist.for_user(person).items:
        request = rf.get(reverse(f"admin:{item.app}_{item.model}_changelist"), item.query)
        request.user = person
        model_admin = admin.site._registry[apps.get_model(item.app, item.model)]
        counted[item.plural] = item.count
        listed[item.plural] = model_admin.changelist_view(request).context_data["cl"].result_count
    assert counted == listed
    if role in (Role.MANAGER, Role.EDITOR):
        # So that the figures say something.
        there = {str(label) for label, number in counted.items() if number}
        assert {"initiatieven zonder kern", "koppelingen niet bevestigd"} <= there
        assert len(there) >= 14


def test_what_is_closed_is_no_work():
    world()
    person = factories.person(role=Role.EDITOR)
    before = {item.plural: item.count for item in worklist.for_user(person).items}
    closed = [Status.REJECTED, Status.WITHDRAWN, Status.MERGED]
    Initiative.objects.filter(status__in=closed).update(kind="", summary="", place=None)
    Link.objects.filter(initiative__status__in=closed).update(is_confirmed=False)
    assert {item.plural: item.count for item in worklist.for_user(person).items} == before
