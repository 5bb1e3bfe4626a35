import pytest

from registry.models import ContentStamp, Initiative, Status, Trace
from registry.partners.install_triggers import install
from tests import factories
from tests.registry import changing

pytestmark = pytest.mark.django_db


def trace_of(entry):
    return Trace.objects.get(public_id=entry.public_id)


@pytest.mark.parametrize("what", changing.CHANGES)
def test_what_the_public_sees_moves_the_trace(client, what):
    world = changing.world(client)
    other = factories.initiative()
    before, elsewhere = trace_of(world.entry), trace_of(other)
    changing.CHANGES[what](world)
    after = Trace.objects.get(public_id=before.public_id)
    assert before.version < after.version <= ContentStamp.current()
    assert after.changed_at >= before.changed_at
    gone = not Initiative.objects.published().filter(public_id=before.public_id).exists()
    assert after.is_removed == gone
    assert trace_of(other).version == elsewhere.version


@pytest.mark.parametrize("what", changing.SILENT)
def test_what_the_public_does_not_see_leaves_the_trace(client, what):
    world = changing.world(client)
    before = list(Trace.objects.values())
    changing.SILENT[what](world)
    assert list(Trace.objects.values()) == before


def test_what_was_never_public_leaves_no_trace():
    entry = factories.initiative(status=Status.SUBMITTED)
    factories.link(entry, factories.bottleneck())
    entry.delete()
    assert not Trace.objects.exists()


def test_a_removed_one_stays_as_it_was_until_it_is_public_again():
    entry = factories.initiative()
    appeared = trace_of(entry).appeared
    Initiative.objects.update(status=Status.WITHDRAWN)
    removed = trace_of(entry)
    Initiative.objects.update(summary="In stilte")
    assert trace_of(entry).version == removed.version
    Initiative.objects.update(status=Status.PUBLISHED)
    again = trace_of(entry)
    assert (again.is_removed, again.appeared) == (False, again.version)
    assert appeared < removed.version < again.version


def test_install_gives_a_trace_to_who_has_none_and_is_harmless_again():
    entry = factories.initiative()
    Trace.objects.all().delete()
    install()
    made = trace_of(entry)
    install()
    assert trace_of(entry).version == made.version
