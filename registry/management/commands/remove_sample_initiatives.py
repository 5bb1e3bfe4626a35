from django.core.management.base import BaseCommand, CommandError

from registry.management.sample import NotNow, remove


class Command(BaseCommand):
    help = "Haalt alle verzonnen voorbeelden weg, met hun geschiedenis."

    def handle(self, **options):
        try:
            removed = remove()
        except NotNow as error:
            raise CommandError(str(error)) from error
        for name, number in removed.items():
            self.stdout.write(f"{name}: {number} verwijderd")
