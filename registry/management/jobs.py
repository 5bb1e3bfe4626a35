"""The daily work, each job on its own: one that fails stops no other, is tried again, and stands on the worklist."""

import logging
from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from registry.foundation.retry import once_more
from registry.models import JobRun

logger = logging.getLogger(__name__)


def run_due(now=None):
    """Run what of DAILY_WORK is still to be done today; the names of what failed."""
    return [name for name in settings.DAILY_WORK if not run(name, now)]


def run(name, now=None):
    """Run a job when it is due; False when it failed."""
    now = now or timezone.now()
    if not JobRun.objects.claim(name, now):
        return True
    said, failed = StringIO(), ""
    try:
        once_more(lambda: call_command(name, verbosity=0, stdout=said))
    except Exception as error:
        # What went wrong exactly can name people: that is for the log.
        failed = type(error).__name__
        logger.exception("%s failed; it is tried again in an hour.", name)
    outcome = failed or " · ".join(line.strip() for line in said.getvalue().splitlines())
    ended = {"ended_at": timezone.now(), "is_failed": bool(failed), "outcome": outcome[:500]}
    JobRun.objects.filter(name=name, started_at=now).update(**ended)
    return not failed
