import pytest

from registry.models import ContentStamp, Initiative, User
from tests import factories

pytestmark = pytest.mark.django_db


def test_stamp_moves_with_every_kind_of_write():
    seen = [ContentStamp.current()]
    one = factories.initiative()
    seen.append(ContentStamp.current())
    Initiative.objects.filter(pk=one.pk).update(summary="Anders")
    seen.append(ContentStamp.current())
    Initiative.objects.bulk_create([Initiative(name="Nog een", slug="nog-een", status="gepubliceerd")])
    seen.append(ContentStamp.current())
    factories.link(one, factories.bottleneck())
    seen.append(ContentStamp.current())
    one.delete()
    seen.append(ContentStamp.current())
    assert seen == sorted(set(seen))


def test_stamp_stays_when_nothing_public_changes():
    before = ContentStamp.current()
    User.objects.create_user("iemand@voorbeeld.nl")
    assert ContentStamp.current() == before
