from django.core.management.base import BaseCommand

from survey import retention


class Command(BaseCommand):
    help = "Wist antwoorden waarvan de bewaartermijn voorbij is. De termijnen staan bij elke meting en op /privacy/."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Telt alleen.")

    def handle(self, *args, dry_run, **options):
        self.stdout.write("Zou wissen:" if dry_run else "Gewist:")
        for round, what, number in retention.apply(dry_run=dry_run):
            self.stdout.write(f"  {round}, {what.label.lower()}: {number}")
