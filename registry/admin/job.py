from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from registry.foundation.read_only import ReadOnlyAdmin
from registry.models import JobRun
from registry.models.operations.job import AGAIN_AFTER
from registry.models.operations.queues import lately_failed, queues

# What staff need of it stands above the list of jobs.
admin.site.unregister(DBTaskResult)


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    list_display = ["name", "started_at", "ended_at", "is_failed", "outcome", "next_run"]
    list_filter = ["is_failed"]
    change_list_template = "admin/job_change_list.html"

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"queues": queues(), "failed": lately_failed(), **(extra_context or {})}
        )

    @admin.display(description=_("volgende keer"))
    def next_run(self, job):
        if job.name not in settings.DAILY_WORK:
            return None
        if job.is_failed and job.ended_at:
            return job.ended_at + AGAIN_AFTER
        tomorrow = timezone.localdate(job.started_at) + timedelta(days=1)
        return timezone.make_aware(datetime.combine(tomorrow, time(hour=settings.DAILY_FROM_HOUR)))
