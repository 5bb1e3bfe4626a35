import pytest

from registry.lifecycle.merge import merge
from registry.models import OwnershipChange
from registry.personal_data.contacts import kept_by
from tests import factories

pytestmark = pytest.mark.django_db


def test_of_pages_that_became_one_each_kept_their_own():
    into = factories.initiative("Hof")
    pages = {}
    for name in ("wilma", "piet"):
        pages[name] = factories.initiative(name)
        factories.owner(pages[name], f"{name}@voorbeeld.nl")
    people = {name: page.ownerships.get().user for name, page in pages.items()}
    for page in pages.values():
        merge(page, into, by=None, reason="Dezelfde")
    # How they came there was not written down: only that they went along.
    OwnershipChange.objects.exclude(kind=OwnershipChange.Kind.MERGED).delete()
    for name, user in people.items():
        assert kept_by(user) == {pages[name].pk, into.pk}
