"""The regular work of a site without a scheduler: mail and webhooks at once, the rest once a day."""

import logging
import os
import threading
import time
from itertools import count

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connections
from django.utils import timezone

from registry import jobs, limits, webhooks
from registry.mail import letters
from registry.models import ImportTask
from registry.resources import tasks

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Doet het terugkerende werk tot u het stopt: elke paar seconden e-mail en webhooks, en eens per dag de rest."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, default=5, help="Seconden tussen twee rondes.")
        parser.add_argument("--rounds", type=int, help="Stop na zoveel rondes.")
        parser.add_argument("--beside", type=int, metavar="PID", help="Stop als dit proces er niet meer is.")

    def handle(self, *args, every, rounds, beside, **options):
        self.done_on, self.importing = None, None
        for number in count(1):
            close_old_connections()
            # The first holds a lock: a scheduler that sends at the same time sends nothing twice.
            for act in (letters.deliver, webhooks.run, limits.sweep, self.do_imports, self.do_daily_work):
                try:
                    act()
                except Exception:
                    # Tomorrow's mail must not wait for whoever finds out that today's failed.
                    logger.exception("A round of the regular work failed; the next one goes on.")
            if number == rounds or (beside and not _is_running(beside)):
                if self.importing and number == rounds:
                    self.importing.join()
                return
            time.sleep(every)

    def do_imports(self):
        """Beside the rest: codes to log in with must not wait for a long file."""
        is_busy = self.importing and self.importing.is_alive()
        if not is_busy and ImportTask.objects.waiting().exists():
            self.importing = threading.Thread(target=_import, daemon=True)
            self.importing.start()

    def do_daily_work(self):
        now = timezone.localtime()
        is_due = now.hour >= settings.DAILY_FROM_HOUR and self.done_on != now.date()
        # What failed is due again later; the table says when.
        if is_due and not jobs.run_due():
            self.done_on = now.date()


def _import():
    try:
        tasks.run_waiting()
    finally:
        connections.close_all()


def _is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
