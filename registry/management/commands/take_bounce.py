import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from registry.mail import bounces

TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps it and comes back


class Command(BaseCommand):
    help = "Leest één teruggekomen e-mail van de standaardinvoer: voor een pijp van de mailserver."

    def add_arguments(self, parser):
        parser.add_argument("address", nargs="?", default="", help="Het adres waar hij naartoe ging.")

    def handle(self, *args, address, **options):
        raw = sys.stdin.buffer.read(bounces.LARGEST)
        while sys.stdin.buffer.read(bounces.LARGEST):
            pass  # to the end, or the mail server finds a broken pipe
        try:
            self.stdout.write(bounces.take(raw, address))
        except Error:
            raise CommandError("De database is er nu niet.", returncode=TRY_AGAIN) from None
