from django.core.management.base import BaseCommand, CommandError

from registry.foundation.errors import Refused
from registry.management.sample import generate


class Command(BaseCommand):
    help = "Maakt verzonnen initiatieven om de site mee te proberen. Weghalen: remove_sample. Met inzendingen erbij: generate_sample."

    def add_arguments(self, parser):
        parser.add_argument("--initiatives", type=int, default=77, metavar="AANTAL")
        parser.add_argument("--seed", type=int, default=1, help="Hetzelfde getal geeft dezelfde voorbeelden.")

    def handle(self, *, initiatives, seed, **options):
        try:
            counts = generate(initiatives=initiatives, seed=seed)
        except Refused as error:
            raise CommandError(str(error)) from error
        for name, number in counts.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {number} nieuw")
