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

from registry.foundation import ratelimit
from registry.mail import letters, return_box
from registry.management import jobs
from registry.models import ImportTask
from registry.partners import webhooks
from registry.resources import tasks

logger = logging.getLogger(__name__)
LONGEST_REST = 60  # seconds without a mail server
BOUNCES_EVERY = 60


class Command(BaseCommand):
    help = "Doet het terugkerende werk tot u het stopt: elke paar seconden e-mail en webhooks, en eens per dag de rest."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, default=5, help="Seconden tussen twee rondes.")
        parser.add_argument("--rounds", type=int, help="Stop na zoveel rondes.")
        parser.add_argument("--beside", type=int, metavar="PID", help="Stop als dit proces er niet meer is.")

    def handle(self, *args, every, rounds, beside, **options):
        self.done_on, self.beside = None, {}
        self.mail_rests, self.mail_again_at, self.bounces_again_at = 0, 0, 0
        for number in count(1):
            close_old_connections()
            for act in (
                self.do_mail,
                self.do_bounces,
                webhooks.run,
                ratelimit.sweep,
                self.do_imports,
                self.do_daily_work,
            ):
                try:
                    act()
                except Exception:
                    # Tomorrow's mail must not wait for whoever finds out that today's failed.
                    logger.exception("A round of the regular work failed; the next one goes on.")
            if number == rounds or (beside and not _is_running(beside)):
                if number == rounds:
                    # What the daily work wrote goes in this round too.
                    self.wait()
                    self.do_mail()
                    self.wait()
                return
            time.sleep(every)

    # Beside the rest: codes to log in with must not wait for a long file, a webhook or the daily work.

    def do_mail(self):
        if time.monotonic() >= self.mail_again_at:
            self.start("mail", self.send_mail)

    def send_mail(self):
        """Nobody there: after longer and longer whiles, at most a minute. It holds a lock: a scheduler that sends at
        the same time sends nothing twice."""
        is_there = letters.deliver()
        self.mail_rests = 0 if is_there else min(LONGEST_REST, self.mail_rests * 2 or 5)
        self.mail_again_at = time.monotonic() + self.mail_rests

    def do_bounces(self):
        if settings.BOUNCE_IMAP_URL and time.monotonic() >= self.bounces_again_at:
            self.bounces_again_at = time.monotonic() + BOUNCES_EVERY
            self.start("bounces", return_box.read)

    def do_imports(self):
        if ImportTask.objects.waiting().exists():
            self.start("imports", tasks.run_waiting)

    def start(self, name, act):
        if not (name in self.beside and self.beside[name].is_alive()):
            self.beside[name] = threading.Thread(target=_do, args=[act], daemon=True)
            self.beside[name].start()

    def wait(self):
        for thread in self.beside.values():
            thread.join()

    def do_daily_work(self):
        now = timezone.localtime()
        is_due = now.hour >= settings.DAILY_FROM_HOUR and self.done_on != now.date()
        # What failed is due again later; the table says when.
        if is_due and not jobs.run_due():
            self.done_on = now.date()


def _do(act):
    try:
        act()
    except Exception:
        logger.exception("A part of the regular work failed; it is tried again.")
    finally:
        connections.close_all()


def _is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
