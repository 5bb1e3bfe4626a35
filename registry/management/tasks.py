"""The work outside a request, as tasks of Django; `manage.py work` does them, or a worker of another backend.

A task is a call to look. What is to be done, and who does it now, stands in the tables of letters, webhooks, imports and
jobs: whoever comes second finds it claimed, and what somebody left undone is found by the next. So a task may be called
twice, or get lost with its worker, and nothing is. Its row holds the name of a job at most, and nobody's data.
"""

import logging
from functools import wraps

from django_tasks import task

from registry.mail import letters, return_box
from registry.management import jobs
from registry.partners import webhooks
from registry.resources import tasks as imports

logger = logging.getLogger(__name__)


class Failed(Exception):
    """Which kind of error it was. Its words can name people: those are for the log, and not for the row of a task."""


def _without_words(act):
    @wraps(act)
    def run(*arguments):
        try:
            return act(*arguments)
        except Exception as error:
            logger.exception("The task %s failed; it is called again.", act.__name__)
            kind = type(error).__name__
        raise Failed(kind)

    return run


@task(queue_name="mail")
@_without_words
def send_mail():
    """False when the mail server could not be reached."""
    return letters.deliver()


@task(queue_name="webhooks")
@_without_words
def send_webhooks():
    return webhooks.run()


@task(queue_name="imports")
@_without_words
def run_imports():
    imports.run_waiting()


@task(queue_name="daily")
@_without_words
def read_bounces():
    return return_box.read()


@task(queue_name="daily")
@_without_words
def run_job(name):
    """False when it failed; registry/models/operations/job.py says when it is due again."""
    return jobs.run(name)
