from django.core.management.base import BaseCommand, CommandError

from registry.foundation.errors import Refused
from registry.management.sample import remove


class Command(BaseCommand):
    help = "Haalt alle verzonnen voorbeelden weg, met hun geschiedenis."

    def handle(self, **options):
        try:
            removed = remove()
        except Refused as error:
            raise CommandError(str(error)) from error
        for name, number in removed.items():
            self.stdout.write(f"{name}: {number} verwijderd")
