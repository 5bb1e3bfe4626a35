import itertools

import pytest

from registry.foundation.errors import Refused
from registry.models import Decision, Initiative, Status
from registry.moderation.decisions import NEEDS_REASON, TRANSITIONS, decide
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("was", "to"), list(itertools.product(Status, Status)))
def test_decide_follows_the_map_and_nothing_else(was, to):
    other = factories.initiative()
    merged = {"merged_into": other} if was == Status.MERGED else {}
    entry = factories.initiative(status=was, **merged)
    by = factories.person()
    given = {"merged_into": other} if to == Status.MERGED else {}
    if to in TRANSITIONS[was]:
        decide(entry, to, by=by, reason="Daarom", **given)
        assert Initiative.objects.get(pk=entry.pk).status == to
        assert list(Decision.objects.values_list("from_status", "to_status", "reason", "by")) == [
            (was, to, "Daarom", by.pk)
        ]
    else:
        with pytest.raises(Refused):
            decide(entry, to, by=by, reason="Daarom", **given)
        assert Initiative.objects.get(pk=entry.pk).status == was
        assert not Decision.objects.exists()


@pytest.mark.parametrize("to", sorted(NEEDS_REASON))
def test_decide_wants_a_reason(to):
    entry = factories.initiative(status=Status.SUBMITTED)
    with pytest.raises(Refused, match="reden"):
        decide(entry, to, by=factories.person(), reason="  ")
    assert Initiative.objects.get(pk=entry.pk).status == Status.SUBMITTED


def test_decide_tells_the_second_of_two():
    entry = factories.initiative(status=Status.SUBMITTED)
    decide(entry, Status.PUBLISHED, by=factories.person(), seen=Status.SUBMITTED)
    with pytest.raises(Refused, match="collega"):
        decide(entry, Status.REJECTED, by=factories.person(), reason="Nee", seen=Status.SUBMITTED)
    assert Initiative.objects.get(pk=entry.pk).status == Status.PUBLISHED


def test_decide_keeps_the_first_day_of_publication_and_says_who_in_the_history():
    by = factories.person()
    entry = decide(factories.initiative(status=Status.DRAFT), Status.PUBLISHED, by=by)
    first = entry.published_at
    decide(entry, Status.WITHDRAWN, by=by, reason="Even niet")
    decide(entry, Status.PUBLISHED, by=by)
    assert entry.published_at == first
    assert entry.history.first().history_user == by


def test_decide_works_on_cases():
    case = decide(factories.case(status=Status.DRAFT), Status.PUBLISHED, by=factories.person())
    assert case.status == Status.PUBLISHED
    assert case.decisions.count() == 1


def test_decide_merges_nothing_into_what_is_merged_itself():
    one, other = factories.initiative(), factories.initiative()
    by = factories.person()
    stale = Initiative.objects.get(pk=one.pk)
    decide(one, Status.MERGED, by=by, merged_into=other)
    with pytest.raises(Refused, match="zelf samengevoegd"):
        decide(other, Status.MERGED, by=by, merged_into=stale)
    with pytest.raises(Refused, match="zelf samengevoegd"):
        decide(other, Status.MERGED, by=by, merged_into=other)
    assert Initiative.objects.get(pk=one.pk).survivor == other
