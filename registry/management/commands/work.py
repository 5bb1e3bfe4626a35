"""All work outside a request, for a site without a scheduler: looks what waits, and has a worker for each queue."""

import logging
import os
import signal
import socket
import threading
import time
from contextlib import suppress

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connections
from django.utils.crypto import get_random_string
from django_tasks import task_backends
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands.db_worker import Worker

from registry.foundation import away
from registry.management.tick import Tick

logger = logging.getLogger(__name__)
POLL_SECONDS = 1
DRAIN_SECONDS = 20


class Command(BaseCommand):
    help = "Doet het terugkerende werk tot u het stopt: elke paar seconden e-mail en webhooks, en eens per dag de rest."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, default=5, help="Seconden tussen twee rondes.")
        parser.add_argument("--rounds", type=int, help="Doe zo vaak alles wat er ligt, en stop dan.")
        parser.add_argument("--beside", type=int, metavar="PID", help="Stop als dit proces er niet meer is.")

    def handle(self, *args, every, rounds, beside, **options):
        self._say_what_is_missing()
        tick, queues = Tick(), []
        if isinstance(task_backends["default"], DatabaseBackend):  # another backend has workers of its own
            queues = settings.TASKS["default"]["QUEUES"]
        if rounds:
            self._do_all_that_waits(tick, queues, rounds, every)
        else:
            self._serve(tick, queues, every, beside)

    def _say_what_is_missing(self):
        with suppress(DatabaseError):
            if number := away.missing_migrations():
                self.stderr.write(
                    f"De database past niet bij deze versie: {number} migratie(s) ontbreken. Draai: manage.py prepare"
                )

    def _do_all_that_waits(self, tick, queues, rounds, every):
        for number in range(rounds):
            time.sleep(every if number else 0)
            tick()
            for queue in queues:
                _worker(queue, batch=True).run()
        # What the rest wrote goes in this round too.
        tick()
        for queue in queues[:1]:
            _worker(queue, batch=True).run()

    def _serve(self, tick, queues, every, beside):
        is_over = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_signal: is_over.set())
        workers = [_Keeper(queue, is_over) for queue in queues]
        for worker in workers:
            worker.start()
        while not is_over.is_set() and not (beside and not _is_running(beside)):
            close_old_connections()
            tick()
            is_over.wait(every)
        is_over.set()
        until = time.monotonic() + DRAIN_SECONDS
        for worker in workers:
            worker.stop()
            worker.join(max(0, until - time.monotonic()))


class _Keeper(threading.Thread):
    """Keeps a worker of the library on one queue. It ends with an error when the database is away, or held long by
    another; then another takes its place."""

    def __init__(self, queue, is_over):
        super().__init__(name=queue, daemon=True)
        self.queue, self.is_over, self.worker = queue, is_over, None

    def run(self):
        while not self.is_over.is_set():
            self.worker = _worker(self.queue)
            try:
                self.worker.run()
            except DatabaseError as error:
                logger.warning("The worker of %s begins anew: %s.", self.queue, type(error).__name__)
            except Exception:
                logger.exception("The worker of %s begins anew.", self.queue)
            connections.close_all()
            self.is_over.wait(POLL_SECONDS)

    def stop(self):
        """After the task that it does."""
        if self.worker:
            self.worker.running = False


def _worker(queue, *, batch=False):
    return Worker(
        queue_names=[queue],
        interval=POLL_SECONDS,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"{socket.gethostname()[:30]}-{os.getpid()}-{get_random_string(8)}",
        excluded_queue_names=[],
    )


def _is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
