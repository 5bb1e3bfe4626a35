from django.core.management.base import BaseCommand

from registry import introductions, keys, reminders, say


class Command(BaseCommand):
    help = "Mailt wat op een dag afloopt: sleutels van partners, kennismakingen en vragen zonder antwoord."

    def handle(self, *args, **options):
        self.stdout.write(
            f"Sleutels: {keys.tell_ends()}. Kennismakingen: {introductions.expire()}. "
            f"Gestopt na stilte: {reminders.stop_silent()}. Naar medewerkers: {say.pass_on_unreachable()}. "
            f"Terug naar eigenaren: {say.give_back_reachable()}."
        )
