"""How often one place may send, counted in the memory of this process and nowhere else.

An address is hashed with a salt that is thrown away with the minute: what is counted says nothing afterwards,
not even to who holds all keys of the site. Each process counts by itself, so with more processes the limit is
wider; it is there to stop a flood, not to count people, and a whole festival may share one address.
"""

import hashlib
import secrets
import threading
import time

from allauth.account.adapter import get_adapter

WINDOW_SECONDS = 60


class _Window:
    """The counts of one minute."""

    def __init__(self):
        self.number, self.salt, self.counts = -1, b"", {}
        self.lock = threading.Lock()

    def count(self, number, action, place):
        with self.lock:
            if number != self.number:
                self.number, self.salt, self.counts = number, secrets.token_bytes(16), {}
            key = hashlib.blake2b(f"{action}:{place}".encode(), key=self.salt, digest_size=16).digest()
            self.counts[key] = self.counts.get(key, 0) + 1
            return self.counts[key]


_window = _Window()


def allow(request, action, *, most):
    """Count this request; False when the same place did ``action`` more than ``most`` times this minute."""
    place = get_adapter().get_client_ip(request)
    return _window.count(int(time.monotonic() // WINDOW_SECONDS), action, place) <= most
