import pytest
from django.core.cache import caches

from samenbuurten.cache import BoundedCache

pytestmark = pytest.mark.once
MOST = 100_000


@pytest.fixture
def cache():
    cache = BoundedCache("bounded", {"OPTIONS": {"MOST_BYTES": MOST, "MAX_ENTRIES": 1000}})
    yield cache
    cache.clear()


def test_what_was_not_asked_for_longest_goes_when_it_is_full(cache):
    for number in range(9):
        cache.set(number, b"x" * 10_000)
    cache.get(0)
    cache.set(9, b"x" * 20_000)
    assert [number for number in range(10) if cache.get(number) is not None] == [0, *range(3, 10)]


def test_it_never_holds_more_than_it_may(cache):
    for number in range(200):
        cache.set(number % 70, b"x" * (number * 997 % 30_000))
        assert sum(map(len, cache._cache.values())) <= MOST
        assert cache._cache.keys() == cache._expire_info.keys()


def test_what_is_larger_than_all_of_it_is_not_kept(cache):
    cache.set("a", b"x" * (MOST + 1))
    assert cache.get("a") is None
    assert cache.get_or_set("b", lambda: b"x" * (MOST + 1), timeout=None) == b"x" * (MOST + 1)


def test_the_figures_of_a_process_are_bounded():
    assert isinstance(caches["figures"], BoundedCache)
