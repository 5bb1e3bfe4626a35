import pytest

from registry.filters import InitiativeFilter
from registry.foundation.paging import KeyPaginator
from tests import factories

pytestmark = pytest.mark.django_db


def test_pages_hold_each_row_once_in_the_order_of_the_list(django_assert_num_queries):
    bottleneck = factories.bottleneck()
    for number in range(7):
        one = factories.initiative(f"Feest {number}" if number % 2 else f"{number}", summary="feest")
        factories.link(one, bottleneck)
    filterset = InitiativeFilter({"zoek": "feest"})
    rows = filterset.qs.with_links()
    paginator = KeyPaginator(rows.all(), 3)
    pages = [list(paginator.page(number)) for number in (1, 2, 3)]
    assert [row for page in pages for row in page] == list(rows)
    assert [row.name.startswith("Feest") for row in rows] == [True] * 3 + [False] * 4
    paginator.keys_of = filterset.keys_in_order
    assert [list(paginator.page(number)) for number in (1, 2, 3)] == pages
    paginator.keys_of = None
    with django_assert_num_queries(4):
        assert [len(row.links.all()) for row in paginator.page(2)] == [1, 1, 1]
