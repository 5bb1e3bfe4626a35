"""The state of the site as JSON for a monitor; no versions, no content."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from post_office.models import PRIORITY

from registry.foundation import away
from registry.models import Delivery, JobRun
from registry.models.operations.mail import STUCK_AFTER_AT_ONCE
from registry.models.operations.queues import queues


@require_safe
@never_cache
def health(request):
    """503 when the site cannot serve. What waits is told and is no 503: a proxy that asks here would then take away
    a site that works."""
    try:
        oldest, is_lost, waiting = _oldest_urgent(), _expired_of_late(), queues()
        jobs_in_trouble = JobRun.objects.in_trouble().count()
    except DatabaseError:
        return JsonResponse({"status": "down", "database": False}, status=503)
    is_stuck = is_lost or (oldest is not None and oldest > STUCK_AFTER_AT_ONCE.total_seconds())
    is_held_back = not settings.MAIL_TO_EVERYONE
    others = [queue for queue in waiting if queue.name != "mail"]
    has_storage = _holds(_stores)
    is_waiting_long = is_stuck or any(queue.is_stuck for queue in others)
    is_trouble = is_waiting_long or is_held_back or jobs_in_trouble > 0 or not has_storage
    answer = {
        "status": "trouble" if is_trouble else "ok",
        "database": True,
        "storage": has_storage,
        "jobsInTrouble": jobs_in_trouble,
        "mail": {
            "heldBack": is_held_back,
            "oldestUrgentSeconds": oldest,
            "stuck": is_stuck,
        },
    }
    told = {
        queue.name: {"waiting": queue.waiting, "oldestSeconds": queue.seconds(), "stuck": queue.is_stuck}
        for queue in others
    }
    return JsonResponse(answer | told)


@require_safe
@never_cache
def alive(request):
    """This process answers. It asks nothing of a database, a cache or a disk."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request):
    """503 until this process can do its work: send visitors to another, and wait."""
    looks = {"database": _asks, "migrations": _is_migrated, "cache": _counts, "storage": _stores}
    answers = {name: _holds(look) for name, look in looks.items()}
    # Without its cache a site serves on; what it counts passes. Without its storage too, but for images and imports:
    # all machines share it, and a balancer that asks here would take all of them away.
    is_ready = answers["database"] and answers["migrations"]
    return JsonResponse({"status": "ok" if is_ready else "down"} | answers, status=200 if is_ready else 503)


def _holds(look):
    try:
        return bool(look())
    except Exception:  # noqa: BLE001  each way in which it is away
        return False


def _asks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone()


def _is_migrated():
    return away.missing_migrations() == 0


def _counts():
    key = f"ready-{get_random_string(8)}"
    caches["default"].set(key, 1, 10)
    has_counted = caches["default"].get(key)
    caches["default"].delete(key)
    return has_counted


def _stores():
    name = f"ready-{get_random_string(8)}"
    return not default_storage.exists(name)


def _oldest_urgent():
    """For how many seconds the oldest code or link waits; None when none does."""
    waiting = Delivery.objects.waiting().filter(email__priority__gte=PRIORITY.high)
    created = waiting.order_by("email__created").values_list("email__created", flat=True).first()
    return created and max(0, round((timezone.now() - created).total_seconds()))


def _expired_of_late():
    """Whether a code or link worked no more before it could leave: those to get in live no longer than a wait is told."""
    expired = Delivery.objects.filter(state=Delivery.State.EXPIRED, email__priority__gte=PRIORITY.high)
    return expired.filter(tried_at__gt=timezone.now() - timedelta(hours=1)).exists()
