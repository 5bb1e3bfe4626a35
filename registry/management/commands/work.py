"""The regular work of a site without a scheduler: mail at once, the rest once a day."""

import os
import time
from itertools import count

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone
from post_office.mail import send_queued

DAILY = ("send_reminders", "send_digests", "apply_retention", "clearsessions")
DAILY_FROM_HOUR = 7


class Command(BaseCommand):
    help = "Doet het terugkerende werk tot u het stopt: elke paar seconden e-mail, en eens per dag de rest."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, default=5, help="Seconden tussen twee rondes.")
        parser.add_argument("--rounds", type=int, help="Stop na zoveel rondes.")
        parser.add_argument("--beside", type=int, metavar="PID", help="Stop als dit proces er niet meer is.")

    def handle(self, *args, every, rounds, beside, **options):
        done_on = None
        for number in count(1):
            close_old_connections()
            send_queued()
            now = timezone.localtime()
            if now.hour >= DAILY_FROM_HOUR and done_on != now.date():
                for name in DAILY:
                    call_command(name, verbosity=0, stdout=self.stdout)
                done_on = now.date()
            if number == rounds or (beside and not _is_running(beside)):
                return
            time.sleep(every)


def _is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
