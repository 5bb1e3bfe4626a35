from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Zet de site klaar: tabellen, de inhoud van de presentatie, de eerste beheerder. Vaker mag."

    # Here, because it also loads a round: the register knows nothing of the survey.
    def handle(self, *args, **options):
        call_command("createcachetable", verbosity=0)
        call_command("migrate", verbosity=0)
        call_command("load_deck", verbosity=0)
        call_command("load_deck_round", verbosity=0)
        call_command("create_first_account", stdout=self.stdout)
