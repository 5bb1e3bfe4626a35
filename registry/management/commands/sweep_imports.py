from django.core.management.base import BaseCommand

from registry.importing import staging


class Command(BaseCommand):
    help = "Gooit bestanden weg die zijn klaargezet om te importeren en waar niemand ja op zei."

    def handle(self, **options):
        staging.sweep()
