"""The shared cache on Redis, for which a Redis that is away is an empty one and not a page with an error."""

import logging

import redis
from django.core.cache.backends import redis as django_redis

logger = logging.getLogger(__name__)


class RedisCache(django_redis.RedisCache):
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
            return act(*args, **kwargs)
        except redis.RedisError as error:
            logger.error("The shared cache is away; what it counts passes: %s", error)
            return otherwise
