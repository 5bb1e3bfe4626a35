from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from registry.foundation import ratelimit


class Command(BaseCommand):
    help = "Gooit weg wat geen limiet meer telt, ook als er niemand langskomt."

    def handle(self, **options):
        ratelimit.sweep()
        cache = caches["default"]
        if isinstance(cache, DatabaseCache):
            # Django only does so when the table is full.
            table = connection.ops.quote_name(cache._table)
            now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
            with connection.cursor() as cursor:
                # The name of the table is in the settings.
                cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608
