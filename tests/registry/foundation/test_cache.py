import pytest

from registry.foundation.cache import Prepared
from registry.models import Initiative
from tests import factories

pytestmark = pytest.mark.django_db


def test_each_question_is_put_with_its_own_keys_and_answered_as_the_orm_would():
    def ask(keys):
        published = Initiative.objects.published().filter(pk__in=keys).order_by("-name")
        return published.values_list("pk", "public_id", "name", "longitude", "changed_at", "is_sample")

    prepared = Prepared(ask)
    keys = [
        factories.initiative(f"Tuin {number}", longitude="5.5", latitude="52.5").pk for number in range(4)
    ]
    hidden = factories.initiative(status="concept").pk
    for some in ([keys[0]], keys[1:3], [keys[3], keys[0]], [keys[2], hidden], [hidden], keys, []):
        assert [tuple(row) for row in prepared.rows(some)] == list(ask(some))
