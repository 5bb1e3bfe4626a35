"""The state of the site as JSON for a monitor: database, and mail that waits; no versions, no content."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from post_office.models import PRIORITY

from registry.models import Delivery
from registry.models.operations.mail import STUCK_AFTER_AT_ONCE


@require_safe
@never_cache
def health(request):
    """503 when the site cannot serve. Mail that waits is told and is no 503: a proxy that asks here would then take away
    a site that works."""
    try:
        oldest, is_lost = _oldest_urgent(), _expired_of_late()
    except DatabaseError:
        return JsonResponse({"status": "down", "database": False}, status=503)
    is_stuck = is_lost or (oldest is not None and oldest > STUCK_AFTER_AT_ONCE.total_seconds())
    is_held_back = not settings.MAIL_TO_EVERYONE
    answer = {
        "status": "trouble" if is_stuck or is_held_back else "ok",
        "database": True,
        "mail": {
            "heldBack": is_held_back,
            "oldestUrgentSeconds": oldest,
            "stuck": is_stuck,
        },
    }
    return JsonResponse(answer)


def _oldest_urgent():
    """For how many seconds the oldest code or link waits; None when none does."""
    waiting = Delivery.objects.waiting().filter(email__priority__gte=PRIORITY.high)
    created = waiting.order_by("email__created").values_list("email__created", flat=True).first()
    return created and max(0, round((timezone.now() - created).total_seconds()))


def _expired_of_late():
    """Whether a code or link worked no more before it could leave: those to get in live no longer than a wait is told."""
    expired = Delivery.objects.filter(state=Delivery.State.EXPIRED, email__priority__gte=PRIORITY.high)
    return expired.filter(tried_at__gt=timezone.now() - timedelta(hours=1)).exists()
