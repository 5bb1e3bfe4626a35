"""How often, or how much, one place, person or mailbox may do something: one limiter for the whole site.

The promise: in any ``seconds`` whatsoever, from the first to the last, no more than ``most`` passes; in all
processes of this machine together, and in those of all machines when CACHE_URL is a Redis. It holds without a
write for each request, because a process takes a lease of a twentieth of the limit from the shared count
(registry/foundation/ratelimit_store.py), gives from that, and tells at the next lease how much it really gave. So a process may
refuse up to a twentieth early for each other process that holds a lease. It never gives one too many.

A place is an IPv4 address or an IPv6 /64. What is counted is kept under a hash with a random salt that belongs
to the window and is thrown away with it: afterwards it says nothing, not even to who holds all keys of the site.

When the shared count is away everything passes, and the log says so once: a limit must not close the site.
"""

import hashlib
import ipaddress
import logging
import os
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from registry.foundation import ratelimit_store
from registry.foundation.ratelimit_store import Entry, Logs

logger = logging.getLogger(__name__)

HOUR = 3600
SHARES = 20  # a lease is this part of a limit
LEASE_LASTS = 10  # at most this part of the window
MOST_LEASES = 10_000  # that one process remembers
PATIENCE = 5  # seconds before a count that was away is asked again


@dataclass(frozen=True)
class Answer:
    """``left``: how much surely passes after this, in whichever process; ``wait``: seconds until the next passes, 0 when it did.

    What another process holds on lease counts as given. Without ``tells_left`` it is what this process may still give.
    """

    allowed: bool
    left: int
    wait: float = 0.0


@dataclass
class _Lease:
    """What this process may still give without asking, or until when it need not ask because all is gone."""

    most: int = 0
    left: int = 0
    used: int = 0
    last_used: float = 0.0
    until: float = 0.0
    refused_until: float = 0.0
    refused_cost: int = 0


