"""What a monitor counts, in the text format of Prometheus: off without METRICS_TOKEN, and for who sends it.

Requests are counted in each process, in files that all processes of a server share (PROMETHEUS_MULTIPROC_DIR, which
samenbuurten/serving/server.py sets before anything is loaded). What waits is asked of the database at each look. No label
names a person, a page or an address.
"""

import os
import time
from functools import cache

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from registry.models import Delivery, JobRun
from registry.models.operations.queues import queues
from survey.models import Round

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class MetricsMiddleware:
    """The first of all: how long each request took, by the name of its route."""

    def __init__(self, get_response):
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response, self.seconds = get_response, _seconds()

    def __call__(self, request):
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.view_name if match and match.view_name else "none"
        method = request.method if request.method in METHODS else "other"
        self.seconds.labels(route, method, response.status_code).observe(time.perf_counter() - began)
        return response


@require_safe
@never_cache
def metrics(request):
    if not settings.METRICS_TOKEN:
        raise Http404
    _bearer, _space, token = request.headers.get("Authorization", "").partition(" ")
    if not constant_time_compare(token, settings.METRICS_TOKEN):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    client = _client()
    everything = client.CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415  as below

        MultiProcessCollector(everything)
    else:
        everything.register(_seconds())
    everything.register(_Stock())
    return HttpResponse(client.generate_latest(everything), content_type=client.CONTENT_TYPE_LATEST)


def _client():
    import prometheus_client.core  # noqa: PLC0415  only who counts loads it, and after the folder is named

    return prometheus_client


@cache
def _seconds():
    """Once for a process."""
    words = "How long requests took, by the name of their route."
    labels = ["route", "method", "status"]
    return _client().Histogram("samenbuurten_request_seconds", words, labels, buckets=BUCKETS, registry=None)


class _Stock:
    """What the database says now."""

    def collect(self):
        gauge = _client().core.GaugeMetricFamily
        try:
            families = list(self._families(gauge))
        except DatabaseError:
            families = []
        yield gauge("samenbuurten_database_up", "Whether the database answers.", value=bool(families))
        yield from families

    def _families(self, gauge):
        said = queues()
        for name, words, value in (
            ("waiting", "How many wait in a queue.", lambda queue: queue.waiting),
            ("oldest_seconds", "How long the oldest in a queue waits.", lambda queue: queue.seconds() or 0),
            ("failed_day", "How many failed for good in the last day.", lambda queue: queue.failed),
            ("stuck", "Whether something in a queue waits too long.", lambda queue: queue.is_stuck),
        ):
            values = {queue.name: value(queue) for queue in said}
            yield _with(gauge(f"samenbuurten_queue_{name}", words, labels=["queue"]), values)
        letters = Delivery.objects.order_by().values_list("state").annotate(Count("pk"))
        yield _with(gauge("samenbuurten_letters", "Letters by state.", labels=["state"]), dict(letters))
        tasks = DBTaskResult.objects.order_by().values_list("status").annotate(Count("pk"))
        yield _with(gauge("samenbuurten_tasks", "Tasks by state.", labels=["state"]), dict(tasks))
        answers = dict(
            Round.objects.open()
            .order_by()
            .annotate(Count("responses"))
            .values_list("slug", "responses__count")
        )
        words = "Answers in each round that is open."
        yield _with(gauge("samenbuurten_answers", words, labels=["round"]), answers)
        words = "Daily jobs that failed or did not run."
        yield gauge("samenbuurten_jobs_in_trouble", words, value=JobRun.objects.in_trouble().count())


def _with(family, values):
    for name, value in values.items():
        family.add_metric([str(name)], value)
    return family
