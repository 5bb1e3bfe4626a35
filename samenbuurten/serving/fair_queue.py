"""Whose request is next: places take turns, and within a place who asked least goes first."""

import heapq
from collections import OrderedDict
from itertools import count

from django.conf import settings


class FairQueue:
    """Stands in for the deque of waitress' dispatcher, which holds its lock around each call.

    A place is an address; behind a proxy, the one that the proxy saw. Whoever fills the queue, of many connections
    or with many requests on each, keeps somebody else waiting for one request of theirs at most.
    """

    def __init__(self):
        self._places = OrderedDict()
        self._numbers = count()

    def __len__(self):
        return sum(map(len, self._places.values()))

    def append(self, channel):
        channel.served += 1
        waiting = self._places.setdefault(place_of(channel), [])
        heapq.heappush(waiting, (channel.served, next(self._numbers), channel))

    def popleft(self):
        place, waiting = self._places.popitem(last=False)
        channel = heapq.heappop(waiting)[-1]
        if waiting:
            self._places[place] = waiting
        return channel


def place_of(channel):
    seen = channel.requests[0].headers.get("X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return seen.rpartition(",")[2].strip() or channel.addr[0]
