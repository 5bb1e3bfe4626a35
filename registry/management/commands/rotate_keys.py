from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registry.accounts import second_factor
from registry.models import WebhookSubscription


class Command(BaseCommand):
    help = "Bewaart tweede stappen onder de nieuwe SECRET_KEY, en zegt wat nog aan de oude hangt. Vaker mag."

    def handle(self, *args, **options):
        outcomes = [second_factor.rotate(authenticator) for authenticator in Authenticator.objects.all()]
        self.stdout.write(f"Tweede stappen onder de nieuwe sleutel: {sum(outcomes)}.")
        if settings.SECRET_KEY_FALLBACKS:
            active = WebhookSubscription.objects.filter(is_active=True).count()
            self.stdout.write(
                f"Webhooks die aanstaan: {active}. Elke partner zet het geheim uit /beheer/ bij zichzelf; tot de oude "
                "sleutel weg is, dragen berichten beide handtekeningen."
            )
            longest = max(settings.PROOF_DAYS.values())
            self.stdout.write(
                f"Codes in e-mail: laat de oude sleutel nog {longest} dagen in SECRET_KEY_FALLBACKS. Toegangscodes op "
                "papier: tot de meting is gesloten."
            )
        if closed := len(outcomes) - sum(outcomes):
            raise CommandError(f"Tweede stappen die met geen sleutel opengaan: {closed}.")
