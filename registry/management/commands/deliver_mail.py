from django.core.management.base import BaseCommand
from django.utils import timezone

from registry.mail import letters
from registry.models import JobRun


class Command(BaseCommand):
    help = "Verstuurt de e-mail die in de rij staat en wist daarna de tekst ervan. Vaker draaien verstuurt niets twee keer."

    def handle(self, *args, **options):
        JobRun.objects.beat(timezone.now())
        letters.deliver()
