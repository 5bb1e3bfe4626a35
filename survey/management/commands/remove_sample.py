from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from registry.foundation.errors import Refused
from survey.sample import fictional


class Command(BaseCommand):
    help = "Haalt alle verzonnen voorbeelden weg: initiatieven en metingen, met hun geschiedenis."

    def handle(self, **options):
        try:
            removed = fictional.remove()
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"metingen: {removed} verwijderd")
        call_command("remove_sample_initiatives", stdout=self.stdout)
