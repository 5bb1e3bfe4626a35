from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registry.management import backups


class Command(BaseCommand):
    help = "Gaat na of een back-up heel is: elk bestand, de database en het aantal rijen. Verandert niets."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="BESTAND")

    def handle(self, *args, file, **options):
        try:
            manifest = backups.verify(file, key=settings.BACKUP_KEY)
        except (backups.Unusable, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Heel. Van {manifest['made_at'][:16]}, {sum(manifest['rows'].values())} rijen in {len(manifest['rows'])} "
            f"tabellen, {len(manifest['files']) - 2} afbeeldingen.\n"
            f"Instellingen van die site: {', '.join(manifest['settings']) or 'geen'}."
        )
