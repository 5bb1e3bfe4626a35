from django.core.management.base import BaseCommand, CommandError

from survey.sample import deck


class Command(BaseCommand):
    help = "Laadt de gepubliceerde resultaten van het Verbindingsfestival. Vaker draaien kan geen kwaad."

    def handle(self, *args, verbosity, **options):
        try:
            is_new = deck.load()
        except KeyError as missing:
            raise CommandError(
                f"Knelpunt {missing} staat niet in het register. Draai eerst: manage.py load_deck"
            ) from missing
        if verbosity:
            self.stdout.write(f"metingen: {int(is_new)} nieuw")
