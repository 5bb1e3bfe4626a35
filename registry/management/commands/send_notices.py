from django.core.management.base import BaseCommand

from registry import ownership
from registry.community import introductions, reminders
from registry.partners import api_keys


class Command(BaseCommand):
    help = "Mailt wat op een dag afloopt: sleutels van partners, kennismakingen en vragen zonder antwoord."

    def handle(self, *args, **options):
        self.stdout.write(
            f"Sleutels: {api_keys.tell_ends()}. Kennismakingen: {introductions.expire()}. "
            f"Gestopt na stilte: {reminders.stop_silent()}. Naar medewerkers: {ownership.pass_on_unreachable()}. "
            f"Terug naar eigenaren: {ownership.give_back_reachable()}."
        )
