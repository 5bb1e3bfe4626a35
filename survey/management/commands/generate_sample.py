from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from registry.foundation.errors import Refused
from survey.sample import fictional


class Command(BaseCommand):
    help = "Maakt verzonnen initiatieven en een verzonnen meting om de site mee te proberen. Weghalen: remove_sample."

    def add_arguments(self, parser):
        parser.add_argument("--initiatives", type=int, default=77, metavar="AANTAL")
        parser.add_argument("--responses", type=int, default=400, metavar="AANTAL")
        parser.add_argument("--seed", type=int, default=1, help="Hetzelfde getal geeft dezelfde voorbeelden.")

    def handle(self, *, initiatives, responses, seed, **options):
        call_command("sample_initiatives", initiatives=initiatives, seed=seed, stdout=self.stdout)
        try:
            number = fictional.generate(responses=responses, seed=seed)
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"inzendingen: {number} nieuw")
