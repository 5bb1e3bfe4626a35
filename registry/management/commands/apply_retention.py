from django.core.management.base import BaseCommand

from registry.personal_data import retention


class Command(BaseCommand):
    help = "Verwijdert wat lang genoeg is bewaard. De periodes staan in de instellingen en op /privacy/."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Telt alleen.")

    def handle(self, *args, dry_run, **options):
        self.stdout.write("Zou verwijderen:" if dry_run else "Verwijderd:")
        for what, number in retention.apply(dry_run=dry_run):
            self.stdout.write(f"  {what}: {number}")
