from django.core.management.base import BaseCommand

from registry.search import forget_found


class Command(BaseCommand):
    help = "Haalt van de lijst wat eerder niets opleverde en nu wel wordt gevonden."

    def handle(self, **options):
        self.stdout.write(f"Nu wel gevonden: {forget_found()}.")
