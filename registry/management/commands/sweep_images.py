from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand

from registry.management import backups


class Command(BaseCommand):
    help = "Wist afbeeldingen die bij geen pagina horen, zoals na het terugzetten van een back-up."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Tel ze alleen.")

    def handle(self, *, dry_run, **options):
        names = list(backups.orphans())
        if not dry_run:
            for name in names:
                default_storage.delete(name)
        self.stdout.write(f"{'Te wissen' if dry_run else 'Gewist'}: {len(names)} afbeeldingen.")
