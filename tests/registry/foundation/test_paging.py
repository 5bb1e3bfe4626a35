import pytest

from registry.foundation.paging import KeyPaginator
from registry.models import Initiative
from registry.search import best_first, narrow
from tests import factories

pytestmark = pytest.mark.django_db


def test_pages_hold_each_row_once_in_the_order_of_the_list(django_assert_num_queries):
    bottleneck = factories.bottleneck()
    for number in range(7):
        one = factories.initiative(f"Feest {number}" if number % 2 else f"{number}", summary="feest")
        factories.link(one, bottleneck)
    rows = best_first(narrow(Initiative.objects.published(), "feest")).with_links()
    paginator = KeyPaginator(rows.all(), 3)
    pages = [list(paginator.page(number)) for number in (1, 2, 3)]
    assert [row for page in pages for row in page] == list(rows)
    assert [row.rank for page in pages for row in page] == [1, 1, 1, 4, 4, 4, 4]
    with django_assert_num_queries(4):
        assert [len(row.links.all()) for row in paginator.page(2)] == [1, 1, 1]
