import sys

from django.core.management.base import BaseCommand

from registry.mail import bounces


class Command(BaseCommand):
    help = "Leest één teruggekomen e-mail van de standaardinvoer: voor een pijp van de mailserver."

    def add_arguments(self, parser):
        parser.add_argument("address", nargs="?", default="", help="Het adres waar hij naartoe ging.")

    def handle(self, *args, address, **options):
        self.stdout.write(bounces.take(sys.stdin.buffer.read(bounces.LARGEST), address))