class _Process:
    """What one process holds in memory. A child of a fork begins with nothing, like any other process."""

    def __init__(self) -> None:
        self.pid, self.name, self.salt = os.getpid(), secrets.token_hex(4), secrets.token_bytes(16)
        self.lock = threading.Lock()
        self.leases: dict[str, _Lease] = {}
        self.salts: dict[str, tuple[bytes, float]] = {}
        self.store: ratelimit_store.Store | None = None
        self.store_at: str | None = None
        self.away_until, self.is_away = 0.0, False

    def take(
        self, action: str, who: str, most: int, seconds: int, cost: int, tells_left: bool = False
    ) -> Answer:
        now = time.time()
        what = f"{action}:{seconds}:{who}"
        mine = _hash(what, self.salt)
        with self.lock:
            lease = self.leases.get(mine) or _Lease()
            same = lease.most == most
            if same and now < lease.refused_until <= now + seconds and cost >= lease.refused_cost:
                return Answer(False, 0, lease.refused_until - now)
            if same and lease.until > now and lease.left >= cost:
                lease.left, lease.used, lease.last_used = lease.left - cost, lease.used + cost, now
                return Answer(True, self._left(what, lease, most, seconds, now) if tells_left else lease.left)
            if now < self.away_until <= now + PATIENCE:
                return Answer(True, max(0, most - cost))
            try:
                answer, lease = self._ask(what, lease, most, seconds, cost, now)
                self.is_away = False
            except ratelimit_store.AWAY as error:
                self.away_until = now + PATIENCE
                if not self.is_away:
                    logger.error(
                        "The count of the limits is away; until it is back everything passes: %s", error
                    )
                self.is_away = True
                return Answer(True, max(0, most - cost))
            if len(self.leases) >= MOST_LEASES:
                self._forget_old(now)
            self.leases[mine] = lease
            return answer

    def _ask(
        self, what: str, lease: _Lease, most: int, seconds: int, cost: int, now: float
    ) -> tuple[Answer, _Lease]:
        window = int(now // seconds)
        before, current = (_hash(what, self._salt(seconds, number, now)) for number in (window - 1, window))
        outcome: list[tuple[Answer, _Lease]] = []

        def change(logs: Logs) -> Logs:
            logs = {name: [entry for entry in log if entry[0] > now - seconds] for name, log in logs.items()}
            for name, log in logs.items():
                # What this process had on lease becomes what it gave.
                logs[name] = [entry for entry in log if not (entry[2] == self.name and entry[3])]
            if lease.used:
                logs[current].append([lease.last_used, lease.used, self.name, False])
            counted = sorted(logs[before] + logs[current])
            free = most - sum(number for _moment, number, _who, _open in counted)
            if free < cost:
                refused = Answer(False, 0, _wait(counted, cost - free, seconds, now))
                lease_of_none = _Lease(most, refused_until=now + refused.wait, refused_cost=cost)
                outcome[:] = [(refused, lease_of_none)]
                return logs
            granted = min(max(cost, most // SHARES), free)
            is_open = granted > cost
            until = now + seconds / LEASE_LASTS if is_open else now
            logs[current].append([until, granted, self.name, is_open])
            new_lease = _Lease(most, granted - cost, cost, now, until) if is_open else _Lease()
            # Anew when the store asks once more.
            outcome[:] = [(Answer(True, free - cost), new_lease)]
            return logs

        self._shared().change((before, current), change, until=now + seconds * (1 + 1 / LEASE_LASTS))
        return outcome[0]

    def _left(self, what: str, lease: _Lease, most: int, seconds: int, now: float) -> int:
        """What is left when all that others hold on lease is given: read now, as they may have taken more since."""
        window = int(now // seconds)
        try:
            names = [_hash(what, self._salt(seconds, number, now)) for number in (window - 1, window)]
            logs = self._shared().read(names)
        except ratelimit_store.AWAY:
            return lease.left
        others = sum(
            number
            for moment, number, who, is_open in logs
            if moment > now - seconds and not (is_open and who == self.name)
        )
        return max(lease.left, int(most - others - lease.used))

    def _salt(self, seconds: int, number: int, now: float) -> bytes:
        """The salt of one window, the same in each process, for as long as the window counts."""
        name = f"salt:{seconds}:{number}"
        if name not in self.salts:
            until = (number + 2) * seconds
            self.salts = {key: dated_salt for key, dated_salt in self.salts.items() if dated_salt[1] > now}
            self.salts[name] = self._shared().salt(name, until=until), until
        return self.salts[name][0]

    def salts_of_the_hour(self) -> list[bytes]:
        now = time.time()
        hour = int(now // HOUR)
        with self.lock:
            try:
                return [self._salt(HOUR, number, now) for number in (hour, hour - 1)]
            except ratelimit_store.AWAY:  # then each process has its own, for as long as it lives
                return [self.salt, self.salt]

    def _forget_old(self, now: float) -> None:
        live = {
            key: lease for key, lease in self.leases.items() if max(lease.until, lease.refused_until) > now
        }
        # So many at once: what was on lease counts as given.
        self.leases = live if len(live) < MOST_LEASES else {}

    def _shared(self) -> ratelimit_store.Store:
        if self.store is None or self.store_at != settings.LIMITS_AT:
            self.store = ratelimit_store.store(settings.LIMITS_AT)
            self.store_at = settings.LIMITS_AT
        return self.store

    def sweep(self) -> None:
        now = time.time()
        with self.lock:
            self._forget_old(now)
            self.salts = {key: dated_salt for key, dated_salt in self.salts.items() if dated_salt[1] > now}
            self._shared().sweep(now)


_process = _Process()


def take(
    action: str, who: str, *, most: int, seconds: int, cost: int = 1, tells_left: bool = False
) -> Answer:
    """Count ``cost`` for ``who``, when that fits in ``most`` in ``seconds``. What is refused does not count."""
    return _this_process().take(action, who, most, seconds, cost, tells_left)


def allow(request: HttpRequest, action: str, *, most: int, seconds: int, cost: int = 1) -> bool:
    """Count this request; False when its place would do ``action`` more than ``most`` in ``seconds``."""
    return take(action, place_of(request), most=most, seconds=seconds, cost=cost).allowed


def place_of(request: HttpRequest) -> str:
    """Where a request came from: an IPv4 address or an IPv6 /64."""
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except (PermissionDenied, ValueError):  # as over a socket of this machine: all of those count as one
        return ""
    return str(address) if address.version == 4 else f"{int(address) >> 64:x}::/64"


def network_of(request: HttpRequest) -> str:
    """As ``place_of``, for what strangers could use up for somebody else: an IPv6 /48, which one of them can have whole."""
    place = place_of(request)
    return f"{int(place.partition('::')[0], 16) >> 16:x}::/48" if place.endswith("::/64") else place


def salts() -> list[bytes]:
    """The salts of this hour and of the one before, the same in each process; each is thrown away an hour later."""
    return _this_process().salts_of_the_hour()


def sweep() -> None:
    """Throw away what no window needs any more, salts included; `manage.py work` does so every few seconds."""
    try:
        _this_process().sweep()
    except ratelimit_store.AWAY as error:
        logger.warning("The count of the limits could not be swept: %s", error)


def forget() -> None:
    """Begin anew in this process, as after a restart."""
    global _process
    if _process.store and _process.pid == os.getpid():
        _process.store.close()
    _process = _Process()


def _this_process() -> _Process:
    if _process.pid != os.getpid():
        forget()
    return _process


def _wait(counted: Sequence[Entry], needed: int, seconds: int, now: float) -> float:
    """Seconds until so many of what was ``counted`` have left the window."""
    for moment, number, _who, _open in counted:
        needed -= number
        if needed <= 0:
            return max(float(moment + seconds - now), 0.001)
    return float(seconds)


def _hash(text: str, salt: bytes) -> str:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), key=salt, digest_size=16).hexdigest()
