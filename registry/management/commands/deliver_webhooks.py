from django.core.management.base import BaseCommand

from registry.partners import webhooks


class Command(BaseCommand):
    help = "Zet in de rij wat er sinds de vorige keer veranderde en stuurt het naar de webhooks van partners."

    def handle(self, *args, **options):
        self.stdout.write(f"Afgeleverd: {webhooks.run()}.")
