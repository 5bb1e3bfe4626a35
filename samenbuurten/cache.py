"""The caches. That of one process takes no more memory than it may. Of the shared one: nothing in it tells who it is
about, and one that is away is an empty one and not an error.

What guards logging in is counted here by allauth, by address. A key is kept as a hash with the salt of the hour, which
goes with it (registry/foundation/ratelimit.py): afterwards it says nothing, not even to who holds all keys of the site.
"""

import hashlib
import logging
from contextlib import nullcontext

import redis
from django.core.cache.backends import db, locmem
from django.core.cache.backends import redis as django_redis
from django.db import DatabaseError, connection, transaction

from registry.foundation import ratelimit

logger = logging.getLogger(__name__)
BEFORE = "before"  # as a version: what was kept under the salt of the hour before


class BoundedCache(locmem.LocMemCache):
    """In memory, at most ``MOST_BYTES`` (an option): what was not asked for longest goes first."""

    def __init__(self, name, params):
        super().__init__(name, params)
        self._most_bytes = params["OPTIONS"]["MOST_BYTES"]

    def _set(self, key, value, *args):
        super()._set(key, value, *args)
        in_use = sum(map(len, self._cache.values()))
        while in_use > self._most_bytes:
            oldest, dropped = self._cache.popitem()
            del self._expire_info[oldest]
            in_use -= len(dropped)


class HashedKeys:
    """Writes under the salt of this hour; reads also under that of the hour before, so no key is lost at the turn."""

    def make_key(self, key, version=None):
        now, before = ratelimit.salts()
        salt = before if version == BEFORE else now
        return hashlib.blake2b(f"{self.key_prefix}:{key}".encode(), key=salt, digest_size=16).hexdigest()

    def get(self, key, default=None, version=None):
        stored = super().get(key, None, version)
        return super().get(key, default, BEFORE) if stored is None else stored

    def delete(self, key, version=None):
        older = super().delete(key, BEFORE)
        return super().delete(key, version) or older


class AwayIsEmpty:
    """What cannot be reached was never kept, and keeps nothing."""

    def add(self, *args, **kwargs):
        return self._unless_away(True, super().add, *args, **kwargs)

    def get(self, key, default=None, version=None):
        return self._unless_away(default, super().get, key, default, version)

    def set(self, *args, **kwargs):
        return self._unless_away(None, super().set, *args, **kwargs)

    def delete(self, *args, **kwargs):
        return self._unless_away(False, super().delete, *args, **kwargs)

    def _unless_away(self, otherwise, act, *args, **kwargs):
        try:
            # What fails inside a transaction of somebody else must leave that as it was.
            with (
                transaction.atomic() if self.is_in_database and connection.in_atomic_block else nullcontext()
            ):
                return act(*args, **kwargs)
        except (redis.RedisError, DatabaseError) as error:
            logger.error("The shared cache is away; what it counts passes: %s", error)
            return otherwise


class DatabaseCache(HashedKeys, AwayIsEmpty, db.DatabaseCache):
    is_in_database = True


class RedisCache(HashedKeys, AwayIsEmpty, django_redis.RedisCache):
    is_in_database = False
