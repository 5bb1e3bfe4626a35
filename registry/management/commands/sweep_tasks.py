from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from registry.models.operations.job import GIVEN_UP_AFTER

KEPT, FAILED_KEPT = timedelta(days=1), timedelta(days=30)


class Command(BaseCommand):
    help = "Gooit weg wat er over klare taken in de rij staat, en noemt mislukt wat begon en nooit eindigde."

    def handle(self, **options):
        now, results = timezone.now(), DBTaskResult.objects
        lost = results.running().filter(started_at__lt=now - GIVEN_UP_AFTER)
        number_lost = lost.update(status="FAILED", finished_at=now, exception_class_path="", traceback="")
        removed, _tables = (
            results.successful().filter(finished_at__lt=now - KEPT)
            | results.failed().filter(finished_at__lt=now - FAILED_KEPT)
        ).delete()
        self.stdout.write(f"Verwijderd: {removed}\nVerloren: {number_lost}")
