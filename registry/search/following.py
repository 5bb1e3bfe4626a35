"""Figures that follow what changes: made once in a process, and then told which initiatives are other ones now.

When the content moved, the traces say of which initiatives the public sees something else, and only what is made of
those is made again: an edit costs the same however many initiatives there are.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import uuid4

from django.core.cache import caches

from registry.foundation.cache import may_be_undone
from registry.models import Trace

# When more than so many initiatives changed, a figure is made anew: that is cheaper by then.
MANY = 5000
MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """A figure of one version of the content. ``bytes``: what counts for ``MOST_BYTES``."""

    version: Any
    figure: Any
    bytes: int


def following(
    name: str,
    version: int,
    make: Callable[[], Any],
    renew: Callable[[Any, Sequence[int]], Any],
    bytes_of: Callable[[Any], int] = lambda figure: 0,
) -> Any:
    """The figure called ``name``, as the content is at ``version`` or a little later.

    ``renew`` gives a figure as another one for the keys of the initiatives that changed or went; it leaves the old
    one as it was. The version is read before the content: what is newer than that is read again the next time.
    """
    earlier = _shelf.get(name)
    if earlier and earlier.version == version:
        return earlier.figure
    changed = _shelf.changed(earlier.version, version) if earlier and earlier.version < version else None
    if earlier is None or changed is None:
        figure = make()
    else:
        figure = renew(earlier.figure, changed) if changed else earlier.figure
    # When a transaction is undone, its version comes again with other content.
    if not may_be_undone():
        _shelf.put(name, Entry(version, figure, bytes_of(figure)))
    return figure


def newest(name: str, version: object, make: Callable[[], Any]) -> Any:
    """The figure called ``name`` as ``make`` gives it at ``version``; of each name one version is there, as it is and not
    in a cache that has to read it anew each time."""
    earlier = _shelf.get(name)
    if earlier and earlier.version == version:
        return earlier.figure
    figure = make()
    if not may_be_undone():
        _shelf.put(name, Entry(version, figure, 0))
    return figure


class _Shelf:
    """Of each name the newest figure, those asked for lately. Empty when the cache of figures is emptied."""

    def __init__(self):
        self.lock = Lock()
        self.mark = None
        self.by_name = OrderedDict()
        self.bytes = 0
        # What changed from one version to another: most figures go the same step.
        self.latest = (0, 0, None)

    def get(self, name):
        with self.lock:
            self._empty_with_the_cache()
            if name in self.by_name:
                self.by_name.move_to_end(name)
            return self.by_name.get(name)

    def put(self, name, entry):
        with self.lock:
            self._empty_with_the_cache()
            self._drop(name)
            self.by_name[name] = entry
            self.bytes += entry.bytes
            while self.bytes > MOST_BYTES:
                self._drop(next(oldest for oldest, of in self.by_name.items() if of.bytes))

    def changed(self, since, version):
        """The keys of the initiatives of which the public saw something else after ``since``; None when too many."""
        latest = self.latest
        if latest[:2] == (since, version):
            return latest[2]
        traces = Trace.objects.filter(version__gt=since).values_list("initiative", flat=True)
        keys = list(traces[: MANY + 1])
        changed = keys if len(keys) <= MANY else None
        if not may_be_undone():
            self.latest = (since, version, changed)
        return changed

    def _drop(self, name):
        if name in self.by_name:
            self.bytes -= self.by_name.pop(name).bytes

    def _empty_with_the_cache(self):
        figures = caches["figures"]
        if self.mark is None or figures.get("following") != self.mark:
            self.mark = uuid4().hex
            figures.set("following", self.mark, timeout=None)
            self.by_name.clear()
            self.bytes = 0
            self.latest = (0, 0, None)


_shelf = _Shelf()
