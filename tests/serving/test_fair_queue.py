"""Who asks much does not go before who asks once."""

from types import SimpleNamespace

import pytest

from samenbuurten.serving.fair_queue import FairQueue


def channel(address, seen=""):
    request = SimpleNamespace(headers={"X_FORWARDED_FOR": seen} if seen else {})
    return SimpleNamespace(addr=(address, 1), requests=[request], served=0)


def asked(queue, *channels):
    for one in channels:
        queue.append(one)


def test_places_take_turns():
    queue, many, other = FairQueue(), [channel("10.0.0.1") for _one in range(40)], channel("10.0.0.2")
    asked(queue, *many, other)
    order = [queue.popleft() for _turn in range(41)]
    assert order.index(other) == 1
    assert len(queue) == 0


def test_within_a_place_who_asked_least_goes_first():
    queue, busy, new = FairQueue(), [channel("10.0.0.1") for _one in range(40)], channel("10.0.0.1")
    for _round in range(3):
        asked(queue, *busy)
        for _turn in busy:
            queue.popleft()
    asked(queue, *busy, new)
    assert queue.popleft() is new


def test_everybody_gets_a_turn_in_order():
    queue, some = FairQueue(), [channel("10.0.0.1") for _one in range(5)]
    asked(queue, *some)
    assert [queue.popleft() for _turn in some] == some


@pytest.mark.parametrize("behind", [True, False])
def test_behind_a_proxy_a_place_is_what_the_proxy_saw(settings, behind):
    settings.BEHIND_PROXY = behind
    queue = FairQueue()
    many = [channel("127.0.0.1", "203.0.113.9, 198.51.100.1") for _one in range(5)]
    other = channel("127.0.0.1", "198.51.100.1, 198.51.100.2")
    asked(queue, *many, other)
    assert [queue.popleft() for _turn in range(6)].index(other) == (1 if behind else 5)
