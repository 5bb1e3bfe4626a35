from django.core.management.base import BaseCommand, CommandError

from registry.management import jobs


class Command(BaseCommand):
    help = "Doet van het dagelijkse werk wat vandaag nog moet. Voor wie een eigen planner heeft."

    def handle(self, **options):
        if failed := jobs.run_due():
            raise CommandError(
                f"Mislukt: {', '.join(failed)}. De rest is gedaan; over een uur kan het opnieuw."
            )
