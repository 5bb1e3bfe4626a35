"""Who calls the tasks: every few seconds it looks in the tables what waits."""

import logging
import time

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django_tasks import TaskResultStatus

from registry.foundation import ratelimit
from registry.mail import letters
from registry.management import tasks
from registry.models import ImportTask, JobRun
from registry.partners import webhooks

logger = logging.getLogger(__name__)
LONGEST_REST = 60  # seconds without a mail server
BOUNCES_EVERY = 60


class Tick:
    """Calls a task for what waits, unless the last call of this Tick has not begun. On more machines each ticks: at most
    as many calls wait for one thing, and the first that begins claims it."""

    def __init__(self):
        self.calls = {}  # by task and arguments: the result of the last call
        self.heard_of = None
        self.mail_rests, self.mail_again_at, self.bounces_again_at = 0, 0, 0

    def __call__(self):
        """Whether the database was there."""
        try:
            JobRun.objects.beat(timezone.now())
            for look in (self._mail, self._webhooks, self._imports, self._bounces, self._daily):
                look()
        except DatabaseError as error:
            logger.warning("The regular work cannot look what waits: %s.", type(error).__name__)
            return False
        finally:
            ratelimit.sweep()
        return True

    def _call(self, task, *arguments):
        if not self._has_yet_to_begin(last := self.calls.get((task.name, *arguments))):
            last = self.calls[(task.name, *arguments)] = task.enqueue(*arguments)
        return last

    def _has_yet_to_begin(self, result):
        if result is None or not result.task.get_backend().supports_get_result:
            return False
        try:
            result.refresh()
        except Exception:  # noqa: BLE001  each backend says in its own way that it knows it no more
            return False
        return result.status == TaskResultStatus.READY

    def _mail(self):
        self._hear_of_mail()
        if time.monotonic() >= self.mail_again_at and letters.are_due():
            self._call(tasks.send_mail)

    def _hear_of_mail(self):
        """Nobody there: after longer and longer whiles, at most a minute."""
        result = self.calls.get((tasks.send_mail.name,))
        if result is None or result is self.heard_of or self._has_yet_to_begin(result):
            return
        if result.is_finished:
            self.heard_of = result
            is_away = result.status == TaskResultStatus.SUCCESSFUL and result.return_value is False
            self.mail_rests = min(LONGEST_REST, self.mail_rests * 2 or 5) if is_away else 0
            self.mail_again_at = time.monotonic() + self.mail_rests

    def _webhooks(self):
        if webhooks.is_due():
            self._call(tasks.send_webhooks)

    def _imports(self):
        if ImportTask.objects.waiting().exists():
            self._call(tasks.run_imports)

    def _bounces(self):
        if settings.BOUNCE_IMAP_URL and time.monotonic() >= self.bounces_again_at:
            self.bounces_again_at = time.monotonic() + BOUNCES_EVERY
            self._call(tasks.read_bounces)

    def _daily(self):
        if timezone.localtime().hour >= settings.DAILY_FROM_HOUR:
            for name in JobRun.objects.due(timezone.now()):
                self._call(tasks.run_job, name)
