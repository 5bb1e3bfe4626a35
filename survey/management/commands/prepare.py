import fcntl
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from registry.models import JobRun

LOCK = 0x70726570  # of PostgreSQL, for all machines


class Command(BaseCommand):
    help = "Zet de site klaar: tabellen, de inhoud van de presentatie, de eerste beheerder. Vaker mag, ook tegelijk."

    # Here, because it also loads a round: the register knows nothing of the survey.
    def handle(self, *args, **options):
        with _one_at_a_time():
            call_command("createcachetable", verbosity=0)
            call_command("migrate", verbosity=0)
            call_command("load_deck", verbosity=0)
            call_command("load_deck_round", verbosity=0)
            call_command("create_first_account", stdout=self.stdout)
            # From now on somebody has to do the regular work.
            JobRun.objects.beat(timezone.now())


@contextmanager
def _one_at_a_time():
    """Who comes second waits, and finds it done. The lock ends with the process."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        return
    with (settings.VAR_DIR / "prepare.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
